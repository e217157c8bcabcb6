from datetime import datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from members import actions
from members.models import Activity, Consent, Member
from members.queries import has_consent, latest_consent
from tests.make import NOON

pytestmark = pytest.mark.django_db


def say(
    member: Member,
    yes_or_no: str,
    *,
    purpose: str = "marketing",
    channel: str = "email",
    now: datetime = NOON,
    wording: str = "web-3",
) -> Consent:
    answer = {"yes": actions.give_consent, "no": actions.withdraw_consent}[yes_or_no]
    return answer(
        member=member, purpose=purpose, channel=channel, wording=wording, origin="test", actor="me", now=now
    )


def agreeing(purpose: str = "marketing", channel: str = "email") -> list[Member]:
    return list(Member.objects.filter(has_consent(purpose, channel)).order_by("pk"))


@pytest.mark.usefixtures("carol")
def test_nobody_has_agreed_to_anything_until_they_say_so(alice: Member) -> None:
    assert agreeing() == []
    say(alice, "yes")
    assert agreeing() == [alice]


def test_the_latest_answer_holds_and_the_earlier_ones_stay(alice: Member) -> None:
    for hours, answer in enumerate(["yes", "no", "yes", "no"]):
        say(alice, answer, now=NOON + timedelta(hours=hours))
    assert agreeing() == []
    assert Consent.objects.count() == 4
    kinds = Activity.objects.order_by("occurred_at").values_list("kind", flat=True)
    assert list(kinds) == ["consent.given", "consent.withdrawn"] * 2


def test_an_answer_recorded_last_holds_even_when_a_clock_was_ahead(alice: Member) -> None:
    say(alice, "yes", now=NOON + timedelta(minutes=5))
    no = say(alice, "no", now=NOON)
    assert agreeing() == []
    assert (no.given_at, no.recorded_at) == (NOON + timedelta(minutes=5, microseconds=1), NOON)


def test_the_same_answer_to_the_same_wording_is_kept_once(alice: Member) -> None:
    first = say(alice, "yes")
    assert say(alice, "yes", now=NOON + timedelta(hours=1)) == first
    assert say(alice, "yes", now=NOON + timedelta(hours=2), wording="web-4") != first
    assert Consent.objects.count() == 2


def test_no_to_all_channels_is_no_to_each_and_a_later_yes_opens_one(alice: Member) -> None:
    say(alice, "yes")
    say(alice, "no", channel="any", now=NOON + timedelta(hours=1))
    assert (agreeing(channel="email"), agreeing(channel="sms")) == ([], [])
    say(alice, "yes", now=NOON + timedelta(hours=2))
    assert (agreeing(channel="email"), agreeing(channel="sms")) == ([alice], [])


def test_purposes_do_not_touch_each_other(alice: Member) -> None:
    say(alice, "yes", purpose="profiling", channel="any")
    assert agreeing() == []
    assert agreeing("profiling", "any") == [alice]


def test_the_condition_stands_in_the_where_of_an_update(alice: Member, carol: Member) -> None:
    say(alice, "yes")
    changed = Member.objects.filter(has_consent("marketing", "email")).update(language="en")
    assert changed == 1
    carol.refresh_from_db()
    assert carol.language == "sv"


def test_a_caller_may_say_what_silence_means(alice: Member) -> None:
    silence = latest_consent("membership", "email", unless_answered=True)
    assert list(Member.objects.filter(silence)) == [alice]
    say(alice, "no", purpose="membership")
    assert list(Member.objects.filter(silence)) == []


@pytest.mark.parametrize(
    ("changed", "key"),
    [
        ({"purpose": "gossip"}, "purpose_is_not_known"),
        ({"channel": "pigeon"}, "channel_is_not_known"),
        ({"wording": " "}, "wording_is_missing"),
        ({"wording": "w" * 41}, "wording_is_missing"),
    ],
)
def test_what_cannot_be_is_refused(alice: Member, changed: dict[str, str], key: str) -> None:
    with pytest.raises(actions.UnableToRecordConsent, match=key):
        say(alice, "yes", **changed)  # type: ignore[arg-type]
    assert Consent.objects.count() == 0


def test_who_has_left_may_still_say_no_but_not_yes(alice: Member) -> None:
    actions.close_member(member=alice, reason="asked", now=NOON, actor="test")
    say(alice, "no")
    with pytest.raises(actions.UnableToRecordConsent, match="member_is_closed"):
        say(alice, "yes")


@pytest.mark.parametrize(
    "statement", ["UPDATE members_consent SET is_given = NULL", "DELETE FROM members_consent"]
)
def test_the_database_itself_keeps_every_answer(alice: Member, statement: str) -> None:
    say(alice, "yes")
    with pytest.raises(DatabaseError, match="members_consent is append-only"), transaction.atomic():
        connection.cursor().execute(statement)
    assert Consent.objects.get().is_given is True
