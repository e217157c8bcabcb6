"""The queue of members to whom something happened: noted with every activity, looked at twice a minute."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from members.models import Activity, Member
from segments.actions.runs import ENTERED, LEFT, tell_of_moves
from segments.engine.errors import Malformed
from segments.models import ChangedMember, Membership, Segment
from segments.queries import Definitions, depends_on_others, members_of

BATCH = 2000


@dataclass(frozen=True, slots=True)
class Refreshed:
    """How many members were looked at, and how many moves that made; full when more may wait."""

    members: int
    moves: int
    is_full: bool


def note_change(*, activity: Activity, now: datetime) -> None:
    """Have the member, or all of the account, looked at again. What segments tell themselves changes nobody."""
    if activity.kind in (ENTERED, LEFT):
        return
    theirs = Q(pk=activity.member_id)
    if activity.account_id is not None:
        theirs |= Q(account_id=activity.account_id)
    changed = Member.objects.filter(theirs).values_list("pk", flat=True)
    ChangedMember.objects.bulk_create(ChangedMember(member_id=pk, noted_at=now) for pk in changed)


@transaction.atomic
def refresh_changed(*, now: datetime) -> Refreshed:
    """Look at the members noted first, and move them in and out of every segment that has been run.

    Several may run at once: each note is locked by one of them, and one made meanwhile stays. Segments that
    compare members with each other wait for their full run, as does one whose definition no longer holds; one that
    is held waits for a person.
    """
    notes = list(ChangedMember.objects.select_for_update(skip_locked=True).order_by("pk")[:BATCH])
    changed = {note.member_id for note in notes}
    moves = 0
    if changed:
        definitions = Definitions()
        for segment in (
            Segment.objects.select_for_update()
            .filter(computed_at__isnull=False, held_at__isnull=True)
            .order_by("pk")
        ):
            moves += _refresh(segment, definitions, changed, now)
        ChangedMember.objects.filter(pk__in=[note.pk for note in notes]).delete()
    return Refreshed(len(changed), moves, is_full=len(notes) == BATCH)


def _refresh(segment: Segment, definitions: Definitions, changed: Collection[int], now: datetime) -> int:
    try:
        node = definitions.whole(segment.definition)
    except Malformed:
        return 0
    if depends_on_others(node):
        return 0
    meant = set(members_of(node, now=now, only=changed).values_list("pk", flat=True))
    memberships = segment.memberships.filter(member_id__in=changed)
    inside = set(memberships.values_list("member_id", flat=True))
    entered, left = sorted(meant - inside), sorted(inside - meant)
    Membership.objects.bulk_create(
        Membership(segment=segment, member_id=member_id, entered_at=now) for member_id in entered
    )
    memberships.filter(member_id__in=left).delete()
    if entered or left:
        tell_of_moves(segment, entered=entered, left=left, now=now)
        segment.size += len(entered) - len(left)
        segment.save(update_fields=["size"])
    return len(entered) + len(left)
