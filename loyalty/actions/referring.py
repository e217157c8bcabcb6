"""What joining gives, and what members give to those who invited them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from loyalty.actions.acts import (
    NewAct,
    correct_act_for_another,
    record_for_another,
    record_happening,
    take_back_act,
)
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
    order = _order(told.order)
    if order is None or _left(order) is not None:
        _tell(told, now)


def _order(key: str) -> Order | None:
    source, _, number = key.partition(":")
    return Order.objects.filter(source=source, number=number).select_related("store", "member").first()


def _left(order: Order) -> int | None:
    """Öre that still stand of an order; ``None`` where nothing of it does."""
    [remains] = remains_of([order]).values()
    facts = remains.facts()
    return facts.paid if order.state == Order.State.PLACED and facts.lines else None


def _tell(told: ForAnother, now: datetime) -> None:
    named = {"number": told.who} if told.role == "leader" else {"pk": int(told.who)}
    member = Member.objects.active().filter(**named).first()
    if member is not None:
        record_for_another(member=member, told=told, now=now)


def withdraw_referral(*, order_key: str, at: datetime, cause: Mapping[str, Any], now: datetime) -> None:
    """Goods behind a referral are gone: so is what they gave, as far as what is left does not give it. Twice changes
    nothing."""
    source, _, number = order_key.partition(":")
    order = _order(order_key)
    left = _left(order) if order else None
    for role in ROLES:
        for act in Act.objects.filter(source=source, number=f"{number}:{role}"):
            if left is None:
                take_back_act(act_id=act.pk, at=at, cause=cause, now=now)
            else:
                told = ForAnother(str(act.member_id), act.kind, order_key, act.occurred_at, left, role)
                correct_act_for_another(act_id=act.pk, told=told, at=at, cause=cause, now=now)
