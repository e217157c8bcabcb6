"""Wall-clock days in the club's time zone. Every range is from inclusive, to exclusive."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from types import MappingProxyType
from zoneinfo import ZoneInfo

_INSTANT = timedelta(microseconds=1)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Span:
    """Moments ``start <= at < end``; ``None`` is open."""

    start: datetime | None
    end: datetime | None

    def __contains__(self, at: datetime) -> bool:
        return (self.start is None or self.start <= at) and (self.end is None or at < self.end)


@dataclass(frozen=True, slots=True)
class Days:
    """Whole days ``first <= day < following``; ``None`` is open."""

    first: date | None
    following: date | None

    def __contains__(self, day: date) -> bool:
        return (self.first is None or self.first <= day) and (self.following is None or day < self.following)

    def span(self, zone: ZoneInfo) -> Span:
        """The same stretch in moments."""
        return Span(
            None if self.first is None else day_start(self.first, zone),
            None if self.following is None else day_start(self.following, zone),
        )


@dataclass(frozen=True, slots=True)
class Course:
    """What of one account's course of time a window depends on.

    After the day ``restarted`` its window counts anew, because of a promotion. ``events`` are the
    days, rising, on which the counted thing happened, that of the asked moment included.
    """

    joined: date | None = None
    restarted: date | None = None
    events: Sequence[date] = ()
    last_run: date | None = None


EMPTY_COURSE = Course()


@dataclass(frozen=True, slots=True)
class OwnCalendar:
    """A shop's own periods: one from each of ``starts``, rising, to the next, the last to ``end``."""

    key: str
    starts: tuple[date, ...]
    end: date
    names: tuple[str, ...] = ()

    def index(self, day: date) -> int:
        """Which period ``day`` lies in, from 0; -1 is before the first."""
        return bisect_right(self.starts, day) - 1 if day < self.end else len(self.starts)

    def period(self, index: int) -> Days | None:
        """The days of the period with that index; ``None`` beyond the last."""
        if index >= len(self.starts):
            return None
        return Days(self.starts[index], (*self.starts, self.end)[index + 1])


NO_CALENDARS: Mapping[str, OwnCalendar] = MappingProxyType({})


@lru_cache(maxsize=4096)
def day_start(day: date, zone: ZoneInfo) -> datetime:
    """The first moment of ``day``, in UTC: by the clock on the wall an hour may come twice."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


@lru_cache(maxsize=4096)
def day_end(day: date, zone: ZoneInfo) -> datetime:
    """The first moment after ``day``."""
    return day_start(day + _DAY, zone)


@lru_cache(maxsize=4096)
def last_moment(day: date, zone: ZoneInfo) -> datetime:
    """When a run at the end of ``day`` happens: after everything else of that day."""
    return day_end(day, zone) - _INSTANT


def local_day(at: datetime, zone: ZoneInfo) -> date:
    return at.astimezone(zone).date()


def last_day(expires_at: datetime, zone: ZoneInfo) -> date:
    """The last day on which something that lapses at ``expires_at`` can be used."""
    return local_day(expires_at - _INSTANT, zone)


def month_days(year: int, month: int) -> int:
    following = date(year + month // 12, month % 12 + 1, 1)
    return (following - date(year, month, 1)).days


@lru_cache(maxsize=4096)
def add_months(day: date, months: int) -> date:
    """``day`` that many months on; the 31st becomes the last day of a shorter month."""
    index = day.year * 12 + day.month - 1 + months
    return yearly_day(index // 12, index % 12 + 1, day.day)


def month_end(day: date) -> date:
    return day.replace(day=month_days(day.year, day.month))


def yearly_day(year: int, month: int, day: int) -> date:
    """That day of ``year``; the 29th of February, too, becomes the last day of a shorter month."""
    return date(year, month, min(day, month_days(year, month)))


def next_yearly_day(month: int, day: int, earliest: date) -> date:
    """The first such day on or after ``earliest``."""
    found = yearly_day(earliest.year, month, day)
    return found if found >= earliest else yearly_day(earliest.year + 1, month, day)


@lru_cache(maxsize=4096)
def days_around(day: date, length: int, anchor: date) -> Days:
    """Of the stretches of ``length`` days that are counted from ``anchor``, the one with ``day``."""
    first = day - timedelta(days=(day - anchor).days % length)
    return Days(first, first + timedelta(days=length))


@lru_cache(maxsize=4096)
def months_around(day: date, length: int, anchor: date) -> Days:
    """Of the stretches of ``length`` months that are counted from ``anchor``, the one with ``day``."""
    passed = (day.year - anchor.year) * 12 + day.month - anchor.month
    start = passed // length * length
    if add_months(anchor, start) > day:
        start -= length
    return Days(add_months(anchor, start), add_months(anchor, start + length))


def full_months(start: date, to: date) -> int:
    """Whole months from ``start`` to ``to``; the 31st is full on the last day of a shorter month."""
    months = (to.year - start.year) * 12 + to.month - start.month
    return months if add_months(start, months) <= to else months - 1


def full_years(start: date, to: date) -> int:
    return full_months(start, to) // 12
