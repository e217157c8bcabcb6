"""Step 3: the prices that a programme gives its members, from meters as they stood before the receipt, or, where a
rule says so, with what the receipt counts at its full price."""

from fractions import Fraction
from math import ceil, floor

from loyalty.engine.earning import award
from loyalty.engine.effects import Because
from loyalty.engine.happening import Line, Order
from loyalty.engine.objects import PriceRule
from loyalty.engine.programme import Programme
from loyalty.engine.reading import LIFETIME, Reading
from loyalty.engine.shares import split

_HALF = Fraction(1, 2)


def price(programme: Programme, order: Order, reading: Reading) -> list[Because]:
    """Take what the price rules give off the lines of ``order``; answers why, rule by rule."""
    if not programme.price_rules:
        return []
    if any(_asks_for_this(rule) for rule in programme.price_rules):
        award(programme, order, reading)  # tells the reading what the receipt itself counts
    asks_for_first = any(not rule.holds_on_first for rule in programme.price_rules)
    is_first = asks_for_first and reading.happened("purchase", "count", LIFETIME) == 0
    told: list[Because] = []
    groups = dict.fromkeys(rule.stack.group for rule in programme.price_rules)
    for group in groups:
        rules = [
            rule
            for rule in programme.price_rules
            if rule.stack.group == group
            and (rule.holds_on_first or not is_first)
            and rule.scope.refuses_order(order, programme.zone, reading, rule.key) is None
            and rule.condition.holds(reading)
            and rule.scope.paid_share(order)[0]
        ]
        told += _price_group(rules, order, reading)
    reading.this.clear()
    return told


def _asks_for_this(rule: PriceRule) -> bool:
    return rule.value.has_this or any(leaf.has_this for leaf in rule.condition.leaves())


def _price_group(rules: list[PriceRule], order: Order, reading: Reading) -> list[Because]:
    """Each line gets what its group's rules give together, or the best or first of them."""
    offers = {rule.key: _offers(rule, order, reading) for rule in rules}
    totals: dict[str, int] = {}
    for index, line in enumerate(order.lines):
        taken = 0
        for rule in _chosen(rules, {key: amounts[index] for key, amounts in offers.items()}):
            amount = min(offers[rule.key][index], line.before_vouchers - taken)
            taken += amount
            totals[rule.key] = totals.get(rule.key, 0) + amount
        line.discount += taken
    return [{"key": "priced", "rule": rule, "value_ore": amount} for rule, amount in totals.items() if amount]


def _chosen(rules: list[PriceRule], amounts: dict[str, int]) -> list[PriceRule]:
    giving = [rule for rule in rules if amounts[rule.key] > 0]
    if not giving:
        return []
    adding = [rule for rule in giving if rule.stack.kind == "add"]
    single = [rule for rule in giving if rule.stack.kind != "add"]
    if any(rule.stack.kind == "first" for rule in single):
        return adding + single[:1]
    best = max(single, key=lambda rule: amounts[rule.key], default=None)
    return adding + ([best] if best else [])


def _offers(rule: PriceRule, order: Order, reading: Reading) -> list[int]:
    """Öre that ``rule`` would take off each line."""
    value = rule.value.of(reading)
    lines = [
        line
        if rule.scope.refuses_line(line) is None and not (rule.stack.kind == "never" and line.discount)
        else None
        for line in order.lines
    ]
    if rule.kind == "nth_free":
        return _cheapest_free(rule, lines) if rule.is_mixed else _nth_free(rule, lines)
    if rule.kind == "per_full":
        return _per_full(rule, lines, value)
    room = rule.max_quantity
    found = []
    for line in lines:
        quantity = min(line.quantity, room) if line and rule.max_quantity else (line.quantity if line else 0)
        room -= quantity
        found.append(_off(rule, line, quantity, value) if line and line.quantity else 0)
    return found


def _off(rule: PriceRule, line: Line, quantity: int, value: Fraction) -> int:
    """Öre off ``quantity`` thousandths of ``line``, half up."""
    cost = Fraction(line.before_vouchers * quantity, line.quantity)
    if rule.kind == "percent":
        exact = cost * value / 100
    elif rule.kind == "amount_per_unit":
        counted = line.attributes.get(rule.attribute, 0) if rule.attribute else quantity
        exact = value * 100 * counted / 1000
    else:
        exact = cost - value * 100 * quantity / 1000
    return max(min(floor(exact + _HALF), ceil(cost)), 0)


def _per_full(rule: PriceRule, lines: list[Line | None], value: Fraction) -> list[int]:
    """So much off for each full step of what the lines cost together, shared by what each costs."""
    costs = [line.before_vouchers if line else 0 for line in lines]
    off = floor(value * 100 * (sum(costs) // rule.step) + _HALF)
    return split(min(off, sum(costs)), costs)


def _nth_free(rule: PriceRule, lines: list[Line | None]) -> list[int]:
    """Of every ``n`` pieces of the same goods the n-th is free."""
    found = [0] * len(lines)
    seen: dict[str, int] = {}
    for index, line in enumerate(lines):
        if line is None or line.quantity < 1000:
            continue
        name = line.sku or line.ref
        before = seen.get(name, 0)
        after = before + line.quantity // 1000
        free = after // rule.n - before // rule.n
        seen[name] = after
        found[index] = free * line.before_vouchers * 1000 // line.quantity
    return found


def _cheapest_free(rule: PriceRule, lines: list[Line | None]) -> list[int]:
    """Of every ``n`` pieces of whatever goods the cheapest is free."""
    found = [0] * len(lines)
    pieces = {index: line.quantity // 1000 for index, line in enumerate(lines) if line}
    free = sum(pieces.values()) // rule.n
    apiece = {
        index: Fraction(line.before_vouchers, line.quantity) for index, line in enumerate(lines) if line
    }
    for index in sorted(pieces, key=lambda index: apiece[index]):
        taken = min(free, pieces[index])
        found[index] = int(taken * 1000 * apiece[index])
        free -= taken
    return found
