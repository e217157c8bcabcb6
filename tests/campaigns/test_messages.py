"""What can be done about a message that has ended, and what the console is told of them all."""

from datetime import timedelta

import pytest

from campaigns import actions
from campaigns.insights import mail_health
from campaigns.models import ChannelState, Message
from members.actions import deliver_activities, erase_member
from tests.campaigns import make
from tests.campaigns.make import NOW
from tests.campaigns.sink import Sink

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_defaults")]


def ended(state: str) -> Message:
    (message,) = make.planned(make.member("anna"))
    Message.objects.update(state=state, reason="cut_off", ended_at=NOW, attempts=4)
    message.refresh_from_db()
    return message


@pytest.mark.parametrize("state", ["unknown", "failed"])
def test_staff_send_a_lost_message_again_and_it_keeps_its_message_id(sink: Sink, state: str) -> None:
    message = ended(state)
    later = NOW + timedelta(days=3)
    again = actions.resend_message(message=message, reason="Anna rang", actor="bo", now=later)
    assert (again.state, again.reason, again.attempts, again.due_at) == ("planned", "", 0, later)
    assert again.notes == [{"was": state, "at": later.isoformat(), "by": "bo", "reason": "Anna rang"}]
    actions.send_messages(now=later)
    assert sink.mails[0]["Message-ID"] == f"<{message.pk}@butiken.example>"


def test_sending_again_needs_a_reason() -> None:
    with pytest.raises(actions.UnableToResend, match="reason_is_missing"):
        actions.resend_message(message=ended("unknown"), reason="  ", actor="bo", now=NOW)
    assert Message.objects.get().state == "unknown"


@pytest.mark.parametrize("state", ["accepted", "skipped"])
def test_what_was_sent_or_skipped_is_not_sent_again(state: str) -> None:
    with pytest.raises(actions.UnableToResend, match="message_has_not_failed"):
        actions.resend_message(message=ended(state), reason="x", actor="bo", now=NOW)


def test_the_health_of_the_mail_tells_what_needs_attention() -> None:
    ended("failed")
    make.planned(make.member("bo"))
    ChannelState.objects.create(channel="email", error="x", failing_since=NOW, retry_at=NOW)
    health = mail_health(now=NOW + timedelta(hours=23))
    assert (health.waiting, health.failed_last_day, health.unknown, health.oldest_due_at) == (1, 1, 0, NOW)
    assert [state.channel for state in health.failing_channels] == ["email"]
    assert mail_health(now=NOW + timedelta(hours=24)).failed_last_day == 0


def test_of_an_erased_member_no_words_are_kept() -> None:
    message = ended("failed")
    Message.objects.update(
        error="550 <anna@post.example> unknown", notes=[{"by": "bo", "reason": "Anna rang"}]
    )
    erase_member(member=message.member, reason="asked", actor="bo", now=NOW)
    deliver_activities(now=NOW)
    message.refresh_from_db()
    assert (message.state, message.error, message.notes) == ("failed", "", [{"by": "bo", "reason": ""}])
