"""Wall-clock days in the club's time zone. Every range is from inclusive, to exclusive."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Span:
    """Moments ``start <= at < end``; ``None`` is open."""

    start: datetime | None
    end: datetime | None

    def __contains__(self, at: datetime) -> bool:
        return (self.start is None or self.start <= at) and (self.end is None or at < self.end)


@lru_cache(maxsize=4096)
def day_start(day: date, zone: ZoneInfo) -> datetime:
    """The first moment of ``day``."""
    return datetime.combine(day, time(), zone)


def day_end(day: date, zone: ZoneInfo) -> datetime:
    """The first moment after ``day``."""
    return day_start(day + timedelta(days=1), zone)


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


def add_months(day: date, months: int) -> date:
    """``day`` that many months on; the 31st becomes the last day of a shorter month."""
    index = day.year * 12 + day.month - 1 + months
    year, month = index // 12, index % 12 + 1
    return date(year, month, min(day.day, month_days(year, month)))


def month_end(day: date) -> date:
    return day.replace(day=month_days(day.year, day.month))
