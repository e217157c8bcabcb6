"""What campaigns do about activities from below."""

from datetime import datetime

from campaigns import actions
from campaigns.queries import triggers
from campaigns.tasks import run_enrolments
from members.models import Activity
from members.registry import react_to
from members.tasks import nudge


@react_to(*triggers)
def start_campaigns(activity: Activity, now: datetime) -> None:
    if actions.start_enrolments(activity=activity, now=now):
        nudge(run_enrolments)


@react_to("member.erased")
def forget_letters(activity: Activity, now: datetime) -> None:
    if activity.member_id is not None:
        actions.forget_member(member_id=activity.member_id)


@react_to("member.merged")
def hand_over_letters(activity: Activity, now: datetime) -> None:
    if activity.member_id is not None:
        actions.hand_over_messages(member_id=activity.member_id)
