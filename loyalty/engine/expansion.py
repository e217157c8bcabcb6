"""What a short object of a programme document stands for in terms of meters and rules.

A meter that mirrors, a challenge's goal and a draw's entries are all a meter fed by a rule: so windows, scopes,
limits and returns work for them as for everything else.
"""

from collections.abc import Iterator, Mapping
from typing import Any

Document = Mapping[str, Any]
Row = dict[str, Any]
NO_ROUNDING: Row = {"mode": "none"}
ONE: Row = {"kind": "per_unit", "value": 1}
# Rules that only count for another object are called so.
COUNTING = "count."
# The meter of what an account has been paid too much.
OWED = "owed.rewards"
# What a goal may count different ones of.
DIFFERENT = ("products", "categories", "brands", "stores")
_MIRRORED: Mapping[str, Row] = {
    "money": {"amount": "paid"},
    "orders": {"amount": "receipts"},
    "days": {"amount": "receipts"},
    "pieces": {"amount": "quantity"},
    "lines": {"amount": "lines"},
    "acts": {"amount": "one"},
}


def unit_of(meter: Document) -> int:
    """How many smallest parts make one of a meter."""
    is_money = meter.get("is_money") or meter.get("mirrors", {}).get("what") == "money"
    decimals: int = meter.get("decimals", 2 if is_money else 0)
    return int(10**decimals)


def goal_meter(challenge: str, number: int) -> str:
    """The meter that counts towards a goal, from 1."""
    return f"challenge.{challenge}.{number}"


def draw_meter(draw: str) -> str:
    """The meter that counts a draw's entries."""
    return f"draw.{draw}"


def choice_key(reward: str, choice: str) -> str:
    """The reward that one thing of a list is."""
    return f"{reward}.{choice}"


def _chosen(document: Document) -> Iterator[Row]:
    """What can be chosen from lists and is no reward of its own: handed out, for as long as the choice lasts."""
    for row in document.get("rewards", ()):
        for choice in row.get("choices", ()):
            if "reward" not in choice:
                kept = {name: row[name] for name in ("on_return", "transfer") if name in row}
                key = choice_key(row["key"], choice["key"])
                value = {"value": choice["value"]} if "value" in choice else {}
                yield {**kept, **value, "key": key, "name": choice["name"], "kind": "service"}


def fee_meter(fee: str) -> str:
    """The meter of what rewards have paid of a fee."""
    return f"fee.{fee}"


def fees_of(document: Document) -> list[str]:
    """The fees that are taken out of rewards."""
    return [key for row in document.get("conversions", ()) for key in row.get("fees", ())]


def base_meter(rule: str) -> str:
    """The meter that counts what a rule per day or period has seen."""
    return f"base.{rule}"


def thing_of(rule: str) -> str:
    """Which of different things a line of the ledger counts, in its short form; nothing for every other rule."""
    return rule.partition(":")[2]


def is_hidden(meter: str) -> bool:
    """Whether a meter only counts for another object, and is nobody's to see."""
    return "." in meter


def expanded(document: Document) -> Document:
    """``document`` with the meters and rules that its short objects stand for."""
    meters, rules = list(document["meters"]), list(document.get("earning_rules", ()))
    # What only counts comes first, so that rules can ask for it.
    counters: list[Row] = []
    for meter in document["meters"]:
        if "mirrors" in meter:
            counters.append(_mirror(meter))
    for rule in document.get("earning_rules", ()):
        if rule.get("base", {}).get("per") in ("day", "period"):
            meter, counting = _counter(rule)
            meters.append(meter)
            counters.append(counting)
            rules[rules.index(rule)] = {**rule, "counted_by": meter["key"]}
    for counted, counting in (*_goals(document), *_entries(document)):
        meters.append(counted)
        if counting:
            counters.append(counting)
    meters += [_hidden(fee_meter(key), 2) for key in dict.fromkeys(fees_of(document))]
    if document.get("returns", {}).get("settled") == "reopened":
        meters.append(_hidden(OWED, 2))
    rewards = [*document.get("rewards", ()), *_chosen(document)]
    conversions = [
        {**row, "to_meter": draw_meter(row["draw"])} if "draw" in row else row
        for row in document.get("conversions", ())
    ]
    found = {"rewards": rewards, "meters": meters, "conversions": conversions}
    return {**document, **found, "earning_rules": [*counters, *rules]}


