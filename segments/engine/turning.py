"""When a condition turns by itself, as time goes by and nothing else happens. Days are those of the club."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from segments.engine.clock import (
    DAY,
    day_end,
    day_start,
    local_day,
    months_later,
    next_period,
    period_start,
    shifted,
    yearly,
)
from segments.engine.tree import Recurring, Test
from segments.engine.window import Window

MONTHS = 12
# A month may be three days shorter than another, and clocks go forward and back.
SLACK = 4
# How the moments of a turn lie from what happened, in lengths of the window.
EDGES = {
    "last": (0, 1),
    "at_least_ago": (1,),
    "more_than_ago": (1,),
    "next": (-1, 0),
    "at_least_ahead": (-1,),
    "more_than_ahead": (-1,),
}


def turns_on(at: date, window: Window, now: datetime, zone: ZoneInfo) -> date | None:
    """The first day by whose end ``at`` has come into the window or left it; nothing where it never does.

    ``at`` is a moment, or a day that is compared by days.
    """
    try:
        days = _days_near(at, window, zone)
        is_within = _is_within(at, window, now, zone)
        return next((day for day in days if _turned(day, at, window, now, zone, is_within=is_within)), None)
    except (OverflowError, ValueError):
        return None  # beyond the calendar


def _turned(day: date, at: date, window: Window, now: datetime, zone: ZoneInfo, *, is_within: bool) -> bool:
    end = day_end(day, zone)
    return end > now and _is_within(at, window, end, zone) is not is_within


def _is_within(at: date, window: Window, now: datetime, zone: ZoneInfo) -> bool:
    if isinstance(at, datetime):
        return at in window.span(now, zone)
    first, last = window.days(now, zone)
    return (first is None or first <= at) and (last is None or at <= last)


def _days_near(at: date, window: Window, zone: ZoneInfo) -> list[date]:
    """The days on which it can turn, in order."""
    moment = at if isinstance(at, datetime) else day_start(at, zone)
    if window.kind == "calendar":
        start = period_start(local_day(moment, zone), window.unit)
        following = next_period(start, window.unit)
        return [start, following, next_period(following, window.unit)]
    edges = [
        local_day(shifted(moment, lengths * window.count, window.unit, zone), zone)
        for lengths in EDGES.get(window.kind, ())
    ]
    return sorted({edge + timedelta(days=days) for edge in edges for days in range(-SLACK, SLACK + 1)})


def fades_on(
    happened: Iterable[tuple[datetime, Fraction]], test: Test, window: Window, now: datetime, zone: ZoneInfo
) -> date | None:
    """When the sum of what lies in the window turns the test, as one after the other leaves it.

    Only for windows that end now and that nothing comes into by itself.
    """
    leaving: dict[date, Fraction] = {}
    total = Fraction(0)
    for at, value in happened:
        total += value
        day = turns_on(at, window, now, zone)
        if day is not None:
            leaving[day] = leaving.get(day, Fraction(0)) + value
    holds = test.compares(total)
    for day in sorted(leaving):
        total -= leaving[day]
        if test.compares(total) is not holds:
            return day
    return None


def comes_round_on(origin: date, node: Recurring, today: date) -> date | None:
    """The next day on which the yearly return begins or ceases to lie so many days away."""
    if node.months:
        return _month_turns_on(origin, node, today)
    recent = range(max(origin.year + 1, today.year - 2), today.year + 4)
    years = [origin.year + node.number] if node.number else recent
    returns = [yearly(origin, year) for year in years]

    def holds(day: date) -> bool:
        return any(node.first <= (one - day).days <= node.last for one in returns)

    edges = {one - timedelta(days=node.last) for one in returns}
    edges |= {one - timedelta(days=node.first) + DAY for one in returns}
    is_so = holds(today)
    return next((day for day in sorted(edges) if day > today and holds(day) is not is_so), None)


def _month_turns_on(origin: date, node: Recurring, today: date) -> date | None:
    """The first of the next month with which the named one becomes or ceases to be that of the date."""
    starts = [today.replace(day=1)]
    while len(starts) <= MONTHS:
        starts.append(months_later(starts[-1], 1))
    is_so = origin.month in node.months_on(today)
    return next((day for day in starts[1:] if (origin.month in node.months_on(day)) is not is_so), None)
