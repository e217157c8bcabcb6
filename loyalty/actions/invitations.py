"""Inviting somebody to share an account, and what the invited make of it."""

import secrets
from datetime import datetime

from django.db import transaction

from loyalty.actions.booking import CODE_LENGTH, CODE_LETTERS
from loyalty.actions.moving import locked_with, move_in
from loyalty.engine.errors import Refused
from loyalty.engine.households import check_room, invitation_ends
from loyalty.models import Invitation
from loyalty.queries.programmes import timetable as published_timetable
from members.actions import UnableToFind, UnableToShare
from members.models import Member


@transaction.atomic
def invite(*, member: Member, actor: str, now: datetime) -> Invitation:
    """A code by which one more can come to share the account of ``member``.

    Raises ``UnableToShare``: ``household_full`` where members and those already invited are as many as can be.
    """
    member = locked_with(member)
    programme = published_timetable().latest(now)
    waiting = Invitation.objects.waiting(now).filter(account=member.account_id).count()
    sharing = Member.objects.active().filter(account=member.account_id).count()
    try:
        check_room(programme, sharing + waiting)
    except Refused as refused:
        raise UnableToShare(refused.key, **refused.facts) from refused
    return Invitation.objects.create(
        code="".join(CODE_LETTERS[byte % 32] for byte in secrets.token_bytes(CODE_LENGTH)),
        account_id=member.account_id,
        invited_by=member,
        sent_at=now,
        expires_at=invitation_ends(programme, now),
    )


@transaction.atomic
def withdraw_invitation(*, member: Member, code: str, actor: str, now: datetime) -> Invitation:
    """Anybody on the account takes back an invitation that nobody has accepted. Said twice, nothing changes.

    Raises ``UnableToFind``, and ``UnableToShare``: ``invitation_used``.
    """
    invitation = _locked(code)
    if invitation.account_id != member.account_id:
        raise UnableToFind("invitation_not_found")
    if invitation.accepted_at:
        raise UnableToShare("invitation_used")
    if invitation.withdrawn_at is None:
        invitation.withdrawn_at = now
        invitation.save(update_fields=["withdrawn_at"])
    return invitation


@transaction.atomic
def accept_invitation(*, code: str, member: Member, actor: str, now: datetime) -> Invitation:
    """``member`` comes, with all they have, to share the account that the code leads to. Said twice, nothing changes.

    Raises ``UnableToFind``, and ``UnableToShare``: ``invitation_used``, ``invitation_expired``, ``invitation_withdrawn``,
    and what coming onto an account can be refused for.
    """
    invitation = _locked(code)
    if invitation.accepted_by_id == member.pk:
        return invitation
    _check_waiting(invitation, now)
    move_in(member=member, account=invitation.account, actor=actor, now=now, reason=f"invitation {code}")
    invitation.accepted_at, invitation.accepted_by = now, member
    invitation.save(update_fields=["accepted_at", "accepted_by"])
    return invitation


def _locked(code: str) -> Invitation:
    rows = Invitation.objects.select_related("account").select_for_update(of=("self",))
    invitation = rows.filter(code=code.strip().upper()).first()
    if invitation is None:
        raise UnableToFind("invitation_not_found")
    return invitation


def _check_waiting(invitation: Invitation, now: datetime) -> None:
    if invitation.accepted_at:
        raise UnableToShare("invitation_used")
    if invitation.withdrawn_at:
        raise UnableToShare("invitation_withdrawn")
    if invitation.expires_at <= now:
        raise UnableToShare("invitation_expired")
