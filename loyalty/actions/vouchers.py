"""A voucher's way: reserve for one order, release, redeem. Under the account's lock, always."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from loyalty.actions.accounts import open_accounts
from loyalty.actions.booking import Context, book
from loyalty.engine import redemption
from loyalty.engine.account import Account
from loyalty.engine.account import Voucher as EngineVoucher
from loyalty.engine.due import catch_up
from loyalty.engine.errors import Refused
from loyalty.engine.happening import Line, Order
from loyalty.models import Voucher
from loyalty.queries.programmes import timetable as published_timetable
from members.actions import UnableToFind, UnableToRedeem, UnableToReserve
from members.models import Member

# The channel of an order that names none.
SHOP = "shop"


@dataclass(frozen=True, slots=True)
class Redeemed:
    """Öre: what the voucher took off and what is left to pay."""

    voucher: Voucher
    discount_ore: int
    payable_ore: int
    is_replay: bool


@transaction.atomic
def reserve_voucher(
    *,
    code: str,
    order_key: str,
    until: datetime,
    now: datetime,
    actor: str,
    store: str = "",
    channel: str = "",
) -> Voucher:
    """Hold the voucher for ``order_key`` ("source:number") until ``until``; again: until then.

    Where the order will be made may be left open: it is asked again when the voucher is used.
    Raises ``UnableToFind`` or ``UnableToReserve``.
    """
    opened = _open(code, now)
    if until <= now:
        raise UnableToReserve("until_has_passed")
    try:
        if store or channel:
            place = Order(order_key, now, [], store, channel or SHOP)
            redemption.check_place(published_timetable(), opened.account, opened.voucher, place)
        redemption.reserve(opened.account, opened.voucher, order_key, now, until)
    except Refused as refused:
        raise UnableToReserve(refused.key, **refused.facts) from refused
    return opened.close(now)


@transaction.atomic
def release_voucher(*, code: str, order_key: str, now: datetime, actor: str) -> Voucher:
    """End the reservation for ``order_key``. A voucher that is not reserved for it stays as it is."""
    opened = _open(code, now)
    voucher = opened.voucher
    if voucher.state == "reserved" and voucher.reserved_for == order_key:
        because = {"key": "reservation_released", "order": order_key}
        redemption.release(opened.account, voucher, now, because)
    elif voucher.state == "reserved":
        raise UnableToReserve("voucher_reserved", code=code, order=voucher.reserved_for)
    return opened.close(now)


@transaction.atomic
def redeem_voucher(
    *,
    code: str,
    order_key: str,
    amount_ore: int,
    now: datetime,
    actor: str,
    store: str = "",
    channel: str = "",
    at: datetime | None = None,
) -> Redeemed:
    """Use the voucher on ``order_key``, which costs ``amount_ore`` before it, in the store with that code.

    ``at`` is when it was used, where that was before the club heard of it.

    The same order again gets the same answer; another order is refused with ``UnableToRedeem``.
    """
    used_at = at or now
    opened = _open(code, used_at)
    voucher = opened.voucher
    if voucher.state == "redeemed" and voucher.redeemed_for == order_key:
        return Redeemed(opened.row, voucher.used, max(amount_ore - voucher.used, 0), is_replay=True)
    order = Order(order_key, used_at, [Line("basket", 1000, amount_ore)], store, channel or SHOP, (code,))
    try:
        redemption.use_vouchers(published_timetable(), opened.account, order)
    except Refused as refused:
        raise UnableToRedeem(refused.key, **refused.facts) from refused
    return Redeemed(opened.close(now), amount_ore - order.paid, order.paid, is_replay=False)


@dataclass(slots=True)
class _Open:
    row: Voucher
    account: Account
    voucher: EngineVoucher

    def close(self, now: datetime) -> Voucher:
        """Write what happened, and the voucher as it is now."""
        member = Member.objects.filter(account_id=self.row.account_id).order_by("pk").first()
        members = {self.row.account_id: member.pk} if member else {}
        context = Context(published_timetable(), now, members=members)
        book(context, {self.row.account_id: self.account})
        self.row.refresh_from_db()
        return self.row


def _open(code: str, now: datetime) -> _Open:
    row = Voucher.objects.filter(code=code).first()
    if row is None:
        raise UnableToFind("voucher_not_found", code=code)
    timetable = published_timetable()
    account = open_accounts(timetable, [row.account_id], since=now, codes=[code])[row.account_id]
    catch_up(timetable, account, now)
    return _Open(row, account, redemption.find(account, code))
