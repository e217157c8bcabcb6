"""One person who has become a member twice: both histories are kept, and one membership goes on."""

from datetime import datetime

from django.db import transaction

from loyalty.actions.moving import follow_years, locked_with, merge_into
from loyalty.models import Act, Booking
from members import actions as members
from members.actions import UnableToShare
from members.models import Member
from segments import actions as segments


@transaction.atomic
def merge_members(*, member: Member, double: Member, reason: str, actor: str, now: datetime) -> Member:
    """``double`` was ``member`` all along: what they have and did is the member's, and their card is known as the member's.

    It cannot be undone: the ledger keeps what each had until then, and names who did it and why.
    Raises ``UnableToShare``: ``reason_is_missing``, ``is_the_same_member``, ``member_is_closed``, ``account_is_closed``, …
    """
    if not reason.strip():
        raise UnableToShare("reason_is_missing")
    if member.pk == double.pk:
        raise UnableToShare("is_the_same_member")
    kept = locked_with(member, _account_of(double))
    twice = locked_with(double, kept.account_id)
    if twice.account_id != kept.account_id:
        merge_into(member=twice, account=kept.account, actor=actor, now=now, reason=reason.strip())
    Act.objects.filter(member=twice).update(member=kept)
    Booking.objects.filter(member=twice).update(member=kept)
    merged = members.absorb_member(member=kept, double=twice, reason=reason.strip(), actor=actor, now=now)
    follow_years(merged.account, now)
    segments.note_purchases(member_ids=[kept.pk, twice.pk], now=now)
    return merged


def _account_of(member: Member) -> int:
    return Member.objects.values_list("account_id", flat=True).get(pk=member.pk)
