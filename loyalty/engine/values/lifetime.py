"""Lifetime: how long a lot or a voucher can be used."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Self
from zoneinfo import ZoneInfo

from loyalty.engine.calendar import add_months, day_end, local_day, month_end


@dataclass(frozen=True, slots=True)
class Lifetime:
    """``none`` · ``days``, ``months``, ``years`` counted from a day · ``end_of_month``, ``end_of_year``
    after ``count`` more months or years."""

    kind: str = "none"
    count: int = 0

    @classmethod
    def parse(cls, document: Mapping[str, Any]) -> Self:
        return cls(document.get("kind", "none"), document.get("count", 0))

    def last_day(self, start: date) -> date | None:
        if self.kind == "days":
            return start + timedelta(days=self.count)
        if self.kind == "months":
            return add_months(start, self.count)
        if self.kind == "years":
            return add_months(start, 12 * self.count)
        if self.kind == "end_of_month":
            return month_end(add_months(start.replace(day=1), self.count))
        if self.kind == "end_of_year":
            return date(start.year + self.count, 12, 31)
        return None

    def expires_at(self, start: datetime, zone: ZoneInfo) -> datetime | None:
        """The first moment it can no longer be used: midnight after its last day."""
        day = self.last_day(local_day(start, zone))
        return None if day is None else day_end(day, zone)
