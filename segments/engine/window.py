"""Window: a stretch of time, said relative to now or by the calendar. Closed at both ends."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from segments.engine.clock import (
    DAY,
    INSTANT,
    day_end,
    day_start,
    local_day,
    next_period,
    period_start,
    shifted,
)
from segments.engine.shapes import AGO, AHEAD

UNITS = ("minute", "hour", "day", "week", "month", "year")
PERIODS = ("day", "week", "month", "quarter", "year")
THIS, PREVIOUS = "this", "previous"
AT_LEAST = {"more_than_ago": "at_least_ago", "more_than_ahead": "at_least_ahead"}


@dataclass(frozen=True, slots=True)
class Span:
    """Moments ``start <= at <= end``; ``None`` is open."""

    start: datetime | None = None
    end: datetime | None = None

    def __contains__(self, at: datetime) -> bool:
        return (self.start is None or self.start <= at) and (self.end is None or at <= self.end)

    def until(self, end: datetime) -> "Span":
        return Span(self.start, end if self.end is None else min(self.end, end))

    def days(self, zone: ZoneInfo) -> tuple[date | None, date | None]:
        """The first and the last day of it in the club's time zone."""
        first = None if self.start is None else local_day(self.start, zone)
        return first, None if self.end is None else local_day(self.end, zone)

    def without_edge(self) -> "Span":
        """The same without the moment at which it begins or ends; the other end is open."""
        if self.start is None:
            return Span(None, None if self.end is None else self.end - INSTANT)
        return Span(self.start + INSTANT)


@dataclass(frozen=True, slots=True)
class Window:
    """``kind`` is all, last, next, at_least_ago, more_than_ago, at_least_ahead, more_than_ahead, calendar, before, after,
    between, or since.

    ``count`` and ``unit`` belong to the relative ones and to the calendar, where count 0 is this period
    and 1 the previous. ``start`` and ``end`` are days or moments. Since a moment of each member's own, named by
    ``since``, no two have the same stretch: its span is open, and whoever looks at facts narrows it.
    """

    kind: str = "all"
    count: int = 0
    unit: str = ""
    start: date | datetime | None = None
    end: date | datetime | None = None
    since: str = ""

    def span(self, now: datetime, zone: ZoneInfo) -> Span:
        if self.kind in ("all", "since"):
            return Span()
        if self.kind == "calendar":
            return self._period(now, zone)
        if self.kind in ("last", *AGO):
            edge = shifted(now, -self.count, self.unit, zone)
            return Span(edge, now) if self.kind == "last" else self._beyond(Span(None, edge))
        if self.kind in ("next", *AHEAD):
            edge = shifted(now, self.count, self.unit, zone)
            return Span(now, edge) if self.kind == "next" else self._beyond(Span(edge, None))
        return self._between(zone)

    def days(self, now: datetime, zone: ZoneInfo) -> tuple[date | None, date | None]:
        """The first and the last day that lie in it, of what is compared by days."""
        if self.kind not in ("more_than_ago", "more_than_ahead"):
            return self.span(now, zone).days(zone)
        first, last = Window(AT_LEAST[self.kind], self.count, self.unit).span(now, zone).days(zone)
        return first and first + DAY, last and last - DAY

    def _beyond(self, span: Span) -> Span:
        return span.without_edge() if self.kind in AT_LEAST else span

    def _period(self, now: datetime, zone: ZoneInfo) -> Span:
        start = period_start(local_day(now, zone), self.unit)
        if self.count:
            start = period_start(local_day(day_start(start, zone) - INSTANT, zone), self.unit)
        return Span(day_start(start, zone), day_start(next_period(start, self.unit), zone) - INSTANT)

    def _between(self, zone: ZoneInfo) -> Span:
        """A day counts whole: after a day is from the next one on, before it ends with the one before."""
        if self.kind == "before":
            return Span(None, _first_moment(self.end, zone) - INSTANT)
        if self.kind == "after":
            return Span(_last_moment(self.start, zone) + INSTANT, None)
        return Span(_first_moment(self.start, zone), _last_moment(self.end, zone))

    def document(self) -> Any:
        """As a definition writes it."""
        if self.kind == "all":
            return "all"
        if self.kind == "calendar":
            return {"calendar": [PREVIOUS if self.count else THIS, self.unit]}
        if self.unit:
            return {self.kind: [self.count, self.unit]}
        if self.since:
            return {"since": self.since}
        name = "between" if isinstance(self.start, datetime) else "days"
        return {name: [written(self.start), written(self.end)]}


def written(moment: date | datetime | None) -> str:
    return moment.isoformat() if moment else ""


def _first_moment(moment: date | datetime | None, zone: ZoneInfo) -> datetime:
    assert moment is not None  # noqa: S101 - the reader has seen to it
    return moment if isinstance(moment, datetime) else day_start(moment, zone)


def _last_moment(moment: date | datetime | None, zone: ZoneInfo) -> datetime:
    assert moment is not None  # noqa: S101 - the reader has seen to it
    return moment if isinstance(moment, datetime) else day_end(moment, zone)
