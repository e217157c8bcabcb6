"""What two memberships of one person were sent and clicked on is the member's who is left."""

from datetime import timedelta

import pytest

from campaigns import actions
from campaigns.models import Enrolment, Message, Response
from loyalty.actions import merge_members
from members.actions import deliver_activities
from tests.campaigns import make
from tests.segments.make import meant

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_defaults")]
LATER = make.NOW + timedelta(days=1)


def test_the_messages_and_clicks_of_a_double_become_the_members_and_doing_it_again_changes_nothing() -> None:
    anna, twice = make.member("anna"), make.member("twice")
    for member in (anna, twice):
        make.answer(member, is_given=True, purpose="tracking")
        [message] = make.planned(member)
        Message.objects.filter(pk=message.pk).update(state="accepted", ended_at=make.NOW)
        message.refresh_from_db()
        actions.record_response(
            message=message,
            kind="click",
            link="x",
            occurred_at=LATER,
            now=LATER,
            agent="Mozilla/5.0 (iPhone)",
        )
    merge_members(member=anna, double=twice, reason="one person", actor="test", now=LATER)
    deliver_activities(now=LATER)
    actions.hand_over_messages(member_id=anna.pk)
    for rows in (Enrolment, Message, Response):
        assert set(rows.objects.values_list("member_id", flat=True)) == {anna.pk}
    assert sorted(Message.objects.values_list("entry_no", flat=True)) == [1, 2]
    two = {"op": "eq", "value": 2}
    assert meant({"agg": "count", "of": "message.delivered", **two}, LATER) == ["Anna"]
    assert meant({"agg": "count", "of": "message.human_click", **two}, LATER) == ["Anna"]
