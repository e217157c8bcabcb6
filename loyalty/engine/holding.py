"""Keeping vouchers and points for an order that is being paid: until the order, or until a time limit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from loyalty.engine import redemption
from loyalty.engine.account import Account
from loyalty.engine.effects import Because, Hold
from loyalty.engine.errors import Refused
from loyalty.engine.happening import MenuUse
from loyalty.engine.menus import points_for
from loyalty.engine.programme import Programme


@dataclass(frozen=True, slots=True)
class Held:
    """What one order has to itself: codes of vouchers, and parts of meters."""

    codes: Sequence[str]
    points: Sequence[Hold]


def hold(
    programme: Programme,
    account: Account,
    order: str,
    codes: Sequence[str],
    uses: Sequence[MenuUse],
    at: datetime,
    until: datetime,
) -> Held:
    """Keep just these for ``order``: vouchers by code, and what is wanted of menus. Raises ``Refused``, and then nothing holds."""
    end(account, order, at, {"key": "reservation_released", "order": order}, keeping=codes)
    for code in codes:
        redemption.reserve(account, redemption.find(account, code), order, at, until)
    wanted: dict[str, int] = {}
    for use in uses:
        meter, amount = points_for(programme, use)
        wanted[meter] = wanted.get(meter, 0) + amount
    for meter, amount in wanted.items():
        if amount > (available := account.free(meter, at, order)):
            raise Refused("not_enough", meter=meter, available=available, wanted=amount)
        account.holds.append(Hold(order, meter, amount, until))
    return held_for(account, order, at)


def held_for(account: Account, order: str, at: datetime) -> Held:
    """What is kept for ``order`` at ``at``."""
    vouchers = [one for one in account.vouchers if one.reserved_for == order]
    return Held(
        [one.code for one in vouchers if redemption.is_reserved(one, at)],
        [one for one in account.holds if one.order == order and at < one.until],
    )


def end(account: Account, order: str, at: datetime, because: Because, keeping: Sequence[str] = ()) -> None:
    """Nothing is kept for ``order`` any longer, but for the vouchers ``keeping``; nor what was kept too long."""
    account.holds = [one for one in account.holds if one.order != order and at < one.until]
    for voucher in account.vouchers:
        if voucher.state == "reserved" and voucher.reserved_for == order and voucher.code not in keeping:
            redemption.release(account, voucher, at, because)
