"""Whether the objects of a programme document fit together and can ever do something.

The document has the form that its schema describes. An error keeps it from being used; a warning
tells of something that works and is hardly meant.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from loyalty.engine.checks_audience import audience
from loyalty.engine.checks_extras import LOOKS
from loyalty.engine.checks_life import given_tiers, life, withdrawal
from loyalty.engine.checks_reach import reach
from loyalty.engine.checks_scope import scope
from loyalty.engine.errors import Place
from loyalty.engine.expansion import unit_of
from loyalty.engine.references import Finding, doubled_keys, references, rows
from loyalty.engine.surplus import FOLLOWING
from loyalty.engine.values.base import MONEY
from loyalty.engine.values.lifetime import Lifetime

Document = Mapping[str, Any]
Row = Mapping[str, Any]
TABLES = ("bracket", "whole_percent", "marginal_percent")
IN_MONEY = ("money_off", "payout", "donation")
_FOUR_YEARS = [date(2023, 1, 1) + timedelta(days=day) for day in range(4 * 365 + 1)]


def check(document: Document) -> list[Finding]:
    """Everything that is wrong with ``document``."""
    findings = [*doubled_keys(document), *references(document), *_zone(document), *_names(document)]
    if any(finding.is_error for finding in findings):
        return findings
    for kind, look in _LOOKS.items():
        for index, row in enumerate(document.get(kind, ())):
            findings += look(document, row, (kind, index))
    for kind, look_at in LOOKS.items():
        for index, row in enumerate(document.get(kind, ())):
            findings += look_at(row, (kind, index))
            findings += scope(row.get("scope", {}), (kind, index, "scope"))
    return [*findings, *reach(document), *_unused(document), *life(document), *audience(document)]


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
    if row["key"] not in _fed(document):
        yield Finding("no earning rule gives it", place, is_error=False)
    if not row.get("spendable", True) and "lifetime" in row:
        yield Finding("only what can be spent lapses", (*place, "lifetime"), is_error=False)


def _fed(document: Document) -> set[str]:
    """Meters that something gives."""
    fed = {
        row[name]
        for kind in ("earning_rules", "conversions", "challenges")
        for row in document.get(kind, ())
        for name in ("meter", "to_meter")
        if name in row and (kind, name) != ("conversions", "meter")
    }
    fed |= {
        prize["meter"] for draw in document.get("draws", ()) for prize in draw["prizes"] if "meter" in prize
    }
    for meter in document["meters"]:
        fed |= {also["meter"] for also in meter.get("also", ())} | (
            {meter["key"]} if "mirrors" in meter else set()
        )
    return fed | {filled for row in document.get("conversions", ()) for filled in row.get("fills", ())}


def _reward(document: Document, row: Row, place: Place) -> Iterator[Finding]:
    if row["kind"] == "percent_off" and "percent" not in row:
        yield Finding("'percent' is missing: how much off?", place)
    if row["kind"] == "money_off" and "percent" in row:
        yield Finding("a reward worth money has its value in the conversion", (*place, "percent"))
    yield from _choices(document, row, place)
    if row["kind"] == "percent_off" and row.get("use", {}).get("partly"):
        yield Finding("only money off can be used partly", (*place, "use", "partly"))
    if "lifetime" not in row and row["kind"] in ("money_off", "percent_off"):
        yield Finding("its vouchers never lapse", place, is_error=False)
    if row.get("use", {}).get("combinable") == "listed" and "with" not in row["use"]:
        yield Finding("lists nothing: 'with' is missing", (*place, "use", "combinable"))
    waits = row.get("available_after_days", 0)
    if waits and (lives := _lives(row.get("lifetime", {}))) and max(lives) < waits:
        yield Finding("never usable: it lapses before it can be used", (*place, "available_after_days"))
    yield from scope(row.get("scope", {}), (*place, "scope"))


def _choices(document: Document, row: Row, place: Place) -> Iterator[Finding]:
    if row["kind"] == "choice" and "choices" not in row:
        yield Finding("'choices' is missing", place)
    rewards = {one["key"]: one for one in document.get("rewards", ())}
    for index, choice in enumerate(row.get("choices", ())):
        at = (*place, "choices", index)
        if choice["key"] in [one["key"] for one in row["choices"][:index]]:
            yield Finding(f"the key '{choice['key']}' is used twice", (*at, "key"))
        becomes = rewards.get(choice.get("reward", ""), {})
        if becomes.get("kind") == "choice":
            yield Finding("a choice cannot lead to another choice", (*at, "reward"))
        if becomes.get("kind") in IN_MONEY and not {"value"} & {*becomes, *choice}:
            yield Finding("'value' is missing", at)


def _earning_rule(document: Document, row: Row, place: Place) -> Iterator[Finding]:
    yield from scope(row.get("scope", {}), (*place, "scope"))
    targets = [name for name in ("meter", "reward", "fund") if name in row]
    if len(targets) != 1:
        yield Finding("gives exactly one of meter, reward and fund", place)
        return
    yield from _rate(document, row, place)
    yield from _limits(row, place)
    if "meter" in row:
        yield from _rounding(document, row, place)
        yield from _pending(document, row, place)


def _limits(row: Row, place: Place) -> Iterator[Finding]:
    for index, one in enumerate(row.get("limits", {}).get("max", ())):
        if not {"amount", "times"} & set(one):
            yield Finding("says nothing: 'amount' or 'times' is missing", (*place, "limits", "max", index))
    rate, base, most = row["rate"], row.get("base", {}), row.get("scope", {}).get("receipt_max")
    counts_receipts = base.get("amount", "paid") in MONEY and base.get("per", "receipt") in (
        "receipt",
        "line",
    )
    if rate["kind"] == "per_full" and counts_receipts and most and _number(most) < _number(rate["step"]):
        message = f"gives nothing: no receipt up to {most} has a full {rate['step']}"
        yield Finding(message, (*place, "rate", "step"))


def _rate(document: Document, row: Row, place: Place) -> Iterator[Finding]:
    rate, stack = row["rate"], row.get("stack", {})
    is_factor, is_multiplier = rate["kind"] == "factor", stack.get("kind") == "multiply"
    if is_factor != is_multiplier:
        at = (*place, "rate", "kind") if is_factor else (*place, "stack", "kind")
        yield Finding("rate 'factor' and stack 'multiply' go together", at)
    if rate["kind"] not in TABLES:
        yield from _value(rate, (*place, "rate"))
    if is_multiplier and not any(
        _group(other) == _group(row) and other.get("stack", {}).get("kind") != "multiply"
        for other in document["earning_rules"]
    ):
        yield Finding("can never apply: no other rule of its group gives of its meter", (*place, "stack"))
    if "step" in rate and rate["kind"] not in ("per_full", "per_started"):
        yield Finding("'step' is only for per_full", (*place, "rate", "step"), is_error=False)
    if "table" in rate:
        yield from _table(rate["table"], (*place, "rate", "table"))
    if "by_meter" in rate:
        yield from _table(rate["by_meter"], (*place, "rate", "by_meter"))


def _value(rate: Row, place: Place) -> Iterator[Finding]:
    if not {"value", "by_tier", "by_meter"} & set(rate):
        yield Finding("'value' is missing", place)
    elif rate["kind"] == "factor" and _number(rate.get("value", 2)) <= 1:
        yield Finding("a factor must be more than 1", (*place, "value"))
    elif not _can_give(rate):
        yield Finding("gives nothing: its value is 0", (*place, "value"))


def _can_give(rate: Row) -> bool:
    """Whether any value of a rate is more than nothing."""
    by_meter = [row["value"] for row in rate.get("by_meter", {}).get("rows", ())]
    return any(_number(one) for one in (rate.get("value", 0), *rate.get("by_tier", {}).values(), *by_meter))


def _table(table: Row, place: Place) -> Iterator[Finding]:
    """Rows that overlap or stand in the wrong order."""
    before: Row | None = None
    for index, row in enumerate(table["rows"]):
        at = (*place, "rows", index)
        if before is not None and _number(row["from"]) <= _number(before["from"]):
            yield Finding("each row starts above the one before it", (*at, "from"))
        elif before is not None and "to" in before and _number(row["from"]) < _number(before["to"]):
            yield Finding("overlaps the row before it", (*at, "from"))
        if "to" in row and _number(row["to"]) <= _number(row["from"]):
            yield Finding("can never apply: it ends before it starts", (*at, "to"))
        before = row


def _group(row: Row) -> tuple[str, str]:
    target = row.get("meter") or row.get("reward") or row.get("fund", "")
    return target, row.get("stack", {}).get("group", "base")


def _rounding(document: Document, row: Row, place: Place) -> Iterator[Finding]:
    rounding = row.get("round", {})
    unit = unit_of(_meter_of(document, row))
    if rounding.get("mode", "floor") != "none" and _number(rounding.get("step", 1)) * unit % 1:
        yield Finding("rounds to more decimals than the meter has", (*place, "round", "step"))


def _pending(document: Document, row: Row, place: Place) -> Iterator[Finding]:
    waits = row.get("pending_days", 0)
    lives = _lives(_meter_of(document, row).get("lifetime", {}))
    if not waits or not lives:
        return
    if max(lives) < waits:
        yield Finding("never usable: the points lapse before they can be used", (*place, "pending_days"))
    elif min(lives) < waits:
        yield Finding("some points lapse before they can be used", (*place, "pending_days"), is_error=False)


def _lives(lifetime: Row) -> list[int]:
    """How many days something lasts, for each day of four years that it may begin on."""
    lasts = Lifetime.parse(lifetime)
    return [(end - start).days for start in _FOUR_YEARS if (end := lasts.last_day(start))]


def _conversion(document: Document, row: Row, place: Place) -> Iterator[Finding]:
    meter = _meter_of(document, row)
    is_taken = row.get("takes", "converted") != "nothing" and row.get("measure", "available") == "available"
    if (
        not meter.get("spendable", "mirrors" not in meter)
        and is_taken
        and row["form"]["kind"] != "consecutive"
    ):
        yield Finding("only a meter that can be spent becomes a reward", (*place, "meter"))
    if sum(name in row for name in ("reward", "to_meter", "draw")) != 1:
        yield Finding("becomes exactly one of reward, to_meter and draw", place)
        return
    yield from _form(document, row, (*place, "form"))
    for name in ("from", "step"):
        if _number(row["form"].get(name, 0)) * unit_of(meter) % 1:
            yield Finding("has more decimals than the meter", (*place, "form", name))
    yield from _deducted(document, row, place)
    yield from _at_once(row, place)


def _deducted(document: Document, row: Row, place: Place) -> Iterator[Finding]:
    for name in ("fee", "fees"):
        if name in row and not _pays_money(document, row):
            yield Finding("taken only from what is paid in money", (*place, name))


def _at_once(row: Row, place: Place) -> Iterator[Finding]:
    schedule = row.get("schedule", {})
    if schedule.get("kind", "at_once") == "at_once" and set(schedule) - {"kind"}:
        yield Finding("'at_once' needs nothing else", (*place, "schedule"), is_error=False)
    if schedule.get("kind", "at_once") == "at_once" and row.get("remainder") == "drop":
        yield Finding("what is not enough would be dropped after every purchase", (*place, "remainder"))


def _pays_money(document: Document, row: Row) -> bool:
    if "draw" in row:
        return False
    if "to_meter" in row:
        return any(one["key"] == row["to_meter"] and one.get("is_money") for one in document["meters"])
    given = {row["reward"], *(one.get("reward", row["reward"]) for one in row["form"].get("sequence", ()))}
    kinds = {one["kind"] for one in document.get("rewards", ()) if one["key"] in given}
    return kinds <= set(IN_MONEY)


def _form(document: Document, row: Row, place: Place) -> Iterator[Finding]:
    form, kind = row["form"], row["form"]["kind"]
    if "table" in form:
        yield from _table(form["table"], (*place, "table"))
    gives = next((one["kind"] for one in document.get("rewards", ()) if one["key"] == row.get("reward")), "")
    has_value = bool(_number(form.get("value", 0))) or "by_meter" in form or "by_tier" in form
    if kind in ("step", "linear", "consecutive") and gives in ("", *IN_MONEY) and not has_value:
        yield Finding("'value' is missing: how much money?", place)
    if gives == "percent_off" and ("value" in form or kind == "linear"):
        yield Finding("a percentage is the same however much it took: only step, without value", place)
    if kind == "linear" and "from" not in form and _is_often(row):
        yield Finding("without 'from' every single point becomes a voucher", place, is_error=False)
    if kind == "step" and "from" in form:
        yield from _steps(_number(form["from"]), _number(form["step"]), place)


def _is_often(row: Row) -> bool:
    return "reward" in row and row.get("schedule", {}).get("kind", "at_once") == "at_once"


def _steps(start: Decimal, step: Decimal, place: Place) -> Iterator[Finding]:
    if start < step:
        yield Finding(f"from {start} nothing would be given until one step, {step}", (*place, "from"))
    elif start % step:
        message = f"{start} is not a number of whole steps of {step}"
        yield Finding(message, (*place, "from"), is_error=False)


def _tier_ladder(document: Document, row: Row, place: Place) -> Iterator[Finding]:
    before: Row | None = None
    keys: set[str] = set()
    unit = unit_of(_meter_of(document, row))
    for index, tier in enumerate(row["rows"]):
        at = (*place, "rows", index)
        if tier["key"] in keys:
            yield Finding(f"the key '{tier['key']}' is used twice", (*at, "key"))
        keys.add(tier["key"])
        yield from _tier(tier, before, unit, at)
        before = tier if "from" in tier else before
    if "count" in row.get("valid", {}) and row["valid"]["kind"] != "months":
        yield Finding("'count' is only for months", (*place, "valid", "count"), is_error=False)
    if row.get("surplus") == "carry" and row["window"]["kind"] not in FOLLOWING:
        yield Finding("there is no next window to carry anything to", (*place, "surplus"))
    yield from withdrawal(document, row, place)
    yield from given_tiers(row, place)


def _tier(tier: Row, before: Row | None, unit: int, place: Place) -> Iterator[Finding]:
    if "from" not in tier and "reach" not in tier:
        yield Finding("nothing reaches it: 'from' or 'reach' is missing", place)
    if "from" in tier:
        if before is not None and _number(tier["from"]) <= _number(before["from"]):
            yield Finding("each tier needs more than the one before it", (*place, "from"))
        if _number(tier["from"]) * unit % 1:
            yield Finding("has more decimals than the meter", (*place, "from"))
        if _number(tier.get("keep_from", 0)) > _number(tier["from"]):
            yield Finding("is harder to keep than to reach", (*place, "keep_from"), is_error=False)
    if _number(tier.get("multiplier", 1)) < 1:
        yield Finding("must be at least 1", (*place, "multiplier"))


def _unused(document: Document) -> Iterator[Finding]:
    given = _given(document)
    turned = {row["meter"] for kind in ("conversions", "menus") for row in document.get(kind, ())}
    for index, row in enumerate(document.get("rewards", ())):
        if row["key"] not in given:
            yield Finding("nothing gives it", ("rewards", index), is_error=False)
    for index, row in enumerate(document["meters"]):
        if (
            row.get("spendable", "mirrors" not in row)
            and row["key"] not in turned
            and not row.get("is_money")
        ):
            yield Finding(
                "can be spent, and nothing turns it into a reward", ("meters", index), is_error=False
            )


def _given(document: Document) -> set[str]:
    """Rewards that something gives."""
    found = set()
    for kind in ("earning_rules", "conversions", "menus", "challenges"):
        for row in document.get(kind, ()):
            found |= {row.get("reward"), *(one.get("reward") for one in row.get("options", ()))}
            found |= {one.get("reward") for one in row.get("form", {}).get("sequence", ())}
    found |= {one.get("reward") for row in document.get("rewards", ()) for one in row.get("choices", ())}
    return found | {prize.get("reward") for draw in document.get("draws", ()) for prize in draw["prizes"]}


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
