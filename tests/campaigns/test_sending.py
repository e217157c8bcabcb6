import re
from datetime import timedelta

import pytest
from pytest_django import Settings

from campaigns import actions
from campaigns.actions.exchange import HANDFUL
from campaigns.models import ChannelState, Message, Suppression
from members.models import Member
from tests.campaigns import make
from tests.campaigns.make import NOW
from tests.campaigns.sink import Sink, free_port

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_defaults")]

State, Reason = Message.State, Message.Reason


def outcome_of(message: Message) -> tuple[str, str]:
    message.refresh_from_db()
    return message.state, message.reason


def test_a_welcome_is_sent_in_the_members_language_as_text_and_as_html(sink: Sink) -> None:
    (message,) = make.planned(make.member("anna", language="sv"))
    sent = actions.send_messages(now=NOW)
    assert (dict(sent.into), sent.is_full) == ({"accepted": 1}, False)
    assert outcome_of(message) == (State.ACCEPTED, "")
    assert (message.attempts, message.handed_over_at, message.ended_at) == (1, NOW, NOW)
    mail = sink.mail_to("anna@post.example")
    assert mail["Subject"] == "Välkommen till Klubben"
    text, html = mail.iter_parts()
    assert [part.get_content_type() for part in (text, html)] == ["text/plain", "text/html"]
    assert "Vad roligt att du är med!" in text.get_content()
    assert message.member.number in html.get_content()


def test_a_message_is_sent_once_however_often_the_sending_runs(sink: Sink) -> None:
    make.planned(make.member("anna"), make.member("bo"))
    for _ in range(3):
        actions.send_messages(now=NOW)
    assert sorted(sink.recipients) == ["anna@post.example", "bo@post.example"]


def test_all_letters_of_a_run_share_one_connection(sink: Sink) -> None:
    make.planned(*(make.member(f"m{number}") for number in range(20)))
    actions.send_messages(now=NOW)
    assert (len(sink.mails), sink.connections) == (20, 1)


def test_one_who_must_not_be_written_to_holds_back_nobody_else_of_a_handful(sink: Sink) -> None:
    messages = make.planned(*(make.member(f"m{number}") for number in range(HANDFUL + 2)))
    actions.suppress_address(address="m1@post.example", reason="by_staff", actor="test", now=NOW)
    sent = actions.send_messages(now=NOW)
    assert dict(sent.into) == {"accepted": HANDFUL + 1, "skipped": 1}
    assert outcome_of(messages[1]) == (State.SKIPPED, Reason.SUPPRESSED)
    assert sorted(sink.recipients) == [
        f"m{number}@post.example" for number in range(HANDFUL + 2) if number != 1
    ]


def test_the_headers_let_a_mail_program_unsubscribe_and_keep_robots_quiet(sink: Sink) -> None:
    (message,) = make.planned(make.member("anna"))
    actions.send_messages(now=NOW)
    mail = sink.mail_to("anna@post.example")
    assert mail["From"] == "Klubben <klubben@butiken.example>"
    assert mail["Message-ID"] == f"<{message.pk}@butiken.example>"
    assert mail["List-Id"] == "<welcome.butiken.example>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert re.fullmatch(
        r"<https://klubben\.example/u/([\w-]{24})>,\s*<mailto:klubben@butiken\.example\?subject=unsubscribe%20\1>",
        mail["List-Unsubscribe"].strip(),
    )


def test_the_way_out_is_seen_in_both_parts_of_a_mail(sink: Sink) -> None:
    make.for_marketing()
    member = make.member("anna")
    make.answer(member, is_given=True)
    make.planned(member)
    actions.send_messages(now=NOW)
    mail = sink.mail_to("anna@post.example")
    link = mail["List-Unsubscribe"].partition(">")[0].strip(" <")
    text, html = (part.get_content() for part in mail.iter_parts())
    assert link in text
    assert f'href="{link}"' in html


