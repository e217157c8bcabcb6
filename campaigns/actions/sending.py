"""From planned to handed over. Every state is stored before the next thing is done, so a kill loses nothing.

planned -> claimed           a chunk at a time; nothing has left the house
claimed -> handing_over      one letter at a time, committed before the network is touched; asks a last time
handing_over -> accepted, failed, unknown, or planned again for later
"""

import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from campaigns.actions.channel_states import rest_channel, revive_channel
from campaigns.actions.drafts import Draft, drafts_of
from campaigns.actions.exchange import Exchange
from campaigns.actions.outcomes import (
    UNCLAIMED,
    Outcome,
    accepted,
    outcome_of,
    skipped,
    unknown,
)
from campaigns.actions.permission import suppress_address
from campaigns.channels import Channel, ChannelIsDown, HandOverError, PutOff, Receipt, Session, channels
from campaigns.models import Campaign, ChannelState, Message, Suppression
from campaigns.queries import reason_against
from campaigns.queries.letters import Letter
from members.models.ids import new_id

State = Message.State

# A chunk ends after its time even when the mail server is slow, well before its lease does.
CHUNK_SECONDS = 60
LEASE = timedelta(minutes=5)
# So many letters put off in a row are no fault of theirs.
PUT_OFF_IN_A_ROW = 10


@dataclass
class Sent:
    """How many messages of a run went which way; `is_full` says that more may be due."""

    into: Counter[str] = field(default_factory=Counter)
    is_full: bool = False


def send_messages(*, now: datetime, limit: int = 500) -> Sent:
    """Hand over planned messages that are due, at most `limit` per channel.

    Safe to run in any number of processes at once and to kill at any moment: each of them leaves at most the
    one message that it was handing over, and that one becomes `unknown` when its lease runs out.
    """
    end_leases(now=now)
    sent = Sent()
    for channel in channels.values():
        send_through(channel(), sent, now, limit)
    return sent


@transaction.atomic
def end_leases(*, now: datetime) -> None:
    """Free what a dead process had claimed; what it was handing over can be neither sent again nor forgotten."""
    late = Message.objects.filter(lease_until__lt=now)
    late.filter(state=State.CLAIMED).update(**UNCLAIMED)
    late.filter(state=State.HANDING_OVER).update(**unknown(now).changes)


def send_through(channel: Channel, sent: Sent, now: datetime, limit: int) -> None:
    if is_resting(channel.key, now) or not due_messages(channel.key, now).exists():
        return
    try:
        with channel.open() as session:
            revive_channel(channel=channel.key)
            claim = new_id()
            count = claim_messages(channel=channel.key, claim=claim, now=now, limit=limit)
            Chunk(session, claim, now, sent).hand_over()
            sent.is_full |= count == limit
    except ChannelIsDown as error:
        rest_channel(channel=channel.key, error=str(error), now=now)


def is_resting(channel: str, now: datetime) -> bool:
    return ChannelState.objects.filter(channel=channel, retry_at__gt=now).exists()


def due_messages(channel: str, now: datetime) -> QuerySet[Message]:
    return Message.objects.filter(
        channel=channel,
        state=State.PLANNED,
        due_at__lte=now,
        enrolment__campaign__state=Campaign.State.ACTIVE,
    )


@transaction.atomic
def claim_messages(*, channel: str, claim: UUID, now: datetime, limit: int) -> int:
    """Take the oldest due messages for one process and return how many it got.

    The lock lets processes pass each other by; the repeated condition holds where a database has no such lock.
    """
    due = passing_by(due_messages(channel, now).order_by("due_at", "id"))
    chosen = list(due.values_list("pk", flat=True)[:limit])
    return unclaimed(Message.objects.filter(pk__in=chosen)).update(
        state=State.CLAIMED, claim=claim, claimed_at=now, lease_until=now + LEASE
    )


def passing_by(messages: QuerySet[Message]) -> QuerySet[Message]:
    return messages.select_for_update(skip_locked=True, of=("self",))


