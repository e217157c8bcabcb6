"""Window: the stretch of time that something is counted over."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Self
from zoneinfo import ZoneInfo

from loyalty.engine.calendar import Span, add_months, day_start, local_day

CALENDAR_MONTHS = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}


@dataclass(frozen=True, slots=True)
class Window:
    """``lifetime`` · ``calendar`` month, quarter, half_year, year · ``trailing`` count days or months."""

    kind: str = "lifetime"
    unit: str = ""
    count: int = 1

    @classmethod
    def parse(cls, document: Mapping[str, Any]) -> Self:
        return cls(document.get("kind", "lifetime"), document.get("unit", ""), document.get("count", 1))

    def span(self, at: datetime, zone: ZoneInfo) -> Span:
        """The window that ``at`` lies in. A trailing window ends with the day of ``at``."""
        if self.kind == "lifetime":
            return Span(None, None)
        day = local_day(at, zone)
        if self.kind == "calendar":
            first = self._first_day(day)
            return Span(
                day_start(first, zone), day_start(add_months(first, CALENDAR_MONTHS[self.unit]), zone)
            )
        after = day + timedelta(days=1)
        if self.unit == "day":
            return Span(day_start(after - timedelta(days=self.count), zone), day_start(after, zone))
        return Span(day_start(add_months(after, -self.count), zone), day_start(after, zone))

    def last_days(self, after: date, to: date) -> list[date]:
        """The last day of each calendar window that ends on a day ``after < day <= to``."""
        if self.kind != "calendar":
            return []
        length = CALENDAR_MONTHS[self.unit]
        following = add_months(self._first_day(after), length)
        found = []
        while (day := following - timedelta(days=1)) <= to:
            if day > after:
                found.append(day)
            following = add_months(following, length)
        return found

    def _first_day(self, day: date) -> date:
        length = CALENDAR_MONTHS[self.unit]
        return date(day.year, (day.month - 1) // length * length + 1, 1)
