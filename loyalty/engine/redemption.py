"""Step 4: vouchers on a basket. A payable amount never goes below zero."""

from datetime import datetime
from zoneinfo import ZoneInfo

from loyalty.engine.account import Account, Because, Voucher, VoucherChange
from loyalty.engine.earning import split
from loyalty.engine.errors import Refused
from loyalty.engine.happening import Line, Order
from loyalty.engine.programme import Reward, Timetable


def use_vouchers(timetable: Timetable, account: Account, order: Order) -> None:
    """Use the vouchers that ``order`` names, in its order; raises ``Refused`` for one that cannot."""
    for code in order.vouchers:
        voucher = find(account, code)
        if voucher.redeemed_for == order.key:  # redeemed at the till, before the order was sent
            spread(min(voucher.used, order.paid), order.lines)
            continue
        reward = timetable.version(voucher.version).rewards[voucher.reward]
        check_usable(voucher, order.key, order.at)
        zone = timetable.version(voucher.version).zone
        eligible = _eligible(reward, order, zone)
        amount = discount(reward, voucher, order, eligible)
        spread(amount, eligible)
        redeem(account, reward, voucher, order.key, order.at, amount)


def find(account: Account, code: str) -> Voucher:
    for voucher in account.vouchers:
        if voucher.code == code:
            return voucher
    raise Refused("voucher_not_found", code=code)


def check_usable(voucher: Voucher, order_key: str, at: datetime) -> None:
    """Raises ``Refused`` when ``voucher`` cannot be used for that order at that moment."""
    if voucher.state == "redeemed":
        raise Refused("voucher_used", code=voucher.code, order=voucher.redeemed_for)
    if voucher.state == "cancelled":
        raise Refused("voucher_cancelled", code=voucher.code, because=voucher.ended_because)
    if voucher.state == "expired" or (voucher.expires_at and at >= voucher.expires_at):
        raise Refused("voucher_expired", code=voucher.code)
    if at < voucher.available_from:
        raise Refused("voucher_not_yet_usable", code=voucher.code)
    if is_reserved(voucher, at) and voucher.reserved_for != order_key:
        raise Refused("voucher_reserved", code=voucher.code, order=voucher.reserved_for)


def is_reserved(voucher: Voucher, at: datetime) -> bool:
    until = voucher.reserved_until
    return voucher.state == "reserved" and until is not None and at < until


def discount(reward: Reward, voucher: Voucher, order: Order, lines: list[Line]) -> int:
    """Öre that ``voucher`` takes off ``lines``; raises ``Refused`` when nothing of them allows it."""
    eligible = sum(line.paid for line in lines)
    if order.before_vouchers < reward.min_basket:
        raise Refused("basket_too_small", code=voucher.code, minimum_ore=reward.min_basket)
    if not eligible:
        raise Refused("nothing_to_pay_with_voucher", code=voucher.code)
    allowed = int(eligible * reward.max_share / 100)
    if voucher.kind == "percent_off":
        return min(int(eligible * voucher.percent / 100), allowed)
    return min(voucher.left, allowed)


def _eligible(reward: Reward, order: Order, zone: ZoneInfo) -> list[Line]:
    """What of ``order`` the reward may be used on: none of it in a store or on a day that is not its own."""
    if reward.scope.refuses_order(order, zone) is not None:
        return []
    return [line for line in order.lines if reward.scope.refuses_line(line) is None]


def spread(amount: int, lines: list[Line]) -> None:
    """Take ``amount`` öre off ``lines`` by what each still costs."""
    shares = split(amount, [line.paid for line in lines])
    for line, share in zip(lines, shares, strict=True):
        line.voucher += share


def redeem(
    account: Account, reward: Reward, voucher: Voucher, order_key: str, at: datetime, amount: int
) -> None:
    voucher.used += amount
    is_spent = voucher.kind != "money_off" or not reward.is_partly_usable or voucher.left == 0
    lost = voucher.left if is_spent and voucher.kind == "money_off" else 0
    voucher.state = "redeemed" if is_spent else "issued"
    voucher.redeemed_for, voucher.redeemed_at = order_key, at
    _free(voucher)
    because: Because = {"key": "voucher_used", "order": order_key, "value_ore": amount}
    if lost:
        because["lost_ore"] = lost
    account.effects.append(VoucherChange(voucher, "redeemed", at, because))


def reserve(account: Account, voucher: Voucher, order_key: str, at: datetime, until: datetime) -> None:
    """Hold ``voucher`` for one order until ``until``; raises ``Refused``."""
    check_usable(voucher, order_key, at)
    voucher.state = "reserved"
    voucher.reserved_for, voucher.reserved_until = order_key, until
    _change(account, voucher, "reserved", at, {"key": "voucher_reserved", "order": order_key})


def release(account: Account, voucher: Voucher, at: datetime, because: Because) -> None:
    """A reservation ends without use."""
    voucher.state = "issued"
    _free(voucher)
    _change(account, voucher, "released", at, because)


def reopen(account: Account, voucher: Voucher, at: datetime, because: Because) -> None:
    """A used voucher can be used again: its order was cancelled or came back."""
    voucher.used, voucher.state = 0, "issued"
    voucher.redeemed_for, voucher.redeemed_at = "", None
    _change(account, voucher, "reopened", at, because)


def end(account: Account, voucher: Voucher, state: str, at: datetime, because: Because) -> None:
    """``state`` expired or cancelled: it can never be used."""
    voucher.state, voucher.ended_because = state, because["key"]
    _free(voucher)
    _change(account, voucher, state, at, because)


def _free(voucher: Voucher) -> None:
    voucher.reserved_for, voucher.reserved_until = "", None


def _change(account: Account, voucher: Voucher, move: str, at: datetime, because: Because) -> None:
    account.effects.append(VoucherChange(voucher, move, at, because))
