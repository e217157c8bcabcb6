"""Wall-clock arithmetic in the club's time zone. Moments are in UTC: those of one zone are compared by its clock."""

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

INSTANT = timedelta(microseconds=1)
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
EXACT = {"minute": timedelta(minutes=1), "hour": timedelta(hours=1)}
IN_DAYS = {"day": 1, "week": 7}
IN_MONTHS = {"month": 1, "quarter": 3, "year": 12}


def shifted(at: datetime, count: int, unit: str, zone: ZoneInfo) -> datetime:
    """``at`` moved by so many units: hours exactly, days and longer by the clock on the wall.

    A month too short for the day ends on its last. A time that the change to summer time skips is the
    next that exists; one that comes twice is the first. Raises ``OverflowError`` or ``ValueError``
    beyond the calendar.
    """
    if unit in EXACT:
        return at.astimezone(UTC) + count * EXACT[unit]
    wall = at.astimezone(zone).replace(tzinfo=None)
    if unit in IN_DAYS:
        return on_the_wall(wall + timedelta(days=count * IN_DAYS[unit]), zone)
    day = months_later(wall.date(), count * IN_MONTHS[unit])
    return on_the_wall(datetime.combine(day, wall.time()), zone)


def on_the_wall(wall: datetime, zone: ZoneInfo) -> datetime:
    """The moment at which the club's clock shows ``wall``."""
    at = wall.replace(tzinfo=zone, fold=0)
    while at.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != wall:
        wall = wall.replace(second=0, microsecond=0) + MINUTE
        at = wall.replace(tzinfo=zone, fold=0)
    return at.astimezone(UTC)


def day_start(day: date, zone: ZoneInfo) -> datetime:
    return on_the_wall(datetime.combine(day, time()), zone)


def day_end(day: date, zone: ZoneInfo) -> datetime:
    """The last moment of ``day``."""
    return day_start(day + DAY, zone) - INSTANT


def local_day(at: datetime, zone: ZoneInfo) -> date:
    return at.astimezone(zone).date()


def months_later(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def period_start(day: date, unit: str) -> date:
    """The first day of the day, week, month, quarter or year that ``day`` lies in."""
    if unit == "week":
        return day - timedelta(days=day.weekday())
    if unit in IN_MONTHS:
        months = IN_MONTHS[unit]
        return date(day.year, (day.month - 1) // months * months + 1, 1)
    return day


def next_period(start: date, unit: str) -> date:
    if unit in IN_MONTHS:
        return months_later(start, IN_MONTHS[unit])
    return start + timedelta(days=IN_DAYS[unit])


def yearly(day: date, year: int) -> date:
    """The anniversary of ``day`` in ``year``; that of the 29th of February is the 28th where there is none."""
    return months_later(day, (year - day.year) * 12)
