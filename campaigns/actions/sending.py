"""From planned to handed over. Every state is stored before the next thing is done, so a kill loses nothing.

planned -> claimed           a chunk at a time; nothing has left the house
claimed -> handing_over      a handful at a time, committed before the network is touched; asks a last time
handing_over -> accepted, failed, unknown, or planned again for later
"""

import time
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby, islice
from operator import attrgetter
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from campaigns.actions.channel_states import rest_channel, revive_channel
from campaigns.actions.drafts import Draft, drafts_of
from campaigns.actions.exchange import HANDFUL, Addressed, Exchange
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
    `HANDFUL` of messages that it was handing over, and those become `unknown` when their lease runs out.
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
            Chunk(session, channel.key, claim, now, sent).hand_over()
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

    `started` are stored as being handed over, and the network knows nothing of them yet. `accepted` are the
    letters that went out last: that they did is stored with the start of the next handful.
    """

    session: Session
    channel: str
    claim: UUID
    now: datetime
    sent: Sent
    started: deque[Addressed] = field(default_factory=deque)
    accepted: list[tuple[Message, Receipt]] = field(default_factory=list)
    put_off_in_a_row: int = 0
    exchanges: dict[str, Exchange] = field(default_factory=dict)

    def hand_over(self) -> None:
        deadline = time.monotonic() + CHUNK_SECONDS
        try:
            for handful in handfuls(drafts_of(claim=self.claim, now=self.now)):
                self.start(handful)
                while self.started:
                    if time.monotonic() > deadline:
                        return
                    self.attempt(*self.started.popleft())
        finally:
            self.close()

    def start(self, handful: Sequence[Draft]) -> None:
        """Store that these letters are being handed over, save those that something stands against now."""
        letters = [(draft.message, draft.letter) for draft in handful if draft.letter]
        if letters:
            changed = self.exchange(handful[0].purpose).run(ended=self.accepted, started=letters)
            if changed < len(self.accepted) + len(letters):
                letters = self.underway(letters)
            self.sent.into[State.ACCEPTED] += changed - len(letters)
            self.accepted.clear()
            self.started += letters
        started = {message.pk for message, _ in letters}
        for draft in handful:
            if draft.message.pk not in started:
                self.turn_away(draft)

    def exchange(self, purpose: str) -> Exchange:
        if purpose not in self.exchanges:
            self.exchanges[purpose] = Exchange(
                claim=self.claim, purpose=purpose, channel=self.channel, now=self.now, lease=LEASE
            )
        return self.exchanges[purpose]

    def underway(self, letters: Sequence[Addressed]) -> list[Addressed]:
        started = Message.objects.filter(
            pk__in=[message.pk for message, _ in letters], claim=self.claim, state=State.HANDING_OVER
        )
        found = set(started.values_list("pk", flat=True))
        return [(message, letter) for message, letter in letters if message.pk in found]

    def attempt(self, message: Message, letter: Letter) -> None:
        try:
            self.accepted.append((message, self.session.hand_over(letter)))
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
        """Store the last ends, and give back what there was no time for."""
        for message, receipt in self.accepted:
            self.store(message, accepted(receipt, message, self.now))
        self.accepted.clear()
        claimed = Q(state=State.CLAIMED)
        untouched = Q(state=State.HANDING_OVER, pk__in=[message.pk for message, _ in self.started])
        Message.objects.filter(claimed | untouched, claim=self.claim).update(**UNCLAIMED)


def handfuls(drafts: Iterable[Draft]) -> Iterator[list[Draft]]:
    """Return the drafts by a few at a time, all in a handful on the same ground."""
    for _, alike in groupby(drafts, key=attrgetter("purpose")):
        while handful := list(islice(alike, HANDFUL)):
            yield handful
