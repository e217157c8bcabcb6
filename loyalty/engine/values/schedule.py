"""Schedule: when something runs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Self

from loyalty.engine.values.window import Window


@dataclass(frozen=True, slots=True)
class Schedule:
    """``at_once`` · ``window_end`` of a calendar window plus ``offset_days`` · ``on_demand``."""

    kind: str = "at_once"
    window: Window = field(default_factory=Window)
    offset_days: int = 0

    @classmethod
    def parse(cls, document: Mapping[str, Any]) -> Self:
        return cls(
            document.get("kind", "at_once"),
            Window.parse(document.get("window", {})),
            document.get("offset_days", 0),
        )

    def days(self, after: date, to: date) -> list[date]:
        """Days of the runs with ``after < day <= to``; a run is at the end of its day."""
        if self.kind != "window_end":
            return []
        offset = timedelta(days=self.offset_days)
        return [day + offset for day in self.window.last_days(after - offset, to - offset)]

    def next_day(self, after: date) -> date | None:
        """The first run on a later day than ``after``."""
        found = self.days(after, after + timedelta(days=800))
        return found[0] if found else None
