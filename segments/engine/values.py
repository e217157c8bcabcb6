"""Reading single values of a definition: numbers, texts, times and how each is asked."""

import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from segments.engine.clock import on_the_wall
from segments.engine.errors import Malformed
from segments.engine.shapes import AGO, AHEAD, HOUR, KNOWN, LISTED, RANGES, WEEKDAY, Shape
from segments.engine.tree import NAMED_MONTHS, Test
from segments.engine.window import PERIODS, PREVIOUS, THIS, UNITS, Window

Place = tuple[str | int, ...]
ALIASES = {"is": "eq", "is_not": "ne", "=": "eq", "!=": "ne", "<": "lt", "<=": "lte", ">": "gt", ">=": "gte"}
RELATIVE = {"within": "last", "in_next": "next"}
MOST_CHOICES = 500
LONGEST_TEXT = 200
LARGEST = 10**13
MOST_UNITS = 100_000
DECIMALS = 4


def read_test(document: Mapping[str, Any], shape: Shape, at: Place, zone: ZoneInfo) -> Test:
    """``op`` and ``value`` of ``document``, as fits the shape. Raises ``Malformed``."""
    op = read_op(document, shape.operators, at)
    if op in KNOWN:
        if "value" in document:
            raise Malformed((*at, "value"), "value_is_not_asked_for", op=op)
        return Test(op)
    if "value" not in document:
        raise Malformed(at, "value_is_missing")
    told, here = document["value"], (*at, "value")
    if op in (WEEKDAY, HOUR):
        return Test(op, read_weekdays(told, here) if op == WEEKDAY else read_hours(told, here))
    if shape.kind in ("day", "moment"):
        op = "in" if op == "within" and isinstance(told, Mapping) else op
        window = read_time(op, told, here, zone)
        return Test(op, None, window, _told(window, told))
    if op in LISTED:
        return Test(op, read_list(told, shape, here))
    if op in RANGES:
        return Test(op, _range(told, here))
    return Test(op, read_value(told, shape, here))


def _told(window: Window, told: Any) -> Any:
    if window.unit and window.kind != "calendar":
        return [window.count, window.unit]
    return told if isinstance(told, str | Mapping) else list(told)


def read_op(document: Mapping[str, Any], known: Sequence[str], at: Place) -> str:
    told = document.get("op")
    op = ALIASES.get(told, told) if isinstance(told, str) else ""
    if op not in known:
        raise Malformed((*at, "op"), "op_is_not_known", known=", ".join(known))
    return op


def read_value(told: Any, shape: Shape, at: Place) -> Any:
    """A yes or no, a number, or a text; one of the choices where there are any."""
    if shape.kind == "yes_no":
        if not isinstance(told, bool):
            raise Malformed(at, "value_is_not_yes_or_no")
        return told
    if shape.is_number:
        return read_number(told, at)
    text = read_text(told, at)
    if shape.choices and text not in shape.choices:
        raise Malformed(at, "choice_is_not_known", value=text, known=", ".join(shape.choices))
    return text


def read_list(told: Any, shape: Shape, at: Place) -> tuple[Any, ...]:
    if not isinstance(told, list) or not told:
        raise Malformed(at, "list_is_empty")
    if len(told) > MOST_CHOICES:
        raise Malformed(at, "list_is_too_long", most=MOST_CHOICES)
    return tuple(dict.fromkeys(read_value(one, shape, (*at, place)) for place, one in enumerate(told)))


def read_text(told: Any, at: Place) -> str:
    """Trimmed and composed. A whole number is taken as its digits, as keys are often written."""
    if isinstance(told, int) and not isinstance(told, bool):
        told = str(told)
    if not isinstance(told, str):
        raise Malformed(at, "value_is_not_text")
    text = unicodedata.normalize("NFC", told.strip())
    if not text:
        raise Malformed(at, "value_is_blank")
    if len(text) > LONGEST_TEXT or "\0" in text:
        raise Malformed(at, "text_is_too_long", most=LONGEST_TEXT)
    return text


def read_number(told: Any, at: Place) -> Fraction:
    """An exact number: JSON's own, or decimal text."""
    if isinstance(told, bool) or not isinstance(told, int | float | str):
        raise Malformed(at, "value_is_not_a_number")
    try:
        number = Decimal(str(told))
    except InvalidOperation:
        raise Malformed(at, "value_is_not_a_number") from None
    if not number.is_finite() or abs(number) > LARGEST or round(number, DECIMALS) != number:
        raise Malformed(at, "number_is_out_of_range", most=LARGEST, decimals=DECIMALS)
    return Fraction(number)


def _range(told: Any, at: Place) -> tuple[Fraction, Fraction]:
    if not isinstance(told, list) or len(told) != 2:
        raise Malformed(at, "range_needs_two_ends")
    low, high = (read_number(one, (*at, place)) for place, one in enumerate(told))
    if low > high:
        raise Malformed(at, "range_is_reversed")
    return low, high


def read_time(op: str, told: Any, at: Place, zone: ZoneInfo) -> Window:
    """The stretch that a time must lie in to pass."""
    if op == "in":
        return read_window(told, at, zone)
    if op in (*RELATIVE, *AGO, *AHEAD):
        return Window(RELATIVE.get(op, op), *read_amount(told, at))
    if op == "between":
        return _between(told, at, zone)
    moment = read_moment(told, at, zone)
    if op == "before":
        return Window("before", end=moment)
    return Window("after", start=moment) if op == "after" else _on(moment, at)


