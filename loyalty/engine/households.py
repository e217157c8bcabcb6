"""Accounts that several members share: how many, and who may use what they have."""

from datetime import datetime

from loyalty.engine.account import Account
from loyalty.engine.errors import Refused
from loyalty.engine.happening import Person
from loyalty.engine.leaving import check_open
from loyalty.engine.programme import Programme


def check_room(programme: Programme | None, members: int) -> None:
    """Raises ``Refused`` where an account with so many members can take no more."""
    if programme and programme.max_members and members >= programme.max_members:
        raise Refused("household_full", maximum=programme.max_members)


def check_spender(programme: Programme, account: Account, person: Person | None, at: datetime) -> None:
    """Raises ``Refused`` after the membership has ended, and for a member of a household who may not use what it has."""
    check_open(account, at)
    holder = account.person
    if person is None or holder is None or person.ref == holder.ref:
        return
    if programme.who_spends == "holder":
        raise Refused("not_the_holder")
    if programme.who_spends == "authorised" and not person.may_spend:
        raise Refused("not_authorised")
