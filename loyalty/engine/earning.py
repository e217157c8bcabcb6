"""Step 5: what an order gives, rule by rule, and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from loyalty.engine.account import Because
from loyalty.engine.happening import Line, Order
from loyalty.engine.programme import EarningRule, Programme
from loyalty.engine.values.condition import Reading
from loyalty.engine.values.stack import kept

# A multiplier: whose rule it is, how many times, what it is called, and the lines it is about.
Factor = tuple["EarningRule", Fraction, str, set[str]]


@dataclass(slots=True)
class Given:
    """What one rule gives for one order, in smallest parts of its meter."""

    rule: EarningRule
    amount: int
    because: Because
    shares: dict[str, int] = field(default_factory=dict)
    key: str = ""

    @property
    def name(self) -> str:
        """The rule's key, with the tier that multiplied it."""
        return self.key or self.rule.key


@dataclass(slots=True)
class Award:
    """Everything an order gives. ``because`` also tells why a rule, or the order, gave nothing."""

    version: str
    given: list[Given] = field(default_factory=list)
    because: list[Because] = field(default_factory=list)

    def amounts(self) -> dict[str, int]:
        """Amount per meter."""
        total: dict[str, int] = {}
        for one in self.given:
            total[one.rule.meter] = total.get(one.rule.meter, 0) + one.amount
        return total


@dataclass(slots=True, frozen=True)
class AtSale:
    """What was true of the account when it bought: the reading that rules and returns use."""

    balances: Mapping[str, int]
    tiers: Mapping[str, str]

    def balance(self, meter: str) -> int:
        return self.balances.get(meter, 0)

    def tier(self, ladder: str) -> str:
        return self.tiers.get(ladder, "")


def award(programme: Programme, order: Order, account: Reading) -> Award:
    """What ``order`` gives under ``programme`` to an account that stands as ``account`` says."""
    found = [
        _single(programme, rule, order, account)
        for rule in programme.purchase_rules
        if rule.stack.kind != "multiply"
    ]
    result = Award(programme.key)
    for meter, group in _groups(programme.purchase_rules):
        members = [one for one in found if _is_of(one.rule, meter, group)]
        counting = set(kept([one.rule.stack.kind for one in members], [one.amount for one in members]))
        base = [one for index, one in enumerate(members) if index in counting]
        result.given += base
        result.because += [
            one.because if index in counting or not one.amount else _outdone(one)
            for index, one in enumerate(members)
        ]
        for extra in _multiplied(programme, base, order, account, meter, group):
            result.given.append(extra)
            result.because.append(extra.because)
    return result


def _groups(rules: Sequence[EarningRule]) -> list[tuple[str, str]]:
    return list(dict.fromkeys((rule.meter, rule.stack.group) for rule in rules))


def _is_of(rule: EarningRule, meter: str, group: str) -> bool:
    return rule.meter == meter and rule.stack.group == group


def _single(programme: Programme, rule: EarningRule, order: Order, account: Reading) -> Given:
    refused = rule.scope.refuses_order(order, programme.zone)
    if refused:
        return _nothing(rule, refused[0], what=refused[1])
    if not rule.condition.holds(account):
        return _nothing(rule, "condition_not_met")
    lines, excluded = _eligible(rule, order)
    if not lines:
        return _nothing(rule, "nothing_counts", excluded=excluded)
    return _counted(programme, rule, lines, excluded)


def _eligible(rule: EarningRule, order: Order) -> tuple[list[Line], list[str]]:
    lines, excluded = [], []
    for line in order.lines:
        named = rule.scope.refuses_line(line)
        if named is None:
            lines.append(line)
        elif named not in excluded:
            excluded.append(named)
    return lines, excluded


def _counted(programme: Programme, rule: EarningRule, lines: list[Line], excluded: list[str]) -> Given:
    measure, scale = rule.base.measure, rule.base.scale
    unit = programme.meters[rule.meter].unit
    amounts = [measure(line) for line in lines]
    total = sum(amounts)
    if rule.base.per == "line":
        shares = [rule.round.applied(rule.rate.applied(part, scale), unit) for part in amounts]
        amount = sum(shares)
    else:
        amount = rule.round.applied(rule.rate.applied(total, scale), unit) if total else 0
        shares = split(amount, amounts)
    facts: dict[str, Any] = {
        "rule": rule.key,
        "base": total,
        "of": rule.base.amount,
        "amount": amount,
        "meter": rule.meter,
    }
    if excluded:
        facts["excluded"] = excluded
    key = "earned" if amount else ("nothing_paid" if not total else "too_little")
    return Given(
        rule,
        amount,
        {"key": key, **facts},
        {line.ref: share for line, share in zip(lines, shares, strict=True)},
    )


def _nothing(rule: EarningRule, key: str, **facts: object) -> Given:
    return Given(rule, 0, {"key": key, "rule": rule.key, "meter": rule.meter, **facts})


def _outdone(one: Given) -> Because:
    return {"key": "another_rule_counts", "rule": one.rule.key, "meter": one.rule.meter}


def _multiplied(
    programme: Programme,
    base: list[Given],
    order: Order,
    account: Reading,
    meter: str,
    group: str,
) -> list[Given]:
    """What multipliers add to the rounded base: rules of kind multiply, and the tier's own."""
    if not any(one.amount for one in base):
        return []
    factors: list[Factor] = [
        (rule, rule.rate.value, rule.key, {line.ref for line in _eligible(rule, order)[0]})
        for rule in programme.purchase_rules
        if rule.stack.kind == "multiply"
        and _is_of(rule, meter, group)
        and _applies(programme, rule, order, account)
    ]
    if programme.meters[meter].is_spendable and group == "base":
        every = {line.ref for line in order.lines}
        factors += [
            (base[0].rule, tier.multiplier.value, f"tier.{tier.key}", every)
            for tier in programme.tiers_of(account)
            if tier.multiplier
        ]
    extras = [_extra(programme, base, factor) for factor in factors]
    return [extra for extra in extras if extra.amount]


def _applies(programme: Programme, rule: EarningRule, order: Order, account: Reading) -> bool:
    return rule.scope.refuses_order(order, programme.zone) is None and rule.condition.holds(account)


def _extra(programme: Programme, base: list[Given], by: Factor) -> Given:
    """What one multiplier adds: to the shares that the base gave for the lines it is about."""
    rule, factor, key, refs = by
    unit = programme.meters[rule.meter].unit
    weights: dict[str, int] = {}
    for one in base:
        for ref, share in one.shares.items():
            if ref in refs:
                weights[ref] = weights.get(ref, 0) + share
    total = sum(weights.values())
    amount = rule.round.applied(Fraction(total, unit) * (factor - 1), unit)
    because = {
        "key": "multiplied",
        "rule": key,
        "base": total,
        "factor": str(float(factor)),
        "amount": amount,
        "meter": rule.meter,
    }
    shares = dict(zip(weights, split(amount, list(weights.values())), strict=True))
    return Given(rule, amount, because, shares, key)


def split(amount: int, weights: Sequence[int]) -> list[int]:
    """``amount`` shared by ``weights`` in whole parts, by largest remainder, earlier first."""
    total = sum(weights)
    if not total:
        return [0] * len(weights)
    shares = [amount * weight // total for weight in weights]
    remainders = [amount * weight % total for weight in weights]
    left = amount - sum(shares)
    for index in sorted(range(len(weights)), key=lambda index: -remainders[index])[:left]:
        shares[index] += 1
    return shares
