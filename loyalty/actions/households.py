"""Accounts that several members share."""

from datetime import datetime
from typing import Any

from django.db import transaction

from loyalty.engine.errors import Refused
from loyalty.engine.households import check_room
from loyalty.queries.people import is_holder
from loyalty.queries.programmes import timetable as published_timetable
from members import actions as members
from members.actions import Joined, UnableToJoin, UnableToUpdateMember
from members.models import Account, Member


@transaction.atomic
def join_household(*, account: Account, actor: str, now: datetime, **told: Any) -> Joined:
    """Let somebody new into the club on an account that others have; ``told`` as for ``join_member``.

    Raises ``UnableToJoin``: ``household_full``, ``account_is_closed``, …
    """
    locked = Account.objects.select_for_update(no_key=True).get(pk=account.pk)
    try:
        check_room(published_timetable().latest(now), locked.members.active().count())
    except Refused as refused:
        raise UnableToJoin(refused.key, **refused.facts) from refused
    return members.join_member(account=locked, actor=actor, now=now, **told)


@transaction.atomic
def let_spend(*, holder: Member, number: str, may_spend: bool, actor: str, now: datetime) -> Member:
    """Who began an account lets another on it use what it has, or no longer.

    Raises ``UnableToUpdateMember``: ``not_the_holder``, ``no_such_person``.
    """
    Account.objects.select_for_update(no_key=True).get(pk=holder.account_id)
    if not is_holder(holder):
        raise UnableToUpdateMember("not_the_holder")
    others = Member.objects.active().filter(account=holder.account_id).exclude(pk=holder.pk)
    other = others.filter(number=number).first()
    if other is None:
        raise UnableToUpdateMember("no_such_person")
    return members.update_member(member=other, may_spend=may_spend, actor=actor, now=now)
