"""What loyalty does about activities from below, and about what happens to a second account."""

from datetime import datetime

from loyalty import actions
from loyalty.engine.effects import ForAnother
from members.models import Activity, Member
from members.registry import before_joining, react_to


@before_joining
def check_may_join(member: Member, now: datetime) -> None:
    actions.check_may_join(member=member, now=now)


@react_to("member.joined")
def reward_joining(activity: Activity, now: datetime) -> None:
    if activity.facts.get("is_back") and activity.account is not None:
        actions.take_up_again(account=activity.account, at=activity.occurred_at, now=now)
    if activity.member is not None:
        actions.record_joining(member=activity.member, joined_at=activity.occurred_at, now=now)


@react_to("member.closed")
def settle_leaving(activity: Activity, now: datetime) -> None:
    account, left_at = activity.account, activity.occurred_at
    if account is None:
        return
    if activity.member is not None:
        actor = str(activity.facts.get("actor") or "rules")
        actions.settle_share(member=activity.member, account=account, left_at=left_at, actor=actor, now=now)
    actions.settle_leaving(account=account, now=now)


@react_to("referral.happened")
def reward_referrer(activity: Activity, now: datetime) -> None:
    facts = activity.facts
    told = ForAnother(
        facts["who"],
        facts["event"],
        facts["order"],
        activity.occurred_at,
        facts["amount_ore"],
        facts["role"],
    )
    actions.record_referral(told=told, now=now)


@react_to("referral.withdrawn")
def take_back_from_referrer(activity: Activity, now: datetime) -> None:
    facts = activity.facts
    actions.withdraw_referral(
        order_key=facts["order"], at=activity.occurred_at, cause={"key": facts["cause"]}, now=now
    )


@react_to("member.erased")
def forget_what_shops_told(activity: Activity, now: datetime) -> None:
    if activity.member_id is not None:
        actions.forget_deliveries_of(member_id=activity.member_id)
