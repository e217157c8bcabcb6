"""Window: the stretch of time that something is counted over."""

from bisect import bisect_left
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, Self
from zoneinfo import ZoneInfo

from loyalty.engine.calendar import (
    EMPTY_COURSE,
    NO_CALENDARS,
    Course,
    Days,
    OwnCalendar,
    Span,
    add_months,
    day_start,
    days_around,
    local_day,
    month_end,
    months_around,
    yearly_day,
)

CALENDAR_MONTHS = {"month": 1, "two_months": 2, "quarter": 3, "half_year": 6, "year": 12}
CALENDAR_DAYS = {"day": 1, "week": 7}
_DAY = timedelta(days=1)
_NEW_YEAR = date(2000, 1, 1)
_MONDAY = date(2000, 1, 3)
_LEAP_YEAR = 2000


@dataclass(frozen=True, slots=True)
class Window:
    """One of these kinds:

    ``lifetime`` · ``calendar`` day, week, month, two_months, quarter, half_year, year · ``year_from`` a month and
    day · ``own``, a period of a calendar · ``membership_year`` from join_date or join_month ·
    ``since_join`` count days or months, repeated · ``trailing`` count days, months or years ·
    ``this_and_previous`` count calendar years · ``since_last_run`` · ``opened_by_first`` event, for
    count days or months · ``chain`` of events at most count days apart, ending count days after the last.

    After a restart it counts anew from the day after, with ``end_of_month`` from the next month; the
    window before ends there. A window that is counted from joining is then counted from that day.
    """

    kind: str = "lifetime"
    unit: str = ""
    count: int = 1
    month: int = 1
    day: int = 1
    calendar: OwnCalendar | None = None
    origin: str = "join_date"
    restart: str = "no"

    @classmethod
    def parse(cls, document: Mapping[str, Any], calendars: Mapping[str, OwnCalendar] = NO_CALENDARS) -> Self:
        return cls(
            document.get("kind", "lifetime"),
            document.get("unit", ""),
            document.get("count", 1),
            document.get("month", 1),
            document.get("day", 1),
            calendars.get(document.get("calendar", "")),
            document.get("from", "join_date"),
            document.get("restart", "no"),
        )

    @property
    def words(self) -> str:
        """Names this window among others."""
        return _words(self)

    def span(self, at: datetime, zone: ZoneInfo, course: Course = EMPTY_COURSE) -> Span:
        """The window that ``at`` lies in; where there is none, a span that contains nothing.

        A trailing window ends with the day of ``at``. A calendar of one's own has no window outside
        its periods, and one that depends on joining or on events has none without them.
        """
        day = local_day(at, zone)
        days = self._days(day, course)
        if days is None or day not in days:
            return Span(day_start(day, zone), day_start(day, zone))
        return days.span(zone)

    def next_end(self, after: date, course: Course = EMPTY_COURSE) -> date | None:
        """The last day of the first window that ends on a later day than ``after``, as the course
        stands now; ``None`` where none does."""
        if self.kind == "trailing":
            return None
        days = self._days(after + _DAY, course)
        return None if days is None or days.following is None else days.following - _DAY

    def anew_from(self, course: Course) -> date | None:
        """The first day that it counts after a restart."""
        if course.restarted is None:
            return None
        last = month_end(course.restarted) if self.restart == "end_of_month" else course.restarted
        return last + _DAY

    def _days(self, day: date, course: Course) -> Days | None:
        """The window with ``day``, else the next one that is known."""
        find = _KINDS[self.kind]
        anew = self.anew_from(course)
        if anew is None:
            return find(self, day, course)
        before = find(self, day, course) if day < anew else None
        if before is not None and (before.first is None or before.first < anew):
            return Days(before.first, min(before.following or anew, anew))
        days = find(self, max(day, anew), _after_restart(course, anew))
        return None if days is None else Days(max(days.first or anew, anew), days.following)


