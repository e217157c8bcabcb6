"""Changing one account: locked, brought up to its moment, and booked when nothing was refused."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import transaction

from loyalty.actions.accounts import open_accounts
from loyalty.actions.booking import Context, book
from loyalty.engine.account import Account
from loyalty.engine.errors import Refused
from loyalty.engine.programme import Programme, Timetable
from loyalty.queries.programmes import timetable as published_timetable
from members.actions import UnableTo
from members.models import Member


@contextmanager
def changing(
    account_id: int,
    *,
    at: datetime,
    now: datetime,
    refusal: type[UnableTo],
    codes: Collection[str] = (),
) -> Iterator[tuple[Timetable, Account]]:
    """The rules and the account, to be changed within; what the engine refuses is raised as ``refusal``."""
    with transaction.atomic():
        timetable = published_timetable()
        accounts = open_accounts(timetable, [account_id], since=at, codes=codes)
        try:
            yield timetable, accounts[account_id]
        except Refused as refused:
            raise refusal(refused.key, **refused.facts) from refused
        book(Context(timetable, now, members=owners([account_id])), accounts)


def owners(account_ids: Collection[int]) -> dict[int, int]:
    """Whose timeline tells of what happens to each account: its holder's."""
    rows = Member.objects.filter(account_id__in=list(account_ids)).in_turn().reverse()
    return dict(rows.values_list("account_id", "pk"))


def programme_at(timetable: Timetable, at: datetime) -> Programme:
    """The version in force, or the last that was. Raises ``Refused``."""
    programme = timetable.latest(at)
    if programme is None:
        raise Refused("no_programme")
    return programme
