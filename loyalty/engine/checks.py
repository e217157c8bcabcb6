"""Whether the objects of a programme document fit together and can ever do something.

The document has the form that its schema describes. An error keeps it from being used; a warning
tells of something that works and is hardly meant.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from loyalty.engine.errors import Place
from loyalty.engine.values.lifetime import Lifetime

Document = Mapping[str, Any]
Row = Mapping[str, Any]
KINDS = ("meters", "rewards", "earning_rules", "conversions", "tier_ladders")
_GOODS = ("products", "categories", "brands", "flags")
_FOUR_YEARS = [date(2023, 1, 1) + timedelta(days=day) for day in range(4 * 365 + 1)]


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong with a document, and where; a warning when it is not ``is_error``."""

    message: str
    place: Place
    is_error: bool = True


def check(document: Document) -> list[Finding]:
    """Everything that is wrong with ``document``."""
    findings = [*_keys(document), *_references(document), *_zone(document), *_names(document)]
    if any(finding.is_error for finding in findings):
        return findings
    for kind, look in _LOOKS.items():
        for index, row in enumerate(document.get(kind, ())):
            findings += look(document, row, (kind, index))
    return [*findings, *_unused(document), *_life(document)]


def rows(document: Document) -> Iterator[tuple[str, int, Row]]:
    """Every object of ``document`` with its kind and index."""
    for kind in KINDS:
        for index, row in enumerate(document.get(kind, ())):
            yield kind, index, row


def _keys(document: Document) -> Iterator[Finding]:
    seen: set[tuple[str, str]] = set()
    for kind, index, row in rows(document):
        if (kind, row["key"]) in seen:
            yield Finding(f"the key '{row['key']}' is used twice", (kind, index, "key"))
        seen.add((kind, row["key"]))


def _references(document: Document) -> Iterator[Finding]:
    known = {
        "meter": {row["key"] for row in document["meters"]},
        "reward": {row["key"] for row in document.get("rewards", ())},
    }
    for kind, index, row in rows(document):
        for name, keys in known.items():
            if name in row and row[name] not in keys:
                yield Finding(f"there is no {name} '{row[name]}'", (kind, index, name))
        if "condition" in row:
            yield from _condition(document, row["condition"], (kind, index, "condition"))


def _condition(document: Document, tree: Row, place: Place) -> Iterator[Finding]:
    asked = [name for name in ("meter", "tier", "all", "any", "at_least") if name in tree]
    if len(asked) != 1:
        yield Finding("a condition asks for exactly one of meter, tier, all, any and at_least", place)
        return
    [name] = asked
    allowed = {"meter": {"op", "value"}, "tier": {"in"}, "at_least": {"count"}}.get(name, set())
    for extra in set(tree) - {name} - allowed:
        yield Finding(f"'{extra}' means nothing beside '{name}'", (*place, extra))
    if name == "meter":
        if tree["meter"] not in {row["key"] for row in document["meters"]}:
            yield Finding(f"there is no meter '{tree['meter']}'", (*place, "meter"))
    elif name == "tier":
        yield from _tier_condition(document, tree, place)
    else:
        if name == "at_least" and tree["count"] > len(tree[name]):
            yield Finding("can never hold: count is more than there are conditions", (*place, "count"))
        for index, part in enumerate(tree[name]):
            yield from _condition(document, part, (*place, name, index))


def _tier_condition(document: Document, tree: Row, place: Place) -> Iterator[Finding]:
    ladders = {row["key"]: row for row in document.get("tier_ladders", ())}
    ladder = ladders.get(tree["tier"])
    if ladder is None:
        yield Finding(f"there is no tier ladder '{tree['tier']}'", (*place, "tier"))
        return
    tiers = {row["key"] for row in ladder["rows"]}
    for index, tier in enumerate(tree["in"]):
        if tier not in tiers:
            yield Finding(f"there is no tier '{tier}' on '{tree['tier']}'", (*place, "in", index))


def _zone(document: Document) -> Iterator[Finding]:
    name = document.get("time_zone", "Europe/Stockholm")
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        yield Finding(f"there is no time zone '{name}'", ("time_zone",))


def _names(document: Document) -> Iterator[Finding]:
    language = document.get("language", "sv")
    named: list[tuple[Place, Row]] = [((kind, index), row) for kind, index, row in rows(document)]
    for index, ladder in enumerate(document.get("tier_ladders", ())):
        named += [(("tier_ladders", index, "rows", at), row) for at, row in enumerate(ladder["rows"])]
    for place, row in named:
        if isinstance(row["name"], Mapping) and language not in row["name"]:
            yield Finding(f"needs a name in '{language}', the language of the file", (*place, "name"))


