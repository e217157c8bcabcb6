"""What falls due by itself: lapses, settlements, tiers that end, memberships that close.

Every account is brought up to its own due moments, so a sweep that runs late, twice or in parts
ends the same. Each chunk is one transaction: a killed sweep goes on where it stopped.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from loyalty.actions.accounts import open_accounts
from loyalty.actions.booking import Context, book
from loyalty.actions.returns import match_parked_returns
from loyalty.engine.due import catch_up
from loyalty.models import Standing
from loyalty.queries.programmes import timetable as published_timetable
from members.models import Account, Member

CHUNK = 500


@dataclass(frozen=True, slots=True)
class DueRun:
    """How many accounts had something fall due."""

    accounts: int


def run_due(*, at: datetime, now: datetime, chunk: int = CHUNK) -> DueRun:
    """Carry out everything that has fallen due at ``at``."""
    match_parked_returns(now=now)
    while _take_in(at=at, now=now, chunk=chunk):
        pass
    done = 0
    while count := _run_chunk(at=at, now=now, chunk=chunk):
        done += count
    return DueRun(done)


@transaction.atomic
def _take_in(*, at: datetime, now: datetime, chunk: int) -> int:
    """Accounts that nothing has happened to yet: theirs, too, is to fall due, as when nobody ever buys."""
    new = Account.objects.filter(standing__isnull=True, closed_at__isnull=True, opened_at__lte=at)
    account_ids = list(new.order_by("pk").values_list("pk", flat=True)[:chunk])
    timetable = published_timetable()
    book(Context(timetable, now), open_accounts(timetable, account_ids, since=at))
    return len(account_ids)


@transaction.atomic
def _run_chunk(*, at: datetime, now: datetime, chunk: int) -> int:
    due = Standing.objects.filter(due_at__lte=at).order_by("due_at", "account_id")
    account_ids = list(due.values_list("account_id", flat=True)[:chunk])
    if not account_ids:
        return 0
    timetable = published_timetable()
    accounts = open_accounts(timetable, account_ids, since=at)
    for account in accounts.values():
        catch_up(timetable, account, at)
    owners = Member.objects.filter(account_id__in=account_ids).order_by("-pk")
    members = dict(owners.values_list("account_id", "pk"))
    book(Context(timetable, now, members=members), accounts)
    return len(account_ids)
