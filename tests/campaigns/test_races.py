"""A worker so slow that its lease ran out, and the one that took over: between them, every letter goes out once."""

from collections import Counter
from datetime import timedelta

import pytest
from django.db.models import Q

from campaigns import actions
from campaigns.actions import exchange, sending
from campaigns.actions.drafts import Draft, drafts_of
from campaigns.channels.email import Email
from campaigns.models import Message
from members.models.ids import new_id
from tests.campaigns import make
from tests.campaigns.make import NOW
from tests.campaigns.sink import Sink

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_defaults")]


def hand_over_while_another_takes_over() -> None:
    """Claim and write, sleep through the lease while another worker sends it all, and then hand over."""
    claim = new_id()
    assert sending.claim_messages(channel="email", claim=claim, now=NOW, limit=10) == 3
    drafts = list(drafts_of(claim=claim, now=NOW))
    actions.send_messages(now=NOW + timedelta(minutes=6))
    with Email().open() as session:
        chunk = sending.Chunk(session, "email", claim, NOW, sending.Sent())
        for draft in drafts:
            hand_over(chunk, draft)
        chunk.close()


def hand_over(chunk: sending.Chunk, draft: Draft) -> None:
    chunk.start([draft])
    while chunk.started:
        chunk.attempt(*chunk.started.popleft())


def three_planned() -> None:
    make.planned(*(make.member(name) for name in ("anna", "bo", "cia")))


def test_a_worker_that_lost_its_claim_sends_nothing(sink: Sink) -> None:
    three_planned()
    hand_over_while_another_takes_over()
    assert sorted(sink.recipients) == ["anna@post.example", "bo@post.example", "cia@post.example"]
    assert set(Message.objects.values_list("state", flat=True)) == {"accepted"}


def test_without_the_claim_in_the_last_statement_a_letter_would_go_out_twice(
    sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    three_planned()
    monkeypatch.setattr(exchange, "still_claimed", anybodys)
    hand_over_while_another_takes_over()
    assert max(Counter(sink.recipients).values()) == 2


def anybodys(claim: object) -> Q:
    return Q()


def test_an_answer_that_comes_after_the_lease_is_worth_more_than_unknown(sink: Sink) -> None:
    three_planned()
    claim = new_id()
    sending.claim_messages(channel="email", claim=claim, now=NOW, limit=1)
    with Email().open() as session:
        chunk = sending.Chunk(session, "email", claim, NOW, sending.Sent())
        (draft,) = list(drafts_of(claim=claim, now=NOW))
        hand_over(chunk, draft)
        sending.end_leases(now=NOW + timedelta(minutes=6))
        assert Message.objects.get(pk=draft.message.pk).state == "unknown"
        chunk.close()
    assert Message.objects.get(pk=draft.message.pk).state == "accepted"


def test_two_claims_never_share_a_message() -> None:
    three_planned()
    claims = [new_id(), new_id()]
    took = [sending.claim_messages(channel="email", claim=claim, now=NOW, limit=2) for claim in claims]
    assert took == [2, 1]