@lru_cache(maxsize=1024)
def _words(window: Window) -> str:
    own = window.calendar.key if window.calendar else ""
    parts = (
        window.kind,
        window.unit,
        window.count,
        window.month,
        window.day,
        own,
        window.origin,
        window.restart,
    )
    return "-".join(str(part) for part in parts if part not in ("", 1, "join_date", "no"))


def _after_restart(course: Course, anew: date) -> Course:
    events = [day for day in course.events if day >= anew]
    return replace(course, joined=course.joined and anew, events=events)


def _lifetime(window: Window, day: date, course: Course) -> Days:
    return Days(None, None)


def _calendar(window: Window, day: date, course: Course) -> Days:
    if window.unit in CALENDAR_DAYS:
        return days_around(day, CALENDAR_DAYS[window.unit], _MONDAY)
    return months_around(day, CALENDAR_MONTHS[window.unit], _NEW_YEAR)


def _year_from(window: Window, day: date, course: Course) -> Days:
    return months_around(day, 12, yearly_day(_LEAP_YEAR, window.month, window.day))


def _own(window: Window, day: date, course: Course) -> Days | None:
    own = window.calendar
    return None if own is None else own.period(max(own.index(day), 0))


def _membership_year(window: Window, day: date, course: Course) -> Days | None:
    if course.joined is None:
        return None
    is_whole_month = window.origin == "join_month"
    return months_around(day, 12, course.joined.replace(day=1) if is_whole_month else course.joined)


def _since_join(window: Window, day: date, course: Course) -> Days | None:
    if course.joined is None:
        return None
    around = days_around if window.unit == "day" else months_around
    return around(day, window.count, course.joined)


def _trailing(window: Window, day: date, course: Course) -> Days:
    following = day + _DAY
    if window.unit == "day":
        return Days(following - timedelta(days=window.count), following)
    return Days(add_months(following, -window.count * CALENDAR_MONTHS[window.unit]), following)


def _this_and_previous(window: Window, day: date, course: Course) -> Days:
    return Days(date(day.year - window.count, 1, 1), date(day.year + 1, 1, 1))


def _since_last_run(window: Window, day: date, course: Course) -> Days:
    return Days(course.last_run and course.last_run + _DAY, None)


def _opened_by_first(window: Window, day: date, course: Course) -> Days | None:
    following: date | None = None
    for event in course.events:
        if following is None or event >= following:
            following = _later(event, window)
            if day < following:
                return Days(event, following)
    return None


def _later(event: date, window: Window) -> date:
    if window.unit == "day":
        return event + timedelta(days=window.count)
    return add_months(event, window.count)


def _chain(window: Window, day: date, course: Course) -> Days | None:
    gap = timedelta(days=window.count)
    events = course.events
    last = bisect_left(events, day - gap)
    if last == len(events):
        return None
    first = last
    while first and events[first] - events[first - 1] <= gap:
        first -= 1
    while last + 1 < len(events) and events[last + 1] - events[last] <= gap:
        last += 1
    return Days(events[first], events[last] + gap + _DAY)


_KINDS: Mapping[str, Callable[[Window, date, Course], Days | None]] = {
    "lifetime": _lifetime,
    "calendar": _calendar,
    "year_from": _year_from,
    "own": _own,
    "membership_year": _membership_year,
    "since_join": _since_join,
    "trailing": _trailing,
    "this_and_previous": _this_and_previous,
    "since_last_run": _since_last_run,
    "opened_by_first": _opened_by_first,
    "chain": _chain,
}

# What a stretch of time is called in a limit; a week is the one that ends with its Sunday.
IN_A: Mapping[str, Window] = {
    "day": Window("trailing", "day"),
    "week": Window("calendar", "week"),
    "month": Window("calendar", "month"),
    "quarter": Window("calendar", "quarter"),
    "year": Window("calendar", "year"),
    "membership": Window(),
    "stay": Window("chain"),
}
