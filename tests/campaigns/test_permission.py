"""Whether a message may go out is asked at the last moment, in the statement that starts the hand-over."""

from collections.abc import Callable

import pytest
from pytest_django import Settings

from campaigns import actions
from campaigns.actions import sending
from campaigns.actions.drafts import drafts_of
from campaigns.channels.email import Email
from campaigns.models import Campaign, CampaignVersion, Message, Suppression
from campaigns.queries import address_digests
from members.models import Member
from members.models.ids import new_id
from tests.campaigns import make
from tests.campaigns.make import NOW
from tests.campaigns.sink import Sink

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_defaults")]

State, Reason = Message.State, Message.Reason


def say_no(member: Member) -> None:
    make.answer(member, is_given=False)


def leave(member: Member) -> None:
    Member.objects.filter(pk=member.pk).update(state=Member.State.CLOSED, closed_at=NOW)


def be_suppressed(member: Member) -> None:
    actions.suppress_address(
        address=member.email.upper(), reason=Suppression.Reason.COMPLAINT, actor="provider", now=NOW
    )


def lose_address(member: Member) -> None:
    Member.objects.filter(pk=member.pk).update(email="")


def change_address(member: Member) -> None:
    Member.objects.filter(pk=member.pk).update(email="new@post.example")


def pause(member: Member) -> None:
    Campaign.objects.update(state=Campaign.State.PAUSED)


def hand_over_after(between: Callable[[Member], None], member: Member) -> None:
    """Claim and write the letter, let something happen, and only then hand over."""
    with Email().open() as session:
        claim = new_id()
        assert sending.claim_messages(channel="email", claim=claim, now=NOW, limit=10) == 1
        chunk = sending.Chunk(session, "email", claim, NOW, sending.Sent())
        (draft,) = list(drafts_of(claim=claim, now=NOW))
        between(member)
        chunk.start([draft])
        while chunk.started:
            chunk.attempt(*chunk.started.popleft())
        chunk.close()


@pytest.mark.parametrize(
    ("between", "state", "reason"),
    [
        (say_no, State.SKIPPED, Reason.NO_CONSENT),
        (leave, State.SKIPPED, Reason.MEMBER_NOT_ACTIVE),
        (be_suppressed, State.SKIPPED, Reason.SUPPRESSED),
        (lose_address, State.SKIPPED, Reason.NO_ADDRESS),
        (change_address, State.PLANNED, ""),
        (pause, State.PLANNED, ""),
    ],
)
def test_what_happens_between_claim_and_hand_over_still_counts(
    sink: Sink, between: Callable[[Member], None], state: str, reason: str
) -> None:
    make.for_marketing()
    member = make.member("anna")
    make.answer(member, is_given=True)
    (message,) = make.planned(member)
    hand_over_after(between, member)
    message.refresh_from_db()
    assert (message.state, message.reason, sink.mails) == (state, reason, [])


def test_nothing_happening_between_claim_and_hand_over_sends_the_mail(sink: Sink) -> None:
    make.for_marketing()
    member = make.member("anna")
    make.answer(member, is_given=True)
    make.planned(member)
    hand_over_after(lambda _: None, member)
    assert sink.recipients == ["anna@post.example"]


@pytest.mark.parametrize(
    ("answers", "is_sent"),
    [
        ([], False),
        ([("email", True)], True),
        ([("any", True)], True),
        ([("sms", True)], False),
        ([("email", True), ("any", False)], False),
        ([("any", False), ("email", True)], True),
        ([("email", True), ("sms", False)], True),
    ],
)
def test_marketing_follows_the_latest_answer_for_mail_or_all_channels(
    sink: Sink, answers: list[tuple[str, bool]], is_sent: bool
) -> None:
    make.for_marketing()
    member = make.member("anna")
    for channel, is_given in answers:
        make.answer(member, channel=channel, is_given=is_given)
    (message,) = make.planned(member)
    actions.send_messages(now=NOW)
    message.refresh_from_db()
    assert (len(sink.mails), message.state) == ((1, State.ACCEPTED) if is_sent else (0, State.SKIPPED))


@pytest.mark.parametrize(("purpose", "is_sent"), [("marketing", True), ("membership", False)])
def test_service_mail_goes_to_every_member_who_has_not_stopped_it(
    sink: Sink, purpose: str, is_sent: bool
) -> None:
    member = make.member("anna")
    make.answer(member, purpose=purpose, is_given=False)
    make.planned(member)
    actions.send_messages(now=NOW)
    assert len(sink.mails) == is_sent
    assert set(CampaignVersion.objects.values_list("purpose", flat=True)) == {"service"}


def test_a_suppressed_address_gets_nothing_even_with_consent(sink: Sink) -> None:
    make.for_marketing()
    member = make.member("anna")
    make.answer(member, is_given=True)
    be_suppressed(member)
    (message,) = make.planned(member)
    actions.send_messages(now=NOW)
    message.refresh_from_db()
    assert (message.state, message.reason, sink.mails) == (State.SKIPPED, Reason.SUPPRESSED, [])


def test_a_suppression_holds_no_address_and_survives_a_new_secret_key(settings: Settings) -> None:
    settings.SECRET_KEY = "old"
    member = make.member("anna")
    be_suppressed(member)
    stored = Suppression.objects.get()
    assert "anna" not in f"{stored.digest}{stored.note}{stored.actor}"
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "new", ["old"]
    assert stored.digest in address_digests(" Anna@Post.Example ")


def test_a_complaint_can_never_be_lifted_and_a_bounce_can() -> None:
    complaint = actions.suppress_address(address="a@b.example", reason="complaint", actor="x", now=NOW)
    bounce = actions.suppress_address(address="a@b.example", reason="hard_bounce", actor="x", now=NOW)
    with pytest.raises(actions.UnableToLiftSuppression, match="complaint_is_for_good"):
        actions.lift_suppression(suppression=complaint)
    actions.lift_suppression(suppression=bounce)
    assert list(Suppression.objects.all()) == [complaint]


def test_suppressing_twice_changes_nothing_and_nothing_cannot_be_suppressed() -> None:
    for _ in range(2):
        actions.suppress_address(address="a@b.example", reason="by_staff", actor="x", now=NOW)
    assert Suppression.objects.count() == 1
    with pytest.raises(actions.UnableToSuppress, match="address_is_missing"):
        actions.suppress_address(address="  ", reason="by_staff", actor="x", now=NOW)
