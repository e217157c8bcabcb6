"""Accounts that several members share: who may be on them, who may use what they have, and whose year they follow."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from loyalty.engine.account import Account
from loyalty.engine.calendar import local_day
from loyalty.engine.errors import Refused
from loyalty.engine.happening import Person
from loyalty.engine.leaving import check_open
from loyalty.engine.programme import INVITATION_DAYS, Programme


def check_member(programme: Programme | None, person: Person, at: datetime, *, is_known: bool) -> None:
    """Raises ``Refused`` for who may not be a member; ``is_known`` where the club has the same person already."""
    if programme is None:
        return
    if programme.excludes_staff and person.is_staff:
        raise Refused("staff_are_excluded")
    if programme.has_one_each and is_known:
        raise Refused("is_a_member_already")
    age = person.age(local_day(at, programme.zone))
    if age is not None and age < programme.age_from:
        raise Refused("too_young", minimum=programme.age_from)
    if age is not None and programme.age_to and age > programme.age_to:
        raise Refused("too_old", maximum=programme.age_to)


def check_room(programme: Programme | None, members: int) -> None:
    """Raises ``Refused`` where an account with so many members can take no more."""
    if programme and programme.max_members and members >= programme.max_members:
        raise Refused("household_full", maximum=programme.max_members)


def check_home(programme: Programme | None, holder: Person | None, person: Person) -> None:
    """Raises ``Refused`` where all of a household must live together, and ``person`` lives elsewhere, or nobody knows where."""
    if programme is None or holder is None or not programme.needs_same_address:
        return
    if not holder.address or holder.address != person.address:
        raise Refused("not_the_same_address")


def invitation_ends(programme: Programme | None, sent_at: datetime) -> datetime:
    """When an invitation to share an account can no longer be accepted."""
    days = programme.invitation_days if programme else INVITATION_DAYS
    return sent_at + timedelta(days=days)


def began_at(programme: Programme | None, account: Account, people: Sequence[Person]) -> datetime:
    """From when the account's years run after somebody has come or gone; ``people`` are those on it, the holder first."""
    joined = [person.joined_at for person in people if person.joined_at]
    if programme is None or not joined or programme.whose_year == "account":
        return account.joined_at
    return joined[0] if programme.whose_year == "holder" else min(joined)


def has_left(person: Person | None, at: datetime) -> bool:
    """Whether the membership of ``person`` had ended by ``at``, though the account may live on."""
    return person is not None and person.left_at is not None and person.left_at <= at


def check_spender(programme: Programme, account: Account, person: Person | None, at: datetime) -> None:
    """Raises ``Refused`` after the membership has ended, and for a member of a household who may not use what it has."""
    check_open(account, at)
    if has_left(person, at):
        raise Refused("account_is_closed")
    holder = account.person
    if person is None or holder is None or person.ref == holder.ref:
        return
    if programme.who_spends == "holder":
        raise Refused("not_the_holder")
    if programme.who_spends == "authorised" and not person.may_spend:
        raise Refused("not_authorised")