def _on(moment: date, at: Place) -> Window:
    if isinstance(moment, datetime):
        raise Malformed(at, "value_is_not_a_day")
    return Window("between", start=moment, end=moment)


def read_weekdays(told: Any, at: Place) -> tuple[int, ...]:
    """Monday is 1, Sunday 7."""
    days = [_part_of_time(one, (*at, place), range(1, 8)) for place, one in enumerate(_some(told, at))]
    if len(set(days)) == 7:
        raise Malformed(at, "condition_is_always_true")
    return tuple(sorted(set(days)))


def read_hours(told: Any, at: Place) -> tuple[int, int]:
    """From the start of the first hour to the end of the last, 0 to 23."""
    if not isinstance(told, list) or len(told) != 2:
        raise Malformed(at, "range_needs_two_ends")
    first, last = (_part_of_time(one, (*at, place), range(24)) for place, one in enumerate(told))
    if first > last:
        raise Malformed(at, "range_is_reversed")
    if last - first == 23:
        raise Malformed(at, "condition_is_always_true")
    return first, last


def read_months(told: Any, at: Place) -> tuple[int | str, ...]:
    """January is 1; this, previous and next are seen from today."""
    found: dict[int | str, None] = {}
    for place, one in enumerate(_some(told, at)):
        named = isinstance(one, str) and one in NAMED_MONTHS
        found[one if named else _part_of_time(one, (*at, place), range(1, 13))] = None
    if len(found) >= 12 and {*range(1, 13)} <= found.keys():
        raise Malformed(at, "condition_is_always_true")
    return tuple(sorted(found, key=str))


def _some(told: Any, at: Place) -> list[Any]:
    listed = told if isinstance(told, list) else [told]
    if not listed:
        raise Malformed(at, "list_is_empty")
    return listed


def _part_of_time(told: Any, at: Place, known: range) -> int:
    if isinstance(told, bool) or not isinstance(told, int) or told not in known:
        raise Malformed(at, "part_of_time_is_not_known", least=known[0], most=known[-1])
    return told


def read_window(told: Any, at: Place, zone: ZoneInfo) -> Window:
    """A window as a definition writes it. Raises ``Malformed``."""
    if told == "all":
        return Window()
    if not isinstance(told, Mapping) or len(told) != 1:
        raise Malformed(at, "window_is_not_known")
    [(kind, inner)] = told.items()
    here = (*at, kind)
    if kind in ("last", "next"):
        return Window(kind, *read_amount(inner, here))
    if kind == "calendar":
        return _calendar(inner, here)
    if kind in ("between", "days"):
        return _between(inner, here, zone)
    if kind == "since":
        return Window(kind, since=read_text(inner, here))
    raise Malformed(at, "window_is_not_known")


def read_amount(told: Any, at: Place) -> tuple[int, str]:
    """So many units, at least one."""
    if not isinstance(told, list) or len(told) != 2 or told[1] not in UNITS:
        raise Malformed(at, "amount_needs_number_and_unit", known=", ".join(UNITS))
    count = told[0]
    if isinstance(count, bool) or not isinstance(count, int):
        raise Malformed((*at, 0), "value_is_not_a_whole_number")
    if count < 1:
        raise Malformed(at, "window_is_empty")
    if count > MOST_UNITS or (told[1] in ("month", "year") and count > MOST_UNITS // 100):
        raise Malformed(at, "window_is_too_long")
    return count, told[1]


def _calendar(told: Any, at: Place) -> Window:
    if (
        not isinstance(told, list)
        or len(told) != 2
        or told[0] not in (THIS, PREVIOUS)
        or told[1] not in PERIODS
    ):
        raise Malformed(at, "calendar_is_not_known", known=", ".join(PERIODS))
    return Window("calendar", int(told[0] == PREVIOUS), told[1])


def _between(told: Any, at: Place, zone: ZoneInfo) -> Window:
    if not isinstance(told, list) or len(told) != 2:
        raise Malformed(at, "range_needs_two_ends")
    start, end = (read_moment(one, (*at, place), zone) for place, one in enumerate(told))
    if isinstance(start, datetime) != isinstance(end, datetime):
        raise Malformed(at, "range_mixes_days_and_times")
    if start > end:
        raise Malformed(at, "range_is_reversed")
    return Window("between", start=start, end=end)


def read_moment(told: Any, at: Place, zone: ZoneInfo) -> date:
    """A day, or a moment; one without an offset is by the club's clock."""
    if not isinstance(told, str):
        raise Malformed(at, "value_is_not_a_time")
    try:
        if len(told) == len("2026-01-31"):
            return _within_reach(date.fromisoformat(told))
        moment = datetime.fromisoformat(told)
        _within_reach(moment.date())
    except ValueError:
        raise Malformed(at, "value_is_not_a_time") from None
    return moment if moment.tzinfo else on_the_wall(moment, zone)


def _within_reach(day: date) -> date:
    if not 1900 <= day.year <= 2900:
        raise ValueError
    return day