def test_a_letter_put_off_is_tried_again_after_1_5_25_and_120_minutes_and_then_given_up(sink: Sink) -> None:
    (message,) = make.planned(make.member("anna"))
    sink.at_recipient["anna@post.example"] = ["450 4.2.0 anna@post.example is greylisted"] * 9
    tried_at, now = [], NOW
    while message.state == State.PLANNED:
        now = message.due_at
        tried_at.append(now - NOW)
        actions.send_messages(now=now)
        message.refresh_from_db()
    assert [after.total_seconds() / 60 for after in tried_at] == [0, 1, 6, 31, 151]
    assert outcome_of(message) == (State.FAILED, Reason.GAVE_UP)
    assert message.error == "450 4.2.0 … is greylisted"
    assert sink.mails == []


def test_nothing_is_tried_before_its_time(sink: Sink) -> None:
    make.planned(make.member("anna"))
    sink.at_recipient["anna@post.example"] = ["450 later"]
    actions.send_messages(now=NOW)
    actions.send_messages(now=NOW + timedelta(seconds=59))
    assert sink.mails == []
    actions.send_messages(now=NOW + timedelta(seconds=60))
    assert sink.recipients == ["anna@post.example"]


def test_a_dead_address_fails_at_once_and_is_suppressed(sink: Sink) -> None:
    (message,) = make.planned(make.member("anna"))
    sink.at_recipient["anna@post.example"] = ["550 5.1.1 no such user"]
    actions.send_messages(now=NOW)
    assert outcome_of(message) == (State.FAILED, Reason.ADDRESS_REFUSED)
    assert [row.reason for row in Suppression.objects.all()] == [Suppression.Reason.HARD_BOUNCE]


@pytest.mark.parametrize("answer", ["552 5.2.2 mailbox full", "554 5.7.1 blocked", "550 5.7.1 policy"])
def test_a_refusal_that_is_not_about_the_address_fails_without_suppressing(sink: Sink, answer: str) -> None:
    (message,) = make.planned(make.member("anna"))
    sink.at_recipient["anna@post.example"] = [answer]
    actions.send_messages(now=NOW)
    assert outcome_of(message) == (State.FAILED, Reason.REFUSED)
    assert not Suppression.objects.exists()


def test_a_text_refused_for_good_fails_and_one_put_off_is_tried_again(sink: Sink) -> None:
    anna, bo = make.planned(make.member("anna"), make.member("bo"))
    sink.at_text["anna@post.example"] = ["554 5.6.0 we dislike it"]
    sink.at_text["bo@post.example"] = ["451 4.3.0 busy"]
    actions.send_messages(now=NOW)
    assert outcome_of(anna) == (State.FAILED, Reason.REFUSED)
    assert outcome_of(bo) == (State.PLANNED, "")
    actions.send_messages(now=NOW + timedelta(minutes=1))
    assert outcome_of(bo) == (State.ACCEPTED, "")


def test_a_connection_lost_before_the_text_costs_one_retry_and_no_other_letter(sink: Sink) -> None:
    anna, bo = make.planned(make.member("anna"), make.member("bo"))
    sink.hangs_up_at_recipient.add("anna@post.example")
    actions.send_messages(now=NOW)
    assert (anna.state, outcome_of(bo)) == (State.PLANNED, (State.ACCEPTED, ""))
    actions.send_messages(now=NOW + timedelta(minutes=1))
    assert sorted(sink.recipients) == ["anna@post.example", "bo@post.example"]


def test_a_connection_lost_after_the_text_is_unknown_and_never_sent_again_by_itself(sink: Sink) -> None:
    anna, bo = make.planned(make.member("anna"), make.member("bo"))
    sink.hangs_up_after_text.add("anna@post.example")
    for minutes in (0, 10, 600):
        actions.send_messages(now=NOW + timedelta(minutes=minutes))
    assert outcome_of(anna) == (State.UNKNOWN, Reason.CUT_OFF)
    assert outcome_of(bo) == (State.ACCEPTED, "")
    assert sorted(sink.recipients) == ["anna@post.example", "bo@post.example"]


def test_a_server_that_does_not_answer_rests_the_channel_and_fails_no_message(
    sink: Sink, settings: Settings
) -> None:
    (message,) = make.planned(make.member("anna"))
    settings.EMAIL_PORT = free_port()
    actions.send_messages(now=NOW)
    settings.EMAIL_PORT = sink.port
    assert (outcome_of(message), message.attempts) == ((State.PLANNED, ""), 0)
    state = ChannelState.objects.get()
    assert (state.channel, state.failing_since, state.retry_at) == ("email", NOW, NOW + timedelta(minutes=1))
    actions.send_messages(now=NOW + timedelta(seconds=59))
    assert sink.mails == []
    actions.send_messages(now=NOW + timedelta(minutes=1))
    assert sink.recipients == ["anna@post.example"]
    assert not ChannelState.objects.exists()