def unclaimed(messages: QuerySet[Message]) -> QuerySet[Message]:
    return messages.filter(state=State.PLANNED)


@dataclass
class Chunk:
    """The messages of one claim on their way through one session.

    `accepted` is the letter that went out last: that it did is stored with the start of the next one.
    """

    session: Session
    claim: UUID
    now: datetime
    sent: Sent
    accepted: tuple[Message, Receipt] | None = None
    put_off_in_a_row: int = 0
    exchanges: dict[tuple[str, str], Exchange] = field(default_factory=dict)

    def hand_over(self) -> None:
        deadline = time.monotonic() + CHUNK_SECONDS
        try:
            for draft in drafts_of(claim=self.claim, now=self.now):
                if draft.letter and self.start(draft.message, draft.purpose, draft.letter.to):
                    self.attempt(draft.message, draft.letter)
                else:
                    self.turn_away(draft)
                if time.monotonic() > deadline:
                    break
        finally:
            self.close()

    def start(self, message: Message, purpose: str, address: str) -> bool:
        """Store that this letter is being handed over, unless something stands against it at this moment."""
        ended, receipt = self.accepted or (None, Receipt())
        changed = self.exchange(purpose, message.channel).run(
            ended=ended, receipt=receipt, started=message, address=address
        )
        self.accepted = None
        is_started = changed == (2 if ended else 1) or (changed == 1 and self.is_underway(message))
        self.sent.into[State.ACCEPTED] += changed - is_started
        return is_started

    def exchange(self, purpose: str, channel: str) -> Exchange:
        if (purpose, channel) not in self.exchanges:
            self.exchanges[purpose, channel] = Exchange(
                claim=self.claim, purpose=purpose, channel=channel, now=self.now, lease=LEASE
            )
        return self.exchanges[purpose, channel]

    def is_underway(self, message: Message) -> bool:
        return Message.objects.filter(pk=message.pk, claim=self.claim, state=State.HANDING_OVER).exists()

    def attempt(self, message: Message, letter: Letter) -> None:
        try:
            self.accepted = message, self.session.hand_over(letter)
            self.put_off_in_a_row = 0
        except HandOverError as error:
            self.store(message, outcome_of(error, message, self.now))
            self.stop_if_down(error)

    @transaction.atomic
    def store(self, message: Message, outcome: Outcome) -> None:
        """Write how a letter ended. An answer that came after the lease ran out is worth more than `unknown`."""
        underway = Message.objects.filter(
            pk=message.pk, claim=self.claim, state__in=[State.HANDING_OVER, State.UNKNOWN]
        )
        self.sent.into[outcome.state] += underway.update(**outcome.changes)
        if outcome.is_dead:
            suppress_address(
                address=message.member.email,
                reason=Suppression.Reason.HARD_BOUNCE,
                actor=message.channel,
                now=self.now,
            )

    def stop_if_down(self, error: HandOverError) -> None:
        self.put_off_in_a_row = self.put_off_in_a_row + 1 if isinstance(error, PutOff) else 0
        if isinstance(error, ChannelIsDown):
            raise error
        if self.put_off_in_a_row >= PUT_OFF_IN_A_ROW:
            raise ChannelIsDown(str(error)) from error

    def turn_away(self, draft: Draft) -> None:
        """Skip a message for good where there is a reason; without one it is given back and written anew."""
        reason = draft.obstacle or reason_against(draft.message, purpose=draft.purpose)
        if reason:
            claimed = Message.objects.filter(pk=draft.message.pk, claim=self.claim, state=State.CLAIMED)
            self.sent.into[State.SKIPPED] += claimed.update(**skipped(reason, self.now).changes)

    def close(self) -> None:
        """Store the last end, and give back what there was no time for."""
        if self.accepted:
            message, receipt = self.accepted
            self.accepted = None
            self.store(message, accepted(receipt, message, self.now))
        Message.objects.filter(claim=self.claim, state=State.CLAIMED).update(**UNCLAIMED)
