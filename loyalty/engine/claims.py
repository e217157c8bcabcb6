"""Receipts that find their member afterwards: how long they can, and who may see to it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Self
from zoneinfo import ZoneInfo

from loyalty.engine.calendar import local_day
from loyalty.engine.errors import Refused


@dataclass(frozen=True, slots=True)
class LateClaims:
    """To ``days`` after the receipt, for ever without; ``by`` has member, staff or both."""

    days: int | None = None
    by: frozenset[str] = frozenset(["staff"])

    @classmethod
    def parse(cls, row: Mapping[str, Any]) -> Self:
        return cls(row["days"], frozenset(row.get("by", ("staff",))))

    def last_day(self, bought_at: datetime, zone: ZoneInfo) -> date | None:
        return None if self.days is None else local_day(bought_at, zone) + timedelta(days=self.days)

    def is_late(self, bought_at: datetime, claimed_at: datetime, zone: ZoneInfo) -> bool:
        last = self.last_day(bought_at, zone)
        return last is not None and local_day(claimed_at, zone) > last

    def check(self, bought_at: datetime, claimed_at: datetime, by: str, zone: ZoneInfo) -> None:
        """Raises ``Refused`` where ``by`` may not claim such a receipt then."""
        if by not in self.by:
            if by == "member":
                raise Refused("claimed_by_staff_only")
            raise Refused("claimed_by_members_only")
        if self.is_late(bought_at, claimed_at, zone):
            raise Refused("receipt_is_too_old", days=self.days)
