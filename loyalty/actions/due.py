"""What falls due by itself: lapses, settlements, tiers that end, memberships that close.

Every account is brought up to its own due moments, so a sweep that runs late, twice or in parts
ends the same. Each chunk is one transaction: a killed sweep goes on where it stopped. Several may
run at once: each takes accounts that no other has in hand.
"""

import gc
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from loyalty.actions.accounts import open_accounts
from loyalty.actions.batches import collecting_between_batches
from loyalty.actions.booking import Context, book
from loyalty.actions.changing import owners
from loyalty.actions.draws import due_pools, hold_draw
from loyalty.actions.returns import match_parked_returns
from loyalty.engine.due import catch_up
from loyalty.models import Standing
from loyalty.queries.programmes import timetable as published_timetable
from members.models import Account

CHUNK = 500


@dataclass(frozen=True, slots=True)
class DueRun:
    """How many accounts had something fall due."""

    accounts: int


def run_due(*, at: datetime, now: datetime, chunk: int = CHUNK) -> DueRun:
    """Carry out everything that has fallen due at ``at``, but what another sweep has in hand."""
    match_parked_returns(now=now)
    while _take_in(at=at, now=now, chunk=chunk):
        pass
    for draw, pool in due_pools(at):
        _run_accounts(at=pool.drawn_at, now=now, chunk=chunk)
        hold_draw(draw=draw, pool=pool, now=now)
    return DueRun(_run_accounts(at=at, now=now, chunk=chunk))


def _run_accounts(*, at: datetime, now: datetime, chunk: int) -> int:
    """Bring every account up to ``at``; answers how many had something fall due."""
    done, last = 0, 0
    with collecting_between_batches():
        while account_ids := _run_chunk(at=at, now=now, chunk=chunk, after=last):
            done, last = done + len(account_ids), account_ids[-1]
            gc.collect()
    return done


@transaction.atomic
def _take_in(*, at: datetime, now: datetime, chunk: int) -> int:
    """Accounts that nothing has happened to yet: theirs, too, is to fall due, as when nobody ever buys."""
    is_known = Exists(Standing.objects.filter(account=OuterRef("pk")))
    new = Account.objects.filter(~is_known, closed_at__isnull=True, opened_at__lte=at)
    account_ids = _claimed(new, chunk)
    timetable = published_timetable()
    book(Context(timetable, now), open_accounts(timetable, account_ids, since=at))
    return len(account_ids)


@transaction.atomic
def _run_chunk(*, at: datetime, now: datetime, chunk: int, after: int) -> list[int]:
    account_ids = _claimed(Account.objects.filter(standing__due_at__lte=at, pk__gt=after), chunk)
    if not account_ids:
        return []
    timetable = published_timetable()
    accounts = open_accounts(timetable, account_ids, since=at)
    for account in accounts.values():
        catch_up(timetable, account, at)
    book(Context(timetable, now, members=owners(account_ids)), accounts)
    return account_ids


def _claimed(accounts: QuerySet[Account], size: int) -> list[int]:
    """The first of these that nobody has in hand, locked with all that the query looks at.

    So an account that was swept since the query began is passed over.
    """
    free = accounts.order_by("pk").select_for_update(no_key=True, skip_locked=True)
    return list(free.values_list("pk", flat=True)[:size])
