"""What campaigns do about activities from below."""

from datetime import datetime

from campaigns import actions
from campaigns.queries import triggers
from members.models import Activity
from members.registry import react_to


@react_to(*triggers)
def start_campaigns(activity: Activity, now: datetime) -> None:
    actions.start_enrolments(activity=activity, now=now)
