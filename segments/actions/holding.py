"""Holding back what looks like a mistake: a run that would move too many, where somebody depends on whom it holds."""

from members.models import Member
from segments.models import Segment
from segments.queries import dependants_of_segments

# Of a handful, half is nothing to wake anybody for.
SMALLEST_CHANGE = 10


def must_be_held(segment: Segment, *, size: int) -> bool:
    """Whether a run that found ``size`` members waits for a person: it means everybody, or half as many or more differ."""
    is_large = 2 * abs(size - segment.size) > segment.size > 0 and abs(size - segment.size) >= SMALLEST_CHANGE
    is_new = size != segment.size or segment.computed_at is None
    if not is_large and not (is_new and size >= SMALLEST_CHANGE and size == Member.objects.active().count()):
        return False
    return any(one.is_live for one in dependants_of_segments()[segment.key])