def _counting(meter: str, what: Row, scope: Row, event: str = "purchase") -> Row:
    return {
        "key": f"{COUNTING}{meter}",
        "name": meter,
        "event": event,
        "meter": meter,
        "base": what,
        "rate": ONE,
        "round": NO_ROUNDING,
        "scope": scope,
        "stack": {"group": "count"},
        "is_silent": True,
    }


def _hidden(key: str, decimals: int) -> Row:
    return {"key": key, "name": key, "spendable": False, "shown": False, "decimals": decimals}


def _base(what: str, attribute: str = "") -> Row:
    if what == "attribute":
        return {"amount": "attribute", "attribute": attribute}
    if what in DIFFERENT:
        return {"amount": "different", "attribute": what}
    return _MIRRORED[what]


def _mirror(meter: Document) -> Row:
    mirrors = meter["mirrors"]
    what = mirrors["what"]
    rule = _counting(meter["key"], _base(what, mirrors.get("attribute", "")), mirrors.get("scope", {}))
    return rule | _once_a_day(what)


def _once_a_day(what: str) -> Row:
    return {"limits": {"max": [{"per": "day", "times": 1}]}} if what == "days" else {}


def _counter(rule: Document) -> tuple[Row, Row]:
    """The meter of all that a rule has seen: 2 decimals of money, 3 of pieces."""
    base = rule["base"]
    is_money = base.get("amount", "paid") in ("paid", "before_vouchers", "net", "list")
    key = base_meter(rule["key"])
    what = {name: value for name, value in base.items() if name in ("amount", "attribute")}
    counting = _counting(key, what, rule.get("scope", {}), rule.get("event", "purchase"))
    return _hidden(key, 2 if is_money else 3), counting


def _goals(document: Document) -> Iterator[tuple[Row, Row]]:
    for challenge in document.get("challenges", ()):
        for number, goal in enumerate(challenge["goals"], 1):
            key, what = goal_meter(challenge["key"], number), goal["count"]
            event = goal.get("event", "purchase") if what in ("acts", "stores") else "purchase"
            base = _base(what, goal.get("attribute", ""))
            decimals = {"money": 2, "pieces": 3, "attribute": 3}.get(what, 0)
            rule = _counting(key, base, _within(challenge, goal.get("scope", {})), event)
            rule |= {"offer": challenge["key"], "offer_days": challenge.get("days_from_acceptance", 0)}
            yield _hidden(key, decimals), rule | _once_a_day(what)


def _within(challenge: Document, scope: Document) -> Row:
    """Only what happens to whom it is offered, within its dates, after it was accepted."""
    own = {name: value for name, value in challenge.get("scope", {}).items() if name != "accepted"}
    found: Row = {**own, **scope}
    for name in ("from_date", "to_date"):
        if name in challenge:
            found.setdefault(name, challenge[name])
    if challenge.get("acceptance") or "days_from_acceptance" in challenge:
        found["accepted"] = True
    return found


def _entries(document: Document) -> Iterator[tuple[Row, Row]]:
    for draw in document.get("draws", ()):
        entries, key = draw.get("entries", {}), draw_meter(draw["key"])
        per = entries.get("per", "receipt")
        if per == "conversion":
            yield _hidden(key, 0), {}
            continue
        scope = {**entries.get("scope", {}), "from_date": draw["from_date"], "to_date": draw["to_date"]}
        event = entries.get("event", "act") if per == "act" else "purchase"
        amount = {"receipt": "receipts", "piece": "quantity", "amount": "paid", "act": "one"}[per]
        rule = _counting(key, {"amount": amount}, scope, event)
        if per == "amount":
            rule["rate"] = {"kind": "per_full", "value": 1, "step": entries.get("step", 1)}
        rule["is_for_members"] = True
        if "max_per_day" in entries:
            rule["limits"] = {"max": [{"per": "day", "amount": entries["max_per_day"]}]}
        yield _hidden(key, 0), rule
