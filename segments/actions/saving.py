"""Saving whom the club means by a name."""

import re
from datetime import datetime
from typing import Any

from django.db import transaction

from members.actions import UnableTo
from segments.engine.reading import canonical, fingerprint
from segments.models import Segment
from segments.queries import Definitions, dependants_of_segments

# Not “preview”: what stands at that address in the API is no segment.
KEY = re.compile(r"(?!preview$)[a-z0-9][a-z0-9_-]{0,39}")


class UnableToSaveSegment(UnableTo):
    """``key_is_not_valid``, ``segment_name_is_missing``, ``key_is_taken``."""


class UnableToDeleteSegment(UnableTo):
    """``segment_is_used``, by whom in ``users``."""


@transaction.atomic
def save_segment(
    *, key: str, name: str, definition: Any, actor: str, now: datetime, is_new: bool = False
) -> Segment:
    """Save a definition under a key; a changed one is a new version, and is computed anew from the start.

    Said twice, nothing changes; where it ``is_new``, nobody else may have the key. Raises ``UnableToSaveSegment``, and ``Malformed`` for what a definition cannot
    be: also where a segment would in the end refer to itself.
    """
    if not KEY.fullmatch(key):
        raise UnableToSaveSegment("key_is_not_valid", segment=key)
    if not 0 < len(name.strip()) <= 80:
        raise UnableToSaveSegment("segment_name_is_missing")
    # Two that name each other, saved at once, would go round: so one saves after the other.
    others = {segment.key: segment for segment in Segment.objects.select_for_update().order_by("pk")}
    if is_new and key in others:
        raise UnableToSaveSegment("key_is_taken", segment=key)
    node = Definitions().own(key, definition)
    segment = others.get(key) or Segment(key=key, version=0)
    segment.name = name.strip()
    if segment.fingerprint != fingerprint(node):
        segment.definition, segment.fingerprint = canonical(node), fingerprint(node)
        segment.version += 1
        segment.saved_at, segment.saved_by = now, actor
        segment.computed_at = segment.held_at = None
    segment.save()
    return segment


@transaction.atomic
def delete_segment(*, segment: Segment) -> None:
    """Delete a segment with its runs. Raises ``UnableToDeleteSegment`` while anything depends on it."""
    segment = Segment.objects.select_for_update().get(pk=segment.pk)
    users = dependants_of_segments()[segment.key]
    named = [one.name for one in users if one.is_named]
    if named:
        raise UnableToDeleteSegment("segment_is_used", segment=segment.name, users=", ".join(named))
    segment.delete()
