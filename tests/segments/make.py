"""Saved segments, with as little said as a test needs."""

from datetime import datetime
from typing import Any

from segments import actions, queries
from segments.models import Segment
from tests.make import NOON

BOUGHT: dict[str, Any] = {"agg": "count", "of": "order", "op": "gte", "value": 1}


def make_segment(key: str = "buyers", definition: Any = None, now: datetime = NOON) -> Segment:
    return actions.save_segment(
        key=key, name=key.title(), definition=definition or BOUGHT, actor="test", now=now
    )


def names(segment: Segment) -> list[str]:
    """Who is in it, as stored."""
    return sorted(segment.memberships.values_list("member__first_name", flat=True))


def meant(definition: Any, now: datetime = NOON) -> list[str]:
    """The first names of whom a definition means."""
    found = queries.members_of(queries.read_definition(definition), now=now)
    return sorted(found.values_list("first_name", flat=True))