def _meter(document: Document, row: Row, place: Place) -> Iterator[Finding]:
    fed = {rule["meter"] for rule in document.get("earning_rules", ())}
    if row["key"] not in fed:
        yield Finding("no earning rule gives it", place, is_error=False)
    if not row.get("spendable", True) and "lifetime" in row:
        yield Finding("only what can be spent lapses", (*place, "lifetime"), is_error=False)


def _reward(document: Document, row: Row, place: Place) -> Iterator[Finding]:
    if row["kind"] == "percent_off" and "percent" not in row:
        yield Finding("'percent' is missing: how much off?", place)
    if row["kind"] == "money_off" and "percent" in row:
        yield Finding("a reward worth money has its value in the conversion", (*place, "percent"))
    if row["kind"] == "percent_off" and row.get("use", {}).get("partly"):
        yield Finding("only money off can be used partly", (*place, "use", "partly"))
    if row.get("lifetime", {}).get("kind", "none") == "none":
        yield Finding("its vouchers never lapse", place, is_error=False)
    yield from _scope(row.get("scope", {}), (*place, "scope"))


def _earning_rule(document: Document, row: Row, place: Place) -> Iterator[Finding]:
    yield from _scope(row.get("scope", {}), (*place, "scope"))
    yield from _rate(document, row, place)
    yield from _rounding(document, row, place)
    yield from _pending(document, row, place)


def _scope(scope: Row, place: Place) -> Iterator[Finding]:
    include, exclude = scope.get("include", {}), scope.get("exclude", {})
    for name in include.keys() & exclude.keys():
        both = set(include[name]) & set(exclude[name])
        for one in sorted(both):
            message = f"'{one}' is included and excluded: excluded wins"
            yield Finding(message, (*place, "exclude", name), is_error=False)
    wanted = {(name, one) for name in _GOODS for one in include.get(name, ())}
    unwanted = {(name, one) for name in _GOODS for one in exclude.get(name, ())}
    if wanted and wanted <= unwanted:
        yield Finding("can never apply: all goods that it includes are excluded", place)
    for name in ("stores", "channels"):
        if include.get(name) and set(include[name]) <= set(exclude.get(name, ())):
            yield Finding(f"can never apply: all {name} that it includes are excluded", place)
    if "from_date" in scope and "to_date" in scope and scope["to_date"] < scope["from_date"]:
        yield Finding("can never apply: it ends before it starts", (*place, "to_date"))


def _rate(document: Document, row: Row, place: Place) -> Iterator[Finding]:
    rate, stack = row["rate"], row.get("stack", {})
    is_factor, is_multiplier = rate["kind"] == "factor", stack.get("kind") == "multiply"
    if is_factor != is_multiplier:
        at = (*place, "rate", "kind") if is_factor else (*place, "stack", "kind")
        yield Finding("rate 'factor' and stack 'multiply' go together", at)
    elif is_factor and _number(rate["value"]) <= 1:
        yield Finding("a factor must be more than 1", (*place, "rate", "value"))
    if is_multiplier and not any(
        _group(other) == _group(row) and other.get("stack", {}).get("kind") != "multiply"
        for other in document["earning_rules"]
    ):
        yield Finding("can never apply: no other rule of its group gives of its meter", (*place, "stack"))
    if "step" in rate and rate["kind"] != "per_full":
        yield Finding("'step' is only for per_full", (*place, "rate", "step"), is_error=False)


def _group(row: Row) -> tuple[str, str]:
    return row["meter"], row.get("stack", {}).get("group", "base")


def _rounding(document: Document, row: Row, place: Place) -> Iterator[Finding]:
    rounding = row.get("round", {})
    unit = 10 ** _meter_of(document, row).get("decimals", 0)
    if rounding.get("mode", "floor") != "none" and _number(rounding.get("step", 1)) * unit % 1:
        yield Finding("rounds to more decimals than the meter has", (*place, "round", "step"))


def _pending(document: Document, row: Row, place: Place) -> Iterator[Finding]:
    waits = row.get("pending_days", 0)
    lasts = Lifetime.parse(_meter_of(document, row).get("lifetime", {}))
    lives = [(end - start).days for start in _FOUR_YEARS if (end := lasts.last_day(start))]
    if not waits or not lives:
        return
    if max(lives) < waits:
        yield Finding("never usable: the points lapse before they can be used", (*place, "pending_days"))
    elif min(lives) < waits:
        yield Finding("some points lapse before they can be used", (*place, "pending_days"), is_error=False)


