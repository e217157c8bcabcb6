"""Every non-trivial read of this floor; callers say ``from segments import queries``."""

from segments.queries.catalogue import catalogue, club_zone
from segments.queries.dependants import Dependant, dependants, dependants_of_segments
from segments.queries.describing import described
from segments.queries.grammar import grammar
from segments.queries.labels import labels_of
from segments.queries.mistakes import sentence_of
from segments.queries.outlines import Line, outline
from segments.queries.previews import Preview, TooMuchToCount, preview
from segments.queries.reasons import Reason, why
from segments.queries.segments import (
    Definitions,
    depends_on_others,
    free_key,
    in_segment,
    is_meant,
    members_of,
    read_definition,
    segments_of,
)
from segments.queries.sentences import read_back
from segments.queries.totals import PURCHASES, members_out_of_totals

__all__ = [
    "PURCHASES",
    "Definitions",
    "Dependant",
    "Line",
    "Preview",
    "Reason",
    "TooMuchToCount",
    "catalogue",
    "club_zone",
    "dependants",
    "dependants_of_segments",
    "depends_on_others",
    "described",
    "free_key",
    "grammar",
    "in_segment",
    "is_meant",
    "labels_of",
    "members_of",
    "members_out_of_totals",
    "outline",
    "preview",
    "read_back",
    "read_definition",
    "segments_of",
    "sentence_of",
    "why",
]
