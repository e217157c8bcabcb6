"""Wall-clock arithmetic that the database does, the same as ``engine.clock`` does."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import DateTimeField, Func

from segments.engine.clock import IN_MONTHS, shifted


class Later(Func):
    """A moment moved ahead by so many units: hours exactly, days and longer by the clock on the wall."""

    output_field = DateTimeField()

    def __init__(self, moment: Any, count: int, unit: str, **extra: Any) -> None:
        super().__init__(moment, **extra)
        self.count = count * IN_MONTHS.get(unit, 1)
        self.unit = "month" if unit in IN_MONTHS else unit

    def as_sqlite(self, compiler: Any, connection: Any, **_context: Any) -> tuple[str, Any]:
        connection.ensure_connection()
        connection.connection.create_function("segment_later", 3, _later, deterministic=True)
        moment, params = compiler.compile(self.source_expressions[0])
        return f"segment_later({moment}, %s, %s)", (*params, self.count, self.unit)

    def as_postgresql(self, compiler: Any, _connection: Any, **_context: Any) -> tuple[str, Any]:
        """What the change to summer time skips is the next hour, and what comes twice is the first."""
        moment, params = compiler.compile(self.source_expressions[0])
        # Our own number and unit; the zone is the club's.
        length = f"interval '{int(self.count)} {self.unit}'"
        if self.unit in ("minute", "hour"):
            return f"({moment} + {length})", params
        zone = f"'{settings.CLUB_TIME_ZONE}'"
        wall = f"(({moment} AT TIME ZONE {zone}) + {length})"
        end = f"({wall} AT TIME ZONE {zone})"
        return (
            f"(CASE WHEN ({end} AT TIME ZONE {zone}) <> {wall} THEN date_trunc('hour', {end})"
            f" WHEN (({end} - interval '1 hour') AT TIME ZONE {zone}) = {wall}"
            f" THEN {end} - interval '1 hour' ELSE {end} END)"
        ), params * 7


def _later(moment: str | None, count: int, unit: str) -> str | None:
    if moment is None:
        return None
    at = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    return str(shifted(at, count, unit, ZoneInfo(settings.CLUB_TIME_ZONE)).replace(tzinfo=None))
