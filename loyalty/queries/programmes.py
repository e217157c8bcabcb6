"""Which rules hold when."""

from collections import deque
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from time import monotonic
from typing import Any

from django.db.models import Count, Max, QuerySet

from loyalty.engine.programme import Programme, Timetable, parse
from loyalty.models import ProgrammeVersion

RECENT = 2.0
Stamp = tuple[datetime | None, int]
_seen: deque[tuple[float, Stamp]] = deque(maxlen=1)


def programme_at(at: datetime) -> Programme | None:
    """The version in force at ``at``."""
    return timetable().at(at)


def timetable() -> Timetable:
    """Every published version, as of now. Parsed once per process and publication."""
    return _timetable(*_stamp())


def recent_timetable() -> Timetable:
    """The same for pages that only read: at most ``RECENT`` old, so that lists ask the database once."""
    return _timetable(*_recent_stamp())


def _stamp() -> Stamp:
    """Changes with every publication, in any process."""
    found = ProgrammeVersion.objects.published().aggregate(Max("published_at"), Count("pk"))
    stamp = found["published_at__max"], found["pk__count"]
    _seen.append((monotonic(), stamp))
    return stamp


def _recent_stamp() -> Stamp:
    if _seen and monotonic() - _seen[-1][0] < RECENT:
        return _seen[-1][1]
    return _stamp()


def forget_programmes() -> None:
    """Look at the database again: after a publication, and between tests."""
    _seen.clear()
    _timetable.cache_clear()
    _published_names.cache_clear()


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


def published_names() -> dict[tuple[str, str], dict[str, Any]]:
    """What published objects are called, by (kind, key): language to name; the newest version wins.

    Meters also carry ``unit``, how many smallest parts make one, and ``is_shown`` to members.
    """
    return _published_names(*_recent_stamp())


@lru_cache(maxsize=4)
def _published_names(published_at: datetime | None, count: int) -> dict[tuple[str, str], dict[str, Any]]:
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for row in ProgrammeVersion.objects.published().order_by("valid_from"):
        for kind, objects in (row.document or {}).items():
            if isinstance(objects, list):
                found |= {(kind, one["key"]): _names(one) for one in objects}
                found |= {("tiers", tier["key"]): _names(tier) for one in objects for tier in one.get("rows", ())}
    return found


def _names(row: Mapping[str, Any]) -> dict[str, Any]:
    name = row.get("name", row["key"])
    names = dict(name) if isinstance(name, Mapping) else {"sv": name, "en": name, "nb": name}
    return names | {"unit": 10 ** row.get("decimals", 0), "is_shown": row.get("shown", True)}


def published_versions() -> QuerySet[ProgrammeVersion]:
    """Versions newest first."""
    return ProgrammeVersion.objects.published().order_by("-valid_from")
