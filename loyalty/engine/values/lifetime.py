"""Lifetime: how long a lot or a voucher can be used."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Self
from zoneinfo import ZoneInfo

from loyalty.engine.calendar import (
    NO_CALENDARS,
    OwnCalendar,
    add_months,
    day_end,
    local_day,
    month_end,
    next_yearly_day,
    yearly_day,
)

PERIOD_MONTHS = {"end_of_month": 1, "end_of_quarter": 3, "end_of_half_year": 6, "end_of_year": 12}
_DAY = timedelta(days=1)
_SOME_DAY = date(2000, 1, 1)


@dataclass(frozen=True, slots=True)
class Lifetime:
    """``none`` · ``days``, ``months``, ``years`` counted from a day · ``end_of_month``, ``end_of_quarter``,
    ``end_of_half_year``, ``end_of_year`` after ``count`` more of them · ``fixed_day``, the ``count``-th such
    month and day later than the first · ``own``, the end of the period of a calendar ``count`` periods on ·
    ``sweep``, the first such month and day on which it is ``min_months`` old · ``while_active``, until
    ``months`` after the last activity of a kind in ``since``.

    Each new activity makes it ``extended_years`` longer. In a tier of ``suspended_for`` nothing lapses.
    """

    kind: str = "none"
    count: int = 0
    month: int = 1
    day: int = 1
    calendar: OwnCalendar | None = None
    min_months: int = 0
    months: int = 0
    since: frozenset[str] = frozenset()
    has_full_months: bool = False
    extended_years: int = 0
    suspended_for: frozenset[str] = frozenset()
    by_tier: Mapping[str, "Lifetime"] = field(default_factory=dict, hash=False)

    @classmethod
    def parse(cls, document: Mapping[str, Any], calendars: Mapping[str, OwnCalendar] = NO_CALENDARS) -> Self:
        kind = document.get("kind", "none")
        return cls(
            kind,
            document.get("count", 1 if kind == "fixed_day" else 0),
            document.get("month", 1),
            document.get("day", 1),
            calendars.get(document.get("calendar", "")),
            document.get("min_months", 0),
            document.get("months", 0),
            frozenset(document.get("since", ("act",) if kind == "while_active" else ())),
            document.get("full_months", False),
            document.get("extended_years", 0),
            frozenset(document.get("suspended_for", ())),
            {tier: cls.parse(one, calendars) for tier, one in document.get("by_tier", {}).items()},
        )

    def last_day(self, start: date) -> date | None:
        """The last day, for what starts on ``start``; ``None`` is for ever, for as long as the member
        is active, or later than the calendar goes."""
        if self.kind == "days":
            return start + timedelta(days=self.count)
        if self.kind == "months":
            return add_months(start, self.count)
        if self.kind == "years":
            return add_months(start, 12 * self.count)
        if self.kind == "fixed_day":
            first = next_yearly_day(self.month, self.day, start + _DAY)
            return yearly_day(first.year + self.count - 1, self.month, self.day)
        if self.kind == "sweep":
            return next_yearly_day(self.month, self.day, add_months(start, self.min_months))
        return self._period_end(start)

    def _period_end(self, start: date) -> date | None:
        if self.kind in PERIOD_MONTHS:
            length = PERIOD_MONTHS[self.kind]
            first = start.replace(month=(start.month - 1) // length * length + 1, day=1)
            return add_months(first, length * (self.count + 1)) - _DAY
        if self.calendar is None:
            return None
        period = self.calendar.period(max(self.calendar.index(start), 0) + self.count)
        return None if period is None or period.following is None else period.following - _DAY

    def last_day_after(self, activity: date) -> date:
        """For ``while_active``: the last day, when the last activity was on ``activity``."""
        if self.has_full_months:
            return month_end(add_months(activity.replace(day=1), self.months))
        return add_months(activity, self.months)

    def expires_at(self, start: datetime, zone: ZoneInfo) -> datetime | None:
        """The first moment it can no longer be used: midnight after its last day."""
        if self.kind == "none":
            return None
        day = self.last_day(local_day(start, zone))
        return None if day is None else day_end(day, zone)

    def for_tiers(self, tiers: Collection[str]) -> "Lifetime":
        """What holds for a member with those tiers; of several overrides, the longest."""
        found = [lifetime for tier, lifetime in self.by_tier.items() if tier in tiers]
        return max(found, key=_length, default=self)


def _length(lifetime: Lifetime) -> date:
    return lifetime.last_day(_SOME_DAY) or date.max
