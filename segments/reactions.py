"""What segments do about everything that happens: whoever it happened to is looked at again."""

from datetime import datetime

from members.models import Activity
from members.registry import react_to
from segments import actions, queries


@react_to("*")
def note_change(activity: Activity, now: datetime) -> None:
    actions.note_change(activity=activity, now=now)


@react_to(*queries.PURCHASES)
def note_purchase(activity: Activity, now: datetime) -> None:
    actions.note_purchases(member_ids=[activity.member_id], now=now)
