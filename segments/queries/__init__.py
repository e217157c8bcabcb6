"""Every non-trivial read of this floor; callers say ``from segments import queries``."""

from segments.queries.catalogue import catalogue, club_zone
from segments.queries.describing import described
from segments.queries.mistakes import sentence_of
from segments.queries.reasons import Reason, why
from segments.queries.segments import (
    Definitions,
    depends_on_others,
    in_segment,
    is_meant,
    members_of,
    read_definition,
    segments_of,
)
from segments.queries.sentences import read_back

__all__ = [
    "Definitions",
    "Reason",
    "catalogue",
    "club_zone",
    "depends_on_others",
    "described",
    "in_segment",
    "is_meant",
    "members_of",
    "read_back",
    "read_definition",
    "segments_of",
    "sentence_of",
    "why",
]
