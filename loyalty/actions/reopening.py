"""Runs that settled wrongly are undone and settled again: for one account, or for everybody. Each has who and why."""

from collections.abc import Iterator
from datetime import date, datetime

from django.db import transaction

from loyalty.actions.accounts import open_accounts
from loyalty.actions.booking import Context, book
from loyalty.actions.changing import owners, programme_at
from loyalty.engine.calendar import last_moment
from loyalty.engine.due import catch_up
from loyalty.engine.effects import Because, VoucherChange
from loyalty.engine.errors import Refused
from loyalty.engine.reopening import run_of, settle_again
from loyalty.queries.programmes import timetable as published_timetable
from members.actions import UnableToAdjust
from members.models import Account

CHUNK = 200


def reopen_run(
    *, account: Account, conversion: str, day: date, reason: str, actor: str, now: datetime
) -> bool:
    """Undo what the run of ``conversion`` on ``day`` gave ``account``, and settle it again; whether that changed anything.

    Raises ``UnableToAdjust``: ``reason_is_missing``, ``no_run_to_reopen``, ``run_has_not_been``, ``account_is_closed``.
    """
    if account.closed_at is not None:
        raise UnableToAdjust("account_is_closed")
    return bool(_settle([account.pk], conversion, day, reason, actor, now))


def reopen_run_for_all(*, conversion: str, day: date, reason: str, actor: str, now: datetime) -> int:
    """The same for every open account, in chunks: begun again after a stop it changes nothing twice. Answers how many
    accounts it changed."""
    ids = list(Account.objects.filter(closed_at__isnull=True).order_by("pk").values_list("pk", flat=True))
    return sum(_settle(chunk, conversion, day, reason, actor, now) for chunk in _chunks(ids))


def _chunks(ids: list[int]) -> Iterator[list[int]]:
    yield from (ids[start : start + CHUNK] for start in range(0, len(ids), CHUNK))


@transaction.atomic
def _settle(ids: list[int], key: str, day: date, reason: str, actor: str, now: datetime) -> int:
    if not reason.strip():
        raise UnableToAdjust("reason_is_missing")
    timetable = published_timetable()
    accounts = open_accounts(timetable, ids, since=now, rule=key)
    why: Because = {"key": "run_reopened", "rule": key, "reason": reason.strip(), "actor": actor}
    changed = 0
    try:
        programme = programme_at(timetable, now)
        run_at = last_moment(day, programme.zone)
        conversion = run_of(programme, key, run_at, now)
        for account in accounts.values():
            catch_up(timetable, account, now)
            before = len(account.effects)
            settle_again(programme, conversion, account, run_at, now, why)
            changed += any(isinstance(one, VoucherChange) for one in account.effects[before:])
    except Refused as refused:
        raise UnableToAdjust(refused.key, **refused.facts) from refused
    book(Context(timetable, now, members=owners(ids)), accounts)
    return changed
