"""Vouchers that are handed on, those that must be claimed, and those that are one thing of a list."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from loyalty.actions.accounts import open_accounts
from loyalty.actions.booking import Context, book
from loyalty.actions.changing import changing, owners
from loyalty.engine import issuing, redemption
from loyalty.engine.due import catch_up
from loyalty.engine.errors import Refused
from loyalty.models import Voucher
from loyalty.queries.programmes import timetable as published_timetable
from members.actions import UnableToChoose, UnableToFind, UnableToGive
from members.models import Member


def claim_voucher(*, code: str, now: datetime, actor: str) -> Voucher:
    """Claim a scheduled voucher: from now on it can be used. Raises ``UnableToFind`` or ``UnableToGive``."""
    row = _row(code)
    with changing(row.account_id, at=now, now=now, refusal=UnableToGive, codes=[code]) as opened:
        timetable, account = opened
        catch_up(timetable, account, now)
        voucher = redemption.find(account, code)
        issuing.claim(timetable.version(voucher.version), voucher, account, now)
    row.refresh_from_db()
    return row


def choose_benefit(*, code: str, choice: str, now: datetime, actor: str) -> Voucher:
    """One thing of the list of a voucher: it is one of that from now on. Raises ``UnableToFind`` or ``UnableToChoose``."""
    row = _row(code)
    with changing(row.account_id, at=now, now=now, refusal=UnableToChoose, codes=[code]) as opened:
        timetable, account = opened
        catch_up(timetable, account, now)
        voucher = redemption.find(account, code)
        issuing.choose(timetable.version(voucher.version), voucher, account, choice, now)
    row.refresh_from_db()
    return row


@transaction.atomic
def give_voucher(*, code: str, to: Member | None, now: datetime, actor: str) -> Voucher:
    """Hand a voucher on to another member, who gets one of their own for it, or to somebody outside the club.

    Raises ``UnableToFind`` or ``UnableToGive``.
    """
    row = _row(code)
    timetable = published_timetable()
    ids = {row.account_id, to.account_id} if to else {row.account_id}
    accounts = open_accounts(timetable, ids, since=now, codes=[code])
    giver = accounts[row.account_id]
    catch_up(timetable, giver, now)
    try:
        voucher = redemption.find(giver, code)
        reward = timetable.version(voucher.version).rewards[voucher.reward]
        named, is_at_home = (str(to.pk), to.account_id == row.account_id) if to else ("", False)
        before = _given_before(row, now)
        redemption.give(giver, reward, voucher, named, now, before, is_at_home=is_at_home)
        if to is not None:
            catch_up(timetable, accounts[to.account_id], now)
            redemption.receive(giver, accounts[to.account_id], voucher, now)
    except Refused as refused:
        raise UnableToGive(refused.key, **refused.facts) from refused
    book(Context(timetable, now, members=owners(ids)), accounts)
    row.refresh_from_db()
    return row


def _given_before(row: Voucher, now: datetime) -> int:
    """How many of the same kind the account has given on this year."""
    year = timezone.localtime(now).year
    same = Voucher.objects.filter(account_id=row.account_id, reward=row.reward, issued_at__year=year)
    return same.exclude(given_to="").count()


def _row(code: str) -> Voucher:
    row = Voucher.objects.filter(code=code).first()
    if row is None:
        raise UnableToFind("voucher_not_found", code=code)
    return row
