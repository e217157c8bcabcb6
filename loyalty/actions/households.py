"""Who may be a member, and accounts that several members share."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from loyalty.engine.errors import Refused
from loyalty.engine.happening import Person
from loyalty.engine.households import check_home, check_member, check_room
from loyalty.queries.people import is_holder, person_of
from loyalty.queries.programmes import timetable as published_timetable
from members import actions as members
from members.actions import Joined, UnableToJoin, UnableToUpdateMember
from members.models import Account, Member


def check_may_join(*, member: Member, now: datetime) -> None:
    """Raises ``UnableToJoin`` for somebody, not yet stored, whom the rules in force do not let in.

    ``too_young``, ``too_old``, ``staff_are_excluded``, ``is_a_member_already``.
    """
    programme = published_timetable().latest(now)
    try:
        is_known = programme is not None and programme.has_one_each and _is_known(member)
        check_member(programme, person_of(member), now, is_known=is_known)
    except Refused as refused:
        raise UnableToJoin(refused.key, **refused.facts) from refused


def _is_known(member: Member) -> bool:
    """Whether another member has the same name and birth date, or the same phone."""
    same = Q(pk__in=())
    if member.full_name and member.birth_date:
        names = {"first_name__iexact": member.first_name, "last_name__iexact": member.last_name}
        same |= Q(birth_date=member.birth_date, **names)
    if member.phone:
        same |= Q(phone=member.phone)
    return Member.objects.active().exclude(pk=member.pk).filter(same).exists()


@transaction.atomic
def join_household(*, account: Account, actor: str, now: datetime, **told: Any) -> Joined:
    """Let somebody new into the club on an account that others have; ``told`` as for ``join_member``.

    Raises ``UnableToJoin``: ``household_full``, ``not_the_same_address``, ``account_is_closed``, …
    """
    locked = Account.objects.select_for_update(no_key=True).get(pk=account.pk)
    programme = published_timetable().latest(now)
    people = [person_of(one) for one in Member.objects.active().filter(account=locked).in_turn()]
    newcomer = Member(street=told.get("street", ""), postal_code=told.get("postal_code", ""))
    try:
        check_room(programme, len(people))
        check_home(programme, people[0] if people else None, Person(address=newcomer.home))
    except Refused as refused:
        raise UnableToJoin(refused.key, **refused.facts) from refused
    return members.join_member(account=locked, actor=actor, now=now, **told)


@transaction.atomic
def let_spend(*, holder: Member, number: str, may_spend: bool, actor: str, now: datetime) -> Member:
    """Who holds an account lets another on it use what it has, or no longer.

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