def test_a_refused_sender_rests_the_channel_and_fails_no_message(sink: Sink) -> None:
    messages = make.planned(make.member("anna"), make.member("bo"))
    sink.at_sender = ["550 5.7.1 sender blocked"]
    actions.send_messages(now=NOW)
    assert [outcome_of(message) for message in messages] == [(State.PLANNED, "")] * 2
    assert [message.attempts for message in messages] == [0, 0]
    assert ChannelState.objects.get().error == "550 5.7.1 sender blocked"


def test_ten_letters_put_off_in_a_row_rest_the_channel(sink: Sink) -> None:
    members = [make.member(f"m{number:02}") for number in range(30)]
    make.planned(*members)
    sink.at_recipient = {member.email: ["450 too many"] for member in members}
    actions.send_messages(now=NOW)
    assert sorted(Message.objects.values_list("attempts", flat=True)) == [0] * 20 + [1] * 10
    assert ChannelState.objects.count() == 1


def test_a_claim_whose_process_died_is_free_again_after_its_lease(sink: Sink) -> None:
    (message,) = make.planned(make.member("anna"))
    Message.objects.update(state=State.CLAIMED, claim=message.pk, lease_until=NOW + timedelta(minutes=5))
    actions.send_messages(now=NOW + timedelta(minutes=5))
    assert outcome_of(message) == (State.CLAIMED, "")
    actions.send_messages(now=NOW + timedelta(minutes=5, seconds=1))
    assert outcome_of(message) == (State.ACCEPTED, "")


def test_a_letter_whose_process_died_while_handing_over_becomes_unknown(sink: Sink) -> None:
    (message,) = make.planned(make.member("anna"))
    Message.objects.update(state=State.HANDING_OVER, claim=message.pk, lease_until=NOW)
    actions.send_messages(now=NOW + timedelta(seconds=1))
    assert outcome_of(message) == (State.UNKNOWN, Reason.CUT_OFF)
    assert sink.mails == []


def test_a_member_without_a_text_in_their_language_is_written_to_in_the_clubs(sink: Sink) -> None:
    make.planned(make.member("anna", language="fi"))
    actions.send_messages(now=NOW)
    assert sink.mail_to("anna@post.example")["Subject"] == "Välkommen till Klubben"


def test_a_paused_campaign_keeps_its_messages_until_it_goes_on(sink: Sink) -> None:
    (message,) = make.planned(make.member("anna"))
    campaign = message.enrolment.campaign
    actions.pause_campaign(campaign=campaign)
    actions.send_messages(now=NOW)
    assert outcome_of(message) == (State.PLANNED, "")
    actions.activate_campaign(campaign=campaign, now=NOW)
    actions.send_messages(now=NOW)
    assert outcome_of(message) == (State.ACCEPTED, "")


def test_a_name_that_is_an_address_or_markup_stays_out_of_mail_or_harmless(sink: Sink) -> None:
    make.planned(
        make.member("anna", first_name="Vinn på http://evil.example"),
        make.member("bo", first_name='Bo "B" {{club_name}}\r\nBcc: x'),
    )
    actions.send_messages(now=NOW)
    assert "evil" not in sink.mail_to("anna@post.example").as_string()
    mail = sink.mail_to("bo@post.example")
    assert mail["Bcc"] is None
    html = [part.get_content() for part in mail.iter_parts()][1]
    assert "Bo &quot;B&quot; {{club_name}} Bcc" not in html  # a colon makes it an address


def test_a_run_takes_no_more_than_its_limit_and_says_that_there_is_more(sink: Sink) -> None:
    make.planned(*(make.member(f"m{number}") for number in range(5)))
    assert actions.send_messages(now=NOW, limit=3).is_full
    assert len(sink.mails) == 3
    assert not actions.send_messages(now=NOW, limit=3).is_full
    assert len(sink.mails) == 5
    assert Member.objects.count() == 5
