"""Schedule: when something runs."""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Self

from loyalty.engine.calendar import (
    EMPTY_COURSE,
    NO_CALENDARS,
    Course,
    OwnCalendar,
    next_yearly_day,
)
from loyalty.engine.values.window import Window

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Schedule:
    """``at_once`` · ``window_end`` of a window plus ``offset_days`` · ``dates`` · ``yearly`` on a month
    and day · ``weekday`` · ``on_demand`` by member or staff.

    A run is at the end of its day; what it gives is booked ``booked_days`` later.
    """

    kind: str = "at_once"
    window: Window = field(default_factory=Window)
    offset_days: int = 0
    dates: tuple[date, ...] = ()
    month: int = 1
    day: int = 1
    weekday: str = "monday"
    by: str = "member"
    booked_days: int = 0

    @classmethod
    def parse(cls, document: Mapping[str, Any], calendars: Mapping[str, OwnCalendar] = NO_CALENDARS) -> Self:
        return cls(
            document.get("kind", "at_once"),
            Window.parse(document.get("window", {}), calendars),
            document.get("offset_days", 0),
            tuple(sorted(date.fromisoformat(one) for one in document.get("dates", ()))),
            document.get("month", 1),
            document.get("day", 1),
            document.get("weekday", "monday"),
            document.get("by", "member"),
            document.get("booked_days", 0),
        )

    def next_day(self, after: date, course: Course = EMPTY_COURSE) -> date | None:
        """The first run on a later day than ``after``; ``None`` where none is known."""
        if self.kind == "window_end":
            offset = timedelta(days=self.offset_days)
            end = self.window.next_end(after - offset, course)
            return None if end is None else end + offset
        if self.kind == "dates":
            return next(iter(self.dates[bisect_right(self.dates, after) :]), None)
        if self.kind == "yearly":
            return next_yearly_day(self.month, self.day, after + _DAY)
        if self.kind == "weekday":
            following = after + _DAY
            return following + timedelta(days=(WEEKDAYS.index(self.weekday) - following.weekday()) % 7)
        return None
