"""Every write of this floor; callers say ``from segments import actions``."""

from segments.actions.changes import note_change, refresh_changed
from segments.actions.exporting import record_export
from segments.actions.runs import recompute_segment, recompute_segments, stop_full_run
from segments.actions.saving import UnableToDeleteSegment, UnableToSaveSegment, delete_segment, save_segment
from segments.actions.totals import count_totals, fold_totals, note_purchases

__all__ = [
    "UnableToDeleteSegment",
    "UnableToSaveSegment",
    "count_totals",
    "delete_segment",
    "fold_totals",
    "note_change",
    "note_purchases",
    "recompute_segment",
    "recompute_segments",
    "record_export",
    "refresh_changed",
    "save_segment",
    "stop_full_run",
]
