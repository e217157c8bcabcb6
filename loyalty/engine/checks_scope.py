"""Whether a scope of a programme document can ever apply."""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from loyalty.engine.errors import Place
from loyalty.engine.references import Finding
from loyalty.engine.values.scope import WEEKDAYS

Row = Mapping[str, Any]
_GOODS = ("products", "categories", "brands", "flags")
_DAYS = (("from_date", "to_date"), ("member_from", "member_to"))
_NUMBERS = (("age_from", "age_to"), ("receipt_min", "receipt_max"))


def scope(row: Row, place: Place) -> Iterator[Finding]:
    yield from _excluded(row, place)
    if row.get("earned_only") and "tiers" not in row.get("include", {}):
        yield Finding("'earned_only' needs the tiers that are let in", (*place, "earned_only"))
    for first, last in _DAYS:
        if first in row and last in row and row[last] < row[first]:
            yield Finding("can never apply: it ends before it starts", (*place, last))
    for least, most in _NUMBERS:
        if least in row and most in row and _number(row[most]) < _number(row[least]):
            yield Finding("can never apply: the most is less than the least", (*place, most))
    if "time_from" in row and row["time_from"] == row.get("time_to"):
        yield Finding("can never apply: it ends when it starts", (*place, "time_to"))
    if "dates" in row and not any(_counts(row, day) for day in row["dates"]):
        yield Finding("can never apply: none of its days counts", (*place, "dates"))


def _excluded(row: Row, place: Place) -> Iterator[Finding]:
    include, exclude = row.get("include", {}), row.get("exclude", {})
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


def _counts(row: Row, day: str) -> bool:
    """Whether one of the days that are named is not kept out by what else is said of days."""
    weekday = WEEKDAYS[date.fromisoformat(day).weekday()]
    return (
        day not in row.get("not_dates", ())
        and weekday in row.get("weekdays", WEEKDAYS)
        and row.get("from_date", day) <= day <= row.get("to_date", day)
    )


def _number(value: object) -> Decimal:
    return Decimal(str(value))
