"""What staff do by hand besides points: tiers set, vouchers cancelled. Each has who and why."""

from datetime import datetime

from django.db import transaction

from loyalty.actions.accounts import open_accounts
from loyalty.actions.booking import Context, book
from loyalty.actions.changing import programme_at
from loyalty.engine import redemption
from loyalty.engine.due import catch_up
from loyalty.engine.errors import Refused
from loyalty.engine.granting import ByHand, give_by_hand
from loyalty.models import Voucher
from loyalty.queries.programmes import timetable as published_timetable
from members.actions import UnableToAdjust
from members.models import Account, Member


@transaction.atomic
def set_tier(
    *,
    account: Account,
    ladder: str,
    tier: str,
    valid_to: datetime | None,
    reason: str,
    actor: str,
    now: datetime,
    origin: str = "manual",
) -> None:
    """Give ``account`` a tier as a floor until ``valid_to``, as ``origin`` says. Raises ``UnableToAdjust``."""
    _need_reason(reason)
    timetable = published_timetable()
    accounts = open_accounts(timetable, [account.pk], since=now)
    catch_up(timetable, accounts[account.pk], now)
    by = ByHand(actor, reason.strip(), origin)
    try:
        programme = programme_at(timetable, now)
        give_by_hand(programme, accounts[account.pk], ladder, tier, valid_to, now, by)
    except Refused as refused:
        raise UnableToAdjust("no_such_tier", ladder=ladder, tier=tier) from refused
    book(Context(timetable, now, members=_owner(account)), accounts)


@transaction.atomic
def cancel_voucher(*, voucher: Voucher, reason: str, actor: str, now: datetime) -> Voucher:
    """End an unused voucher. Raises ``UnableToAdjust`` when it is used, lapsed or cancelled."""
    _need_reason(reason)
    timetable = published_timetable()
    accounts = open_accounts(timetable, [voucher.account_id], since=now, codes=[voucher.code])
    account = accounts[voucher.account_id]
    catch_up(timetable, account, now)
    found = redemption.find(account, voucher.code)
    if not found.is_open:
        raise UnableToAdjust("voucher_is_not_open", state=found.state)
    because = {"key": "cancelled_by_staff", "reason": reason.strip(), "actor": actor}
    redemption.end(account, found, "cancelled", now, because)
    book(Context(timetable, now, members=_owner(voucher.account)), accounts)
    voucher.refresh_from_db()
    return voucher


def _need_reason(reason: str) -> None:
    if not reason.strip():
        raise UnableToAdjust("reason_is_missing")


def _owner(account: Account) -> dict[int, int]:
    member = Member.objects.filter(account=account).order_by("pk").first()
    return {account.pk: member.pk} if member else {}
