"""How a hand-over ends: what is written on the message."""

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from campaigns.channels import ChannelIsDown, HandOverError, PutOff, Receipt, Refused
from campaigns.models import Message

State, Reason = Message.State, Message.Reason

RETRY_AFTER = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 25, 120))
PATIENCE = timedelta(hours=24)
AN_ADDRESS = re.compile(r"[^\s<>()\"':;,]+@[^\s<>()\"':;,]+")
ERROR_LENGTH = 300
UNCLAIMED: dict[str, object] = {"state": State.PLANNED, "claim": None, "lease_until": None}


@dataclass(frozen=True)
class Outcome:
    """The columns to write; `is_dead` says that the address must not be tried again."""

    changes: dict[str, object] = field(default_factory=dict)
    is_dead: bool = False

    @property
    def state(self) -> str:
        return str(self.changes["state"])


def without_addresses(answer: str) -> str:
    """Return a server's answer without the addresses that servers like to repeat."""
    return AN_ADDRESS.sub("…", answer)[:ERROR_LENGTH]


def ended(state: str, now: datetime, **changes: object) -> Outcome:
    return Outcome({"state": state, "ended_at": now, "lease_until": None, **changes})


def accepted(receipt: Receipt, message: Message, now: datetime) -> Outcome:
    return ended(
        State.ACCEPTED,
        now,
        reason="",
        error="",
        attempts=message.attempts + 1,
        provider_id=receipt.provider_id[:200],
    )


def skipped(reason: str, now: datetime) -> Outcome:
    return ended(State.SKIPPED, now, reason=reason, claim=None)


def unknown(now: datetime, error: str = "") -> Outcome:
    """Keep the claim: should the process still live and hear an answer, it may write it down."""
    return ended(State.UNKNOWN, now, reason=Reason.CUT_OFF, error=error)


def outcome_of(error: HandOverError, message: Message, now: datetime) -> Outcome:
    answer = without_addresses(str(error))
    if isinstance(error, ChannelIsDown):
        return Outcome({**UNCLAIMED, "error": answer})
    if isinstance(error, PutOff):
        return put_off(answer, message, now)
    if isinstance(error, Refused):
        reason = Reason.ADDRESS_REFUSED if error.is_address else Reason.REFUSED
        return failed(reason, answer, message, now, is_dead=error.is_address)
    return unknown(now, answer)


def put_off(answer: str, message: Message, now: datetime) -> Outcome:
    """Plan the next attempt after 1, 5, 25 and 120 minutes, within a day of the plan; then give up."""
    if message.attempts >= len(RETRY_AFTER):
        return failed(Reason.GAVE_UP, answer, message, now)
    due_at = now + RETRY_AFTER[message.attempts]
    if due_at > message.planned_at + PATIENCE:
        return failed(Reason.GAVE_UP, answer, message, now)
    return Outcome({**UNCLAIMED, "error": answer, "attempts": message.attempts + 1, "due_at": due_at})


def failed(reason: str, answer: str, message: Message, now: datetime, *, is_dead: bool = False) -> Outcome:
    outcome = ended(State.FAILED, now, reason=reason, error=answer, attempts=message.attempts + 1, claim=None)
    return Outcome(outcome.changes, is_dead=is_dead)
