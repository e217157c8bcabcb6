"""Which rules hold when."""

from datetime import datetime
from functools import lru_cache

from django.db.models import Count, Max, QuerySet

from loyalty.engine.programme import Programme, Timetable, parse
from loyalty.models import ProgrammeVersion


def programme_at(at: datetime) -> Programme | None:
    """The version in force at ``at``."""
    return timetable().at(at)


def timetable() -> Timetable:
    """Every published version. Parsed once per process and publication."""
    stamp = ProgrammeVersion.objects.published().aggregate(Max("published_at"), Count("pk"))
    return _timetable(stamp["published_at__max"], stamp["pk__count"])


@lru_cache(maxsize=4)
def _timetable(published_at: datetime | None, count: int) -> Timetable:
    rows = ProgrammeVersion.objects.published().order_by("valid_from")
    return Timetable(
        tuple(
            (row.valid_from, row.valid_to, parse(row.document, key=str(row.pk)))
            for row in rows
            if row.valid_from is not None and row.document is not None
        )
    )


def published_versions() -> QuerySet[ProgrammeVersion]:
    """Versions newest first."""
    return ProgrammeVersion.objects.published().order_by("-valid_from")
