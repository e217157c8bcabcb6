"""What leaves the house is written down."""

from datetime import datetime

from django.db import transaction

from segments.models import Export, Segment


@transaction.atomic
def record_export(*, segment: Segment, members: int, actor: str, now: datetime) -> Export:
    """Keep who took the members of a segment out, when, and how many they were."""
    return Export.objects.create(
        segment=segment,
        name=segment.name,
        version=segment.version,
        members=members,
        actor=actor,
        exported_at=now,
    )
