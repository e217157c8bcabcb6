"""Whether what a programme document promises can be reached, and is not given without end."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from loyalty.engine.errors import Place
from loyalty.engine.references import Finding

Document = Mapping[str, Any]
Row = Mapping[str, Any]
_NO_ONE = "no one reaches it: the meter never comes to more than {most}"


def reach(document: Document) -> Iterator[Finding]:
    for index, row in enumerate(document.get("conversions", ())):
        form: Place = ("conversions", index, "form")
        name = "from" if "from" in row["form"] else "step"
        if name in row["form"]:
            yield from _reached(document, row["meter"], row["form"][name], (*form, name))
        yield from _repeated(row, ("conversions", index))
    for index, row in enumerate(document.get("tier_ladders", ())):
        for at, tier in enumerate(row["rows"]):
            place: Place = ("tier_ladders", index, "rows", at, "from")
            yield from _reached(document, row["meter"], tier.get("from", 0), place)
    yield from _circles(document)
    yield from _tiers_of_one_name(document)


def _reached(document: Document, key: str, wanted: object, place: Place) -> Iterator[Finding]:
    most = _most_of(document, key)
    meter = next(one for one in document["meters"] if one["key"] == key)
    # What is spent makes room for more, so only conversions are held to the ceiling of what can be spent.
    is_spent = meter.get("spendable", "mirrors" not in meter) and place[0] == "tier_ladders"
    if "ceiling" in meter and not is_spent:
        ceiling = _number(meter["ceiling"])
        most = ceiling if most is None else min(most, ceiling)
    if most is not None and _number(wanted) > most:
        yield Finding(_NO_ONE.format(most=most), place)


def _most_of(document: Document, meter: str) -> Decimal | None:
    """The most that a membership can ever earn of ``meter``, where all that gives of it says so."""
    rules = [row for row in document.get("earning_rules", ()) if row.get("meter") == meter]
    others = [
        *(one for one in document["meters"] if meter in {also["meter"] for also in one.get("also", ())}),
        *(one for one in document["meters"] if one["key"] == meter and "mirrors" in one),
        *(
            one
            for one in document.get("conversions", ())
            if meter in (one.get("to_meter"), *one.get("fills", ()))
        ),
        *(one for one in document.get("challenges", ()) if one.get("meter") == meter),
        *(one for draw in document.get("draws", ()) for one in draw["prizes"] if one.get("meter") == meter),
        *(row for row in document.get("tier_ladders", ()) if any("multiplier" in one for one in row["rows"])),
    ]
    caps = [_cap_of(rule) for rule in rules]
    known = [cap for cap in caps if cap is not None]
    return sum(known, Decimal(0)) if rules and not others and len(known) == len(caps) else None


def _cap_of(rule: Row) -> Decimal | None:
    """The most that a rule gives in a whole membership."""
    found = [
        _number(one["amount"])
        for one in rule.get("limits", {}).get("max", ())
        if one["per"] == "membership" and "amount" in one
    ]
    return min(found, default=None)


def _repeated(row: Row, place: Place) -> Iterator[Finding]:
    """Conversions that would give the same again and again."""
    measure, form = row.get("measure", "available"), row["form"]
    if row.get("to_meter") == row["meter"]:
        yield Finding("becomes what it was: choose another meter", (*place, "to_meter"))
    if measure == "passings" and form["kind"] not in ("step", "sequence"):
        yield Finding("passings are counted in steps: only step and sequence", (*place, "form", "kind"))
    is_any_time = row.get("schedule", {}).get("kind", "at_once") in ("at_once", "on_demand")
    if measure == "window" and is_any_time and form["kind"] not in ("sequence", "consecutive", "pool"):
        message = (
            "would give the same again each time: measure passings, or let it run at the end of a window"
        )
        yield Finding(message, (*place, "measure"))
    if form.get("repeat_from", 0) > len(form.get("sequence", ())):
        yield Finding("is more than there are in the sequence", (*place, "form", "repeat_from"))


def _circles(document: Document) -> Iterator[Finding]:
    """Meters that would be turned into each other at once, without end."""
    becomes: dict[str, list[tuple[int, str]]] = {}
    for index, row in enumerate(document.get("conversions", ())):
        if "to_meter" in row and row.get("schedule", {}).get("kind", "at_once") == "at_once":
            becomes.setdefault(row["meter"], []).append((index, row["to_meter"]))
    for start, ways in becomes.items():
        for index, after in ways:
            if after != start and start in _reachable(becomes, after):
                message = f"would never end: '{after}' becomes '{start}' again"
                yield Finding(message, ("conversions", index, "to_meter"))


def _reachable(becomes: Mapping[str, list[tuple[int, str]]], start: str) -> set[str]:
    found: set[str] = set()
    waiting = [start]
    while waiting:
        for _index, after in becomes.get(waiting.pop(), ()):
            if after not in found:
                found.add(after)
                waiting.append(after)
    return found


def _tiers_of_one_name(document: Document) -> Iterator[Finding]:
    seen: dict[str, str] = {}
    for index, row in enumerate(document.get("tier_ladders", ())):
        for at, tier in enumerate(row["rows"]):
            ladder = seen.setdefault(tier["key"], row["key"])
            if ladder != row["key"]:
                message = (
                    f"'{tier['key']}' is also a tier of '{ladder}': values for tiers cannot tell them apart"
                )
                yield Finding(message, ("tier_ladders", index, "rows", at, "key"), is_error=False)


def _number(value: object) -> Decimal:
    return Decimal(str(value))
