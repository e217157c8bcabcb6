"""RFC 8058: a POST stops the mails without cookie, login or redirect; looking at the link never does."""

import re

import pytest
from django.test import Client

from campaigns import actions
from campaigns.models import Message, UnsubscribeLink
from members.models import Consent, Member
from tests.campaigns import make
from tests.campaigns.make import NOW
from tests.campaigns.sink import Sink

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_defaults")]

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


def link_of_marketing(sink: Sink, member: Member) -> str:
    """The path of the link in a marketing mail that the member got."""
    make.for_marketing()
    make.answer(member, is_given=True)
    make.planned(member)
    actions.send_messages(now=NOW)
    found = re.match(
        r"\s*<https://klubben\.example(/u/[\w-]+)>", sink.mail_to(member.email)["List-Unsubscribe"]
    )
    assert found
    return found[1]


def says_yes(member: Member) -> bool:
    latest = Consent.objects.filter(member=member, purpose="marketing").order_by("-given_at", "-id")[0]
    return latest.is_given


def strict_client() -> Client:
    return Client(enforce_csrf_checks=True)


@pytest.mark.parametrize("content_type", ["application/x-www-form-urlencoded", "multipart/form-data"])
def test_a_mail_programs_post_stops_the_mails_at_once(sink: Sink, content_type: str) -> None:
    member = make.member("anna")
    path = link_of_marketing(sink, member)
    body = "List-Unsubscribe=One-Click" if "url" in content_type else multipart()
    kind = content_type if "url" in content_type else f"{content_type}; boundary=X"
    answer = strict_client().post(path, body, content_type=kind)
    assert (answer.status_code, says_yes(member)) == (200, False)


def multipart() -> str:
    return '--X\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--X--\r\n'


def test_a_thousand_looks_at_the_link_stop_nothing(sink: Sink) -> None:
    member = make.member("anna")
    path = link_of_marketing(sink, member)
    client = strict_client()
    for _ in range(500):
        assert client.get(path).status_code == 200
        assert client.head(path).status_code == 200
    assert says_yes(member)
    assert Consent.objects.count() == 1


def test_the_page_has_a_button_that_posts_what_a_mail_program_posts(sink: Sink) -> None:
    page = strict_client().get(link_of_marketing(sink, make.member("anna"))).content.decode()
    assert '<input type="hidden" name="List-Unsubscribe" value="One-Click">' in page


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_no_other_method_is_answered(sink: Sink, method: str) -> None:
    member = make.member("anna")
    path = link_of_marketing(sink, member)
    assert getattr(strict_client(), method)(path).status_code == 405
    assert says_yes(member)


def test_a_post_that_does_not_say_it_stops_nothing(sink: Sink) -> None:
    member = make.member("anna")
    path = link_of_marketing(sink, member)
    assert strict_client().post(path, {"List-Unsubscribe": "no"}).status_code == 200
    assert says_yes(member)


def test_an_unknown_token_is_not_found_and_stops_nobody(sink: Sink) -> None:
    member = make.member("anna")
    link_of_marketing(sink, member)
    assert strict_client().post("/u/unknown", ONE_CLICK).status_code == 404
    assert says_yes(member)


def test_stopping_twice_is_answered_as_stopping_once(sink: Sink) -> None:
    member = make.member("anna")
    path = link_of_marketing(sink, member)
    for _ in range(2):
        assert strict_client().post(path, ONE_CLICK).status_code == 200
    assert Consent.objects.filter(member=member, is_given=False).count() == 1


def test_who_stopped_gets_no_message_that_was_waiting(sink: Sink) -> None:
    member = make.member("anna")
    path = link_of_marketing(sink, member)
    actions.start_enrolments(activity=make.check_issued(member), now=NOW)
    actions.run_enrolments(now=NOW)
    strict_client().post(path, ONE_CLICK)
    actions.send_messages(now=NOW)
    assert len(sink.mails) == 1
    assert set(Message.objects.values_list("state", "reason")) == {
        ("accepted", ""),
        ("skipped", "no_consent"),
    }


def test_the_link_of_service_mail_stops_service_mail_and_leaves_offers_alone(sink: Sink) -> None:
    member = make.member("anna")
    make.answer(member, is_given=True)
    make.planned(member)
    actions.send_messages(now=NOW)
    token = UnsubscribeLink.objects.get(member=member, purpose="service").token
    strict_client().post(f"/u/{token}", ONE_CLICK)
    assert says_yes(member)
    actions.start_enrolments(activity=make.check_issued(member), now=NOW)
    actions.run_enrolments(now=NOW)
    actions.send_messages(now=NOW)
    assert len(sink.mails) == 1


def test_a_link_is_the_same_in_every_mail_of_its_kind(sink: Sink) -> None:
    member = make.member("anna")
    make.planned(member)
    actions.start_enrolments(activity=make.check_issued(member), now=NOW)
    actions.run_enrolments(now=NOW)
    actions.send_messages(now=NOW)
    assert len({mail["List-Unsubscribe"] for mail in sink.mails}) == 1
    assert UnsubscribeLink.objects.count() == 1
