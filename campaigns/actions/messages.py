"""What staff and providers add to a message that has ended."""

from datetime import datetime

from django.db import transaction

from campaigns.actions.errors import UnableToResend
from campaigns.actions.outcomes import UNCLAIMED
from campaigns.actions.permission import suppress_address
from campaigns.models import Message, Response, Suppression


@transaction.atomic
def resend_message(*, message: Message, reason: str, actor: str, now: datetime) -> Message:
    """Plan a failed or unknown message again, on somebody's word. It keeps its Message-ID.

    Raise UnableToResend without a reason, or where the message has been accepted or is still under way.
    """
    if not reason.strip():
        raise UnableToResend("reason_is_missing")
    message = Message.objects.select_for_update().get(pk=message.pk)
    if message.state not in (Message.State.FAILED, Message.State.UNKNOWN):
        raise UnableToResend("message_has_not_failed", state=message.state)
    note = {"was": message.state, "at": now.isoformat(), "by": actor, "reason": reason.strip()}
    changes = {**UNCLAIMED, "reason": "", "attempts": 0, "due_at": now, "planned_at": now, "ended_at": None}
    Message.objects.filter(pk=message.pk).update(**changes, notes=[*message.notes, note])
    message.refresh_from_db()
    return message


@transaction.atomic
def record_bounce(*, address: str, is_complaint: bool, provider: str, now: datetime) -> Suppression:
    """Suppress an address that a provider reports as dead, or whose owner called a mail spam."""
    reason = Suppression.Reason.COMPLAINT if is_complaint else Suppression.Reason.HARD_BOUNCE
    return suppress_address(address=address, reason=reason, actor=provider, now=now)


@transaction.atomic
def forget_member(*, member_id: int) -> None:
    """Of an erased member keep what went out and when, and no words that may hold a name or an address."""
    for message in Message.objects.filter(member_id=member_id).exclude(error="", notes=[]):
        notes = [{**note, "reason": ""} for note in message.notes]
        Message.objects.filter(pk=message.pk).update(error="", notes=notes)
    Response.objects.filter(member_id=member_id).exclude(agent="").update(agent="")
