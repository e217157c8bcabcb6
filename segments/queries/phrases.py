"""Values, stretches of time and comparisons as a sentence says them."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.utils import formats
from django.utils.dates import MONTHS, WEEKDAYS
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_noop as later

from members.queries import money
from segments.engine.shapes import HOUR, WEEKDAY
from segments.engine.tree import Test
from segments.engine.window import Window
from segments.filters import Value, known_starts
from segments.queries.catalogue import club_zone

DECIMALS = 4


def number(value: Fraction | int) -> str:
    """With the marks of the language; at most four decimals."""
    exact = Fraction(value)
    rounded = round(Decimal(exact.numerator) / exact.denominator, DECIMALS)
    plain = Decimal(format(rounded.normalize(), "f"))
    return formats.number_format(plain, use_l10n=True, force_grouping=True)


def shown(value: Any, of: Value) -> str:
    """One value as its kind is read: “800 kr”, “18 years”, “Gothenburg”, “2 January 2026”."""
    if isinstance(value, date):
        return moment(value)
    if of.kind == "money" and Fraction(value).denominator == 1:
        return money(int(value))
    if of.kind in ("money", "number", "quantity"):
        exact = Fraction(value) / 100 if of.kind == "money" else value
        return f"{number(exact)} {of.unit}".strip()
    if of.kind == "yes_no":
        return gettext("yes") if value else gettext("no")
    labels = {key: str(label) for key, label in of.choices()}
    if of.search is not None:
        labels |= of.search.names([value])
    return labels.get(value) or gettext("“%(text)s”") % {"text": value}


def moment(at: date) -> str:
    """A day, or a day and a time by the club's clock."""
    if not isinstance(at, datetime):
        return formats.date_format(at, "DATE_FORMAT")
    local = at.astimezone(club_zone())
    words = {"day": formats.date_format(local.date(), "DATE_FORMAT"), "time": f"{local:%H:%M}"}
    return gettext("%(day)s at %(time)s") % words


def compared(test: Test, of: Value) -> str:
    """What the value is: “at least 800 kr”, “one of “a” and “b””, “before 2 January 2026”."""
    if test.window is not None:
        return within(test.window)
    value = test.value
    if test.op == WEEKDAY:
        return gettext("on a %(weekday)s") % {"weekday": f" {gettext('or')} ".join(map(weekday_named, value))}
    if test.op == HOUR:
        return gettext("between %(first)s and %(last)s") % {
            "first": f"{value[0]:02}:00",
            "last": f"{value[1]:02}:59",
        }
    if isinstance(value, tuple) and test.op.endswith("between"):
        words = {"low": shown(value[0], of), "high": shown(value[1], of)}
    elif isinstance(value, tuple):
        words = {"value": ", ".join(shown(one, of) for one in value)}
    else:
        words = {"value": "" if value is None else shown(value, of)}
    return gettext(_COMPARED[test.op]) % words


_COMPARED: Mapping[str, str] = {
    "eq": later("exactly %(value)s"),
    "ne": later("anything but %(value)s"),
    "lt": later("less than %(value)s"),
    "lte": later("at most %(value)s"),
    "gt": later("more than %(value)s"),
    "gte": later("at least %(value)s"),
    "between": later("from %(low)s to %(high)s"),
    "not_between": later("below %(low)s or above %(high)s"),
    "in": later("one of %(value)s"),
    "not_in": later("none of %(value)s"),
    "contains": later("something with %(value)s in it"),
    "not_contains": later("something without %(value)s in it"),
    "starts": later("something that begins with %(value)s"),
    "ends": later("something that ends with %(value)s"),
    "pattern": later("something like %(value)s"),
    "set": later("known"),
    "not_set": later("unknown"),
}


def amount(count: int, unit: str) -> str:
    """“1 day”, “90 days”."""
    return _AMOUNTS[unit](count) % {"count": number(count)}


_AMOUNTS: Mapping[str, Callable[[int], str]] = {
    "minute": lambda count: ngettext("%(count)s minute", "%(count)s minutes", count),
    "hour": lambda count: ngettext("%(count)s hour", "%(count)s hours", count),
    "day": lambda count: ngettext("%(count)s day", "%(count)s days", count),
    "week": lambda count: ngettext("%(count)s week", "%(count)s weeks", count),
    "month": lambda count: ngettext("%(count)s month", "%(count)s months", count),
    "year": lambda count: ngettext("%(count)s year", "%(count)s years", count),
}
_LAST: Mapping[str, Callable[[int], str]] = {
    "minute": lambda count: ngettext("in the last minute", "in the last %(count)s minutes", count),
    "hour": lambda count: ngettext("in the last hour", "in the last %(count)s hours", count),
    "day": lambda count: ngettext("in the last day", "in the last %(count)s days", count),
    "week": lambda count: ngettext("in the last week", "in the last %(count)s weeks", count),
    "month": lambda count: ngettext("in the last month", "in the last %(count)s months", count),
    "year": lambda count: ngettext("in the last year", "in the last %(count)s years", count),
}
_PERIODS: Mapping[tuple[int, str], str] = {
    (0, "day"): later("today"),
    (0, "week"): later("this week"),
    (0, "month"): later("this month"),
    (0, "quarter"): later("this quarter"),
    (0, "year"): later("this year"),
    (1, "day"): later("yesterday"),
    (1, "week"): later("in the previous week"),
    (1, "month"): later("in the previous month"),
    (1, "quarter"): later("in the previous quarter"),
    (1, "year"): later("in the previous year"),
}
_RELATIVE: Mapping[str, str] = {
    "next": later("within %(amount)s from now"),
    "at_least_ago": later("at least %(amount)s ago"),
    "more_than_ago": later("more than %(amount)s ago"),
    "more_than_ahead": later("more than %(amount)s ahead"),
    "at_least_ahead": later("at least %(amount)s ahead"),
}


def within(window: Window) -> str:
    """The stretch of time; nothing for all of it."""
    if window.kind == "all":
        return ""
    if window.kind == "calendar":
        return gettext(_PERIODS[window.count, window.unit])
    if window.kind == "last":
        return _LAST[window.unit](window.count) % {"count": number(window.count)}
    if window.since:
        return gettext("since %(moment)s") % {"moment": known_starts().get(window.since, window.since)}
    if window.unit:
        return gettext(_RELATIVE[window.kind]) % {"amount": amount(window.count, window.unit)}
    return _between(window)


def _between(window: Window) -> str:
    start, end = (moment(one) if one else "" for one in (window.start, window.end))
    if window.kind == "before":
        return gettext("before %(day)s") % {"day": end}
    if window.kind == "after":
        return gettext("after %(day)s") % {"day": start}
    if start == end:
        return gettext("on %(day)s") % {"day": start}
    return gettext("between %(first)s and %(last)s") % {"first": start, "last": end}


def weekday_named(day: int) -> str:
    return str(WEEKDAYS[day - 1])


def month_named(month: int | str) -> str:
    """“March”, “this month”."""
    return gettext(_MONTHS[month]) if isinstance(month, str) else str(MONTHS[month])


_MONTHS: Mapping[str, str] = {
    "this": later("this month"),
    "previous": later("the previous month"),
    "next": later("the next month"),
}


def days_away(days: int) -> str:
    """“today”, “in 3 days”, “3 days ago”."""
    if not days:
        return gettext("today")
    words = {"amount": amount(abs(days), "day")}
    return (gettext("in %(amount)s") if days > 0 else gettext("%(amount)s ago")) % words
