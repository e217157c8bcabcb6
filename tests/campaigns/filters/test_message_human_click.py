"""Clicks of people, and the share of messages that were clicked on."""

from datetime import timedelta
from typing import Any

import pytest

from campaigns import actions
from campaigns.models import Message, Response
from members.models import Activity, Member
from tests.campaigns import make
from tests.segments.make import meant

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_defaults")]
LATER = make.NOW + timedelta(days=1)
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Safari/604.1"
CLICKED = {"agg": "count", "of": "message.human_click", "op": "gte", "value": 1}


def delivered(member: Member) -> Message:
    [message] = make.planned(member)
    Message.objects.filter(pk=message.pk).update(state=Message.State.ACCEPTED, ended_at=make.NOW)
    message.refresh_from_db()
    return message


def measured(name: str) -> Message:
    member = make.member(name)
    make.answer(member, is_given=True, purpose="tracking")
    return delivered(member)


def click(message: Message, link: str = "news", seconds: int = 60, **told: Any) -> Response | None:
    at = make.NOW + timedelta(seconds=seconds)
    return actions.record_response(
        message=message, kind="click", link=link, occurred_at=at, now=LATER, **{"agent": PHONE, **told}
    )


def test_a_person_clicks_and_a_machine_does_not() -> None:
    click(measured("a"))
    click(measured("b"), method="HEAD")
    click(measured("c"), agent="SafeLinks/1.0 scanner")
    click(measured("d"), seconds=2)
    assert meant(CLICKED, LATER) == ["A"]
    assert meant({**CLICKED, "op": "eq", "value": 0}, LATER) == ["B", "C", "D"]
    assert Response.objects.count() == 4
    assert [one.kind for one in Activity.objects.filter(kind__startswith="message.")] == ["message.clicked"]


def test_who_follows_three_links_within_five_seconds_is_a_machine_from_the_first_on() -> None:
    message = measured("a")
    for seconds, link in enumerate(("news", "offers", "terms"), 60):
        click(message, link, seconds)
    assert meant(CLICKED, LATER) == []
    slow = measured("b")
    for minute, link in enumerate(("news", "offers", "terms"), 1):
        click(slow, link, 60 * minute)
    assert meant(CLICKED, LATER) == ["B"]


def test_of_who_has_not_agreed_to_be_measured_nothing_is_kept() -> None:
    assert click(delivered(make.member("a"))) is None
    message = measured("b")
    make.answer(message.member, is_given=False, purpose="tracking")
    assert click(message) is None
    assert not Response.objects.exists()


def test_a_click_told_twice_is_one_and_a_message_clicked_on_twice_counts_once_in_a_share() -> None:
    message = measured("a")
    assert click(message) == click(message)
    click(message, seconds=600)
    share = {"ratio": ["message.human_click", "message.delivered"], "op": "eq", "value": 1}
    assert meant(share, LATER) == ["A"]
    assert meant({**share, "min_den": 2}, LATER) == []
    assert meant({**CLICKED, "value": 2}, LATER) == ["A"]


def test_clicks_are_narrowed_by_link_group_channel_and_campaign() -> None:
    click(measured("a"), link_group="news")
    assert meant({**CLICKED, "where": {"link_group": "news", "channel": "email"}}, LATER) == ["A"]
    assert meant(
        {**CLICKED, "where": {"campaign": "welcome", "link": {"op": "contains", "value": "new"}}}, LATER
    ) == ["A"]
    assert meant({**CLICKED, "where": {"link_group": "offers"}}, LATER) == []


def test_no_clicks_of_who_has_not_agreed_to_be_measured_is_a_missing_share_and_not_zero() -> None:
    click(measured("a"))
    measured("b")
    delivered(make.member("c"))
    refuser = measured("d")
    click(refuser)
    make.answer(refuser.member, is_given=False, purpose="tracking")
    silent = measured("e")
    make.answer(silent.member, is_given=False, purpose="tracking")
    share: dict[str, Any] = {"ratio": ["message.human_click", "message.delivered"]}
    assert meant({**share, "op": "gt", "value": "0.5"}, LATER) == ["A", "D"]
    assert meant({**share, "op": "lte", "value": "0.5"}, LATER) == ["B"]
    assert meant({**share, "op": "lte", "value": 1}, LATER) == ["A", "B", "D"]
    assert meant({"not": {**share, "op": "lte", "value": "0.5"}}, LATER) == ["A", "C", "D", "E"]
