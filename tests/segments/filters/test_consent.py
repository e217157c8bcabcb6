from datetime import timedelta

import pytest

from members import actions
from members.actions import ConsentAnswer
from members.models import Member
from tests.make import NOON, make_member
from tests.segments.make import meant

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=1)


def answer(member: Member, channel: str, minute: int, *, is_given: bool) -> None:
    told = ConsentAnswer(purpose="marketing", channel=channel, is_given=is_given, wording="1")
    now = NOON + timedelta(minutes=minute)
    actions.record_answers(member=member, answers=[told], origin="till", actor="test", now=now)


def test_the_latest_answer_counts_and_one_about_all_channels_is_about_each() -> None:
    for name, answers in {
        "A": [("email", True)],
        "B": [("email", True), ("any", False)],
        "C": [("any", False), ("email", True)],
        "D": [("any", True)],
        "E": [],
    }.items():
        member = make_member(name)
        for minute, (channel, is_given) in enumerate(answers):
            answer(member, channel, minute, is_given=is_given)
    asked = {"field": "consent", "with": {"purpose": "marketing", "channel": "email"}, "op": "eq"}
    assert meant({**asked, "value": True}, LATER) == ["A", "C", "D"]
    assert meant({**asked, "value": False}, LATER) == ["B", "E"]
    assert meant({"not": {**asked, "value": True}}, LATER) == ["B", "E"]
    told = {"field": "consent", "with": {"purpose": "marketing", "channel": "email"}}
    assert meant({**told, "op": "not_set"}, LATER) == ["E"]
    assert meant({**told, "op": "set"}, LATER) == ["A", "B", "C", "D"]
    asked["with"] = {"purpose": "marketing"}
    assert meant({**asked, "value": True}, LATER) == ["D"]


def test_an_answer_counts_from_when_it_was_given() -> None:
    member = make_member("A")
    answer(member, "email", 0, is_given=True)
    answer(member, "email", 1, is_given=False)
    asked = {
        "field": "consent",
        "with": {"purpose": "marketing", "channel": "email"},
        "op": "eq",
        "value": True,
    }
    at = [NOON - timedelta(minutes=1), NOON, NOON + timedelta(minutes=1)]
    assert [meant(asked, one) for one in at] == [[], ["A"], []]
