"""What joining gives, and what members give to those who invited them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from loyalty.actions.acts import NewAct, record_for_another, record_happening, take_back_act
from loyalty.actions.corrections import remains_of
from loyalty.engine.effects import ForAnother
from loyalty.models import Act
from loyalty.queries.programmes import timetable as published_timetable
from members.models import Member, Order

ROLES = ("referrer", "leader")
JOIN, INVITED = "join", "referral_joined"


def record_joining(*, member: Member, joined_at: datetime, now: datetime) -> None:
    """What rules about joining give the new member, and who invited them. Twice changes nothing."""
    programme = published_timetable().at(joined_at)
    if programme is None or member.state != Member.State.ACTIVE:
        return
    events = (JOIN, INVITED) if member.referrer_id else (JOIN,)
    for event in events:
        if event in programme.events:
            act = NewAct(
                source=event, number=str(member.pk), kind=event, member=member, occurred_at=joined_at
            )
            record_happening(act=act, now=now)
    if member.referrer_id and INVITED in programme.rules_by_event:
        told = ForAnother(str(member.referrer_id), INVITED, f"{JOIN}:{member.pk}", joined_at)
        _tell(told, now)


def record_referral(*, told: ForAnother, now: datetime) -> None:
    """Somebody whom ``told.who`` invited or leads has ordered: what that gives them. Twice changes nothing."""
    source, _, number = told.order.partition(":")
    order = Order.objects.filter(source=source, number=number).select_related("store", "member").first()
    if order is None or _stands(order):
        _tell(told, now)


def _stands(order: Order) -> bool:
    [remains] = remains_of([order]).values()
    return order.state == Order.State.PLACED and bool(remains.facts().lines)


def _tell(told: ForAnother, now: datetime) -> None:
    named = {"number": told.who} if told.role == "leader" else {"pk": int(told.who)}
    member = Member.objects.active().filter(**named).first()
    if member is not None:
        record_for_another(member=member, told=told, now=now)


def withdraw_referral(*, order_key: str, at: datetime, cause: Mapping[str, Any], now: datetime) -> None:
    """The order behind a referral is gone: so is what it gave."""
    source, _, number = order_key.partition(":")
    for act in Act.objects.filter(source=source, number__in=[f"{number}:{role}" for role in ROLES]):
        take_back_act(act_id=act.pk, at=at, cause=cause, now=now)