def _conversion(document: Document, row: Row, place: Place) -> Iterator[Finding]:
    meter = _meter_of(document, row)
    if not meter.get("spendable", True):
        yield Finding("only a meter that can be spent becomes a reward", (*place, "meter"))
    yield from _form(document, row, (*place, "form"))
    for name in ("from", "step"):
        if _number(row["form"].get(name, 0)) * 10 ** meter.get("decimals", 0) % 1:
            yield Finding("has more decimals than the meter", (*place, "form", name))
    schedule = row.get("schedule", {})
    if schedule.get("kind", "at_once") == "at_once" and set(schedule) - {"kind"}:
        yield Finding("'at_once' needs nothing else", (*place, "schedule"), is_error=False)
    if schedule.get("kind", "at_once") == "at_once" and row.get("remainder") == "drop":
        yield Finding("what is not enough would be dropped after every purchase", (*place, "remainder"))


def _form(document: Document, row: Row, place: Place) -> Iterator[Finding]:
    form, kind = row["form"], row["form"]["kind"]
    reward = next(one for one in document["rewards"] if one["key"] == row["reward"])
    value = _number(form.get("value", 0))
    if reward["kind"] == "money_off" and not value:
        yield Finding("'value' is missing: how much money?", place)
    if reward["kind"] == "percent_off" and ("value" in form or kind == "linear"):
        yield Finding("a percentage is the same however much it took: only step, without value", place)
    if kind == "linear" and "from" not in form:
        yield Finding("without 'from' every single point becomes a voucher", place, is_error=False)
    if kind == "step" and "from" in form:
        yield from _steps(_number(form["from"]), _number(form["step"]), place)


def _steps(start: Decimal, step: Decimal, place: Place) -> Iterator[Finding]:
    if start < step:
        yield Finding(f"from {start} nothing would be given until one step, {step}", (*place, "from"))
    elif start % step:
        message = f"{start} is not a number of whole steps of {step}"
        yield Finding(message, (*place, "from"), is_error=False)


def _tier_ladder(document: Document, row: Row, place: Place) -> Iterator[Finding]:
    before: Row | None = None
    keys: set[str] = set()
    decimals = _meter_of(document, row).get("decimals", 0)
    for index, tier in enumerate(row["rows"]):
        at = (*place, "rows", index)
        if tier["key"] in keys:
            yield Finding(f"the key '{tier['key']}' is used twice", (*at, "key"))
        if before is not None and _number(tier["from"]) <= _number(before["from"]):
            yield Finding("each tier needs more than the one before it", (*at, "from"))
        if _number(tier["from"]) * 10**decimals % 1:
            yield Finding("has more decimals than the meter", (*at, "from"))
        if _number(tier.get("multiplier", 1)) < 1:
            yield Finding("must be at least 1", (*at, "multiplier"))
        keys.add(tier["key"])
        before = tier
    if "count" in row.get("valid", {}) and row["valid"]["kind"] != "months":
        yield Finding("'count' is only for months", (*place, "valid", "count"), is_error=False)


def _unused(document: Document) -> Iterator[Finding]:
    given = {row["reward"] for row in document.get("conversions", ())}
    turned = {row["meter"] for row in document.get("conversions", ())}
    for index, row in enumerate(document.get("rewards", ())):
        if row["key"] not in given:
            yield Finding("nothing gives it", ("rewards", index), is_error=False)
    for index, row in enumerate(document["meters"]):
        if row.get("spendable", True) and row["key"] not in turned:
            yield Finding(
                "can be spent, and nothing turns it into a reward", ("meters", index), is_error=False
            )


def _life(document: Document) -> Iterator[Finding]:
    if document.get("life", {}).get("inactivity", {}).get("effect") == "none":
        yield Finding("effect 'none' does nothing", ("life", "inactivity", "effect"), is_error=False)


def _meter_of(document: Document, row: Row) -> Row:
    meters: Sequence[Row] = document["meters"]
    return next(meter for meter in meters if meter["key"] == row["meter"])


def _number(value: object) -> Decimal:
    return Decimal(str(value))


_LOOKS = {
    "meters": _meter,
    "rewards": _reward,
    "earning_rules": _earning_rule,
    "conversions": _conversion,
    "tier_ladders": _tier_ladder,
}
