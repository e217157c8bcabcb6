"""Step 8: what goes back when goods come back. Own lot first, then other lots; the rest is debt."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from loyalty.engine import redemption
from loyalty.engine.account import Account
from loyalty.engine.effects import Because, Credit, FundEntry, Ref, Voucher
from loyalty.engine.happening import Order
from loyalty.engine.lapsing import expires_at, settle
from loyalty.engine.menus import Used
from loyalty.engine.objects import Meter
from loyalty.engine.posting import Posted
from loyalty.engine.programme import Programme, Timetable

RESTORED_LIFE = timedelta(days=30)
_BACK_FROM = {"cancelled": "voucher_cancelled", "expired": "voucher_expired_unused"}


def take_back(
    programme: Programme,
    account: Account,
    order: Order,
    name: str,
    before: Posted,
    amount: int,
    at: datetime,
    cause: Because,
    order_return: str,
) -> None:
    """Take ``amount`` back of what the rule ``name`` gave for ``order``."""
    if before.fund:
        told = {**cause, "rule": name, "fund": before.fund}
        account.effects.append(FundEntry(before.fund, -amount, at, told, name, programme.key, order.key))
    elif before.reward:
        _cancel_given(account, name, order, at, cause)
    else:
        _take_points(programme, account, order, name, before, amount, at, cause, order_return)


def _cancel_given(account: Account, rule: str, order: Order, at: datetime, cause: Because) -> None:
    for voucher in account.vouchers:
        is_its = voucher.rule == rule and voucher.order == order.key
        if is_its and voucher.state in ("scheduled", "issued"):
            redemption.end(account, voucher, "cancelled", at, {**cause, "order": order.key})


def _take_points(
    programme: Programme,
    account: Account,
    order: Order,
    name: str,
    before: Posted,
    amount: int,
    at: datetime,
    cause: Because,
    order_return: str,
) -> None:
    meter = programme.meters[before.meter]
    _undo_lapse(programme, account, order, name, meter, amount, at)
    if programme.returns.unused_vouchers != "keep":
        _take_bought(programme, account, order, meter, amount, at)
    own = [lot for lot in account.open_lots(meter.key) if lot.order == order.key]
    others = [lot for lot in account.by_consumption(meter, at) if lot.order != order.key]
    pending = [
        lot for lot in account.open_lots(meter.key) if lot.order != order.key and at < lot.available_from
    ]
    lots = [*own, *others, *pending] if programme.returns.owes_used_vouchers else own
    because: dict[str, Any] = {**cause, "rule": name, "meter": meter.key, "amount": amount}
    counts_at = order.at if programme.returns.counts_at_sale else at
    debit = account.debit(
        meter,
        amount,
        "reverse",
        at,
        because,
        lots,
        counts_at=counts_at,
        rule=name,
        version=programme.key,
        order=order.key,
        order_return=order_return,
        reverses=before.earned_by,
    )
    settle(programme, account, meter.key, counts_at, -amount, at)
    if not programme.returns.goes_below_zero or not programme.returns.owes_used_vouchers:
        _write_off(programme, account, meter, debit.ref, at)


def _write_off(programme: Programme, account: Account, meter: Meter, debit: Ref, at: datetime) -> None:
    """What a return lacks is given up: the club lets nobody owe it points."""
    owed = sum(debt.amount for debt in account.debts if debt.debit == debit)
    if owed:
        because: Because = {"key": "written_off", "meter": meter.key, "amount": owed}
        account.credit(meter, owed, "restore", at, because, reverses=debit, version=programme.key)


def _undo_lapse(
    programme: Programme,
    account: Account,
    order: Order,
    name: str,
    meter: Meter,
    amount: int,
    at: datetime,
) -> None:
    """Points of this order that lapsed unused were no gain: they are not taken back a second time."""
    own = [lot for lot in account.lots if lot.order == order.key and lot.meter == meter.key]
    missing = min(amount - sum(lot.remaining for lot in own), sum(lot.lapsed for lot in own))
    if missing <= 0:
        return
    because: Because = {"key": "lapse_undone", "meter": meter.key, "points": missing}
    details: dict[str, Any] = {"rule": name, "version": programme.key, "order": order.key}
    for lot in own:
        undone = min(lot.lapsed, missing)
        lot.lapsed -= undone
        missing -= undone
    account.credit(meter, because["points"], "restore", at, because, **details)


def _take_bought(
    programme: Programme, account: Account, order: Order, meter: Meter, amount: int, at: datetime
) -> None:
    """Unused vouchers bought with this order's points go, or lose what is missing, before anybody is in debt: the
    newest first, and those last that expired unused, which were no gain either."""
    held = sum(lot.remaining for lot in account.open_lots(meter.key))
    newest = account.vouchers[::-1]
    unused = [one for one in newest if one.state in ("scheduled", "issued")]
    expired = [one for one in newest if one.state == "expired"]
    for voucher in (*unused, *expired):
        missing = amount - held
        if missing <= 0:
            return
        backing = account.backing.get(voucher.debit, [])
        is_its = any(lot.order == order.key and lot.meter == meter.key for lot, _taken in backing)
        if not is_its:
            continue
        points = _freed(programme, account, voucher, missing, order, at)
        _give_back(programme, account, meter, voucher, points, order.key, at)
        held += points


def _freed(
    programme: Programme, account: Account, voucher: Voucher, missing: int, order: Order, at: datetime
) -> int:
    """How many points are behind the voucher no longer."""
    points = _unused_points(account, voucher)
    if voucher.state == "expired":
        return min(points, missing)
    if programme.returns.unused_vouchers == "reduce" and redemption.reduce(
        account, voucher, missing, points, order.key, at
    ):
        return missing
    because: Because = {"key": "points_behind_it_returned", "order": order.key}
    redemption.end(account, voucher, "cancelled", at, because)
    return points


def _unused_points(account: Account, voucher: Voucher) -> int:
    """How many points are behind what a voucher can still pay."""
    points = points_behind(account, voucher)
    return points * voucher.left // voucher.value if voucher.value else points


def _behind(account: Account, voucher: Voucher) -> dict[str, int]:
    """The points that a voucher was bought with and that have not come back, by the order that gave them."""
    found: dict[str, int] = {}
    for lot, taken in account.backing.get(voucher.debit, ()):
        found[lot.order] = found.get(lot.order, 0) + taken
    return {
        order: points - account.given_back.get((voucher.debit, order), 0) for order, points in found.items()
    }


def give_back(programme: Programme, account: Account, meter: Meter, voucher: Voucher, at: datetime) -> None:
    """The points behind a voucher that has been cancelled come back."""
    if points := points_behind(account, voucher):
        _give_back(programme, account, meter, voucher, points, "", at)


def points_behind(account: Account, voucher: Voucher) -> int:
    """The points that a voucher was bought with and that have not come back."""
    return sum(_behind(account, voucher).values())


def _give_back(
    programme: Programme,
    account: Account,
    meter: Meter,
    voucher: Voucher,
    points: int,
    order: str,
    at: datetime,
) -> None:
    """So many of the points behind a voucher come back, those of ``order`` first, each as what it was: of the same
    order, and of the same life but at least thirty days more."""
    behind = sorted(_behind(account, voucher).items(), key=lambda one: one[0] != order)
    for source, most in behind:
        back = min(points, most)
        if back <= 0:
            continue
        points -= back
        lots = (lot for lot, _taken in account.backing[voucher.debit] if lot.order == source)
        ends = [lot.expires_at for lot in lots if lot.expires_at]
        account.credit(
            meter,
            back,
            "restore",
            at,
            {"key": _BACK_FROM.get(voucher.state, "voucher_reduced"), "meter": meter.key, "points": back},
            expires_at=max(min(ends), at + RESTORED_LIFE) if ends else None,
            reverses=voucher.debit,
            version=programme.key,
            order=source,
        )
        key = voucher.debit, source
        account.given_back[key] = account.given_back.get(key, 0) + back


def reopen(timetable: Timetable, account: Account, order_key: str, at: datetime, is_cancelled: bool) -> None:
    """Vouchers used on an order that was cancelled, or came back whole where the reward says so."""
    for voucher in account.vouchers:
        if voucher.state == "redeemed" and voucher.redeemed_for == order_key:
            _reopen(timetable, account, voucher, order_key, at, is_cancelled)


def _reopen(
    timetable: Timetable,
    account: Account,
    voucher: Voucher,
    order_key: str,
    at: datetime,
    is_cancelled: bool,
) -> None:
    on_return = timetable.version(voucher.version).rewards[voucher.reward].on_return
    if not is_cancelled and on_return == "lost":
        return
    because = {"key": "order_cancelled" if is_cancelled else "order_returned", "order": order_key}
    if on_return == "store_credit" and not is_cancelled:
        account.effects.append(Credit(voucher.used, at, because, order_key))
    elif voucher.expires_at is None or at < voucher.expires_at:
        redemption.reopen(account, voucher, at, because)
    elif on_return == "restored_always":
        voucher.expires_at = at + RESTORED_LIFE
        redemption.reopen(account, voucher, at, because)


def give_back_points(
    programme: Programme,
    account: Account,
    order: Order,
    uses: Sequence[Used],
    at: datetime,
    is_cancelled: bool,
) -> list[Used]:
    """Points used on an order come back with the goods that they paid for, or their worth does, as their menu says.

    In whatever parts the goods come back, in all it is what was used. Answers what then has come back.
    """
    paid = sum(used.value for used in uses) + sum(
        voucher.used for voucher in account.vouchers if voucher.redeemed_for == order.key
    )
    gone = max(paid - sum(line.voucher for line in order.lines), 0)
    found = []
    for used in uses:
        points = used.points
        if order.lines:
            points = used.points * gone // paid if paid else 0
        if points > used.returned:
            _give_back_used(programme, account, order, used, points - used.returned, at, is_cancelled)
            used = replace(used, returned=points)
        found.append(used)
    return found


def _give_back_used(
    programme: Programme,
    account: Account,
    order: Order,
    used: Used,
    points: int,
    at: datetime,
    is_cancelled: bool,
) -> None:
    menu = programme.menus[used.menu]
    because: Because = {"key": "order_returned", "meter": menu.meter, "points": points, "order": order.key}
    if is_cancelled or menu.on_return == "restored":
        account.credit(
            programme.meters[menu.meter],
            points,
            "restore",
            at,
            because,
            expires_at=expires_at(programme, account, menu.meter, at),
            version=programme.key,
            order=order.key,
        )
    elif menu.on_return == "store_credit":
        before, now = (used.value * part // used.points for part in (used.returned, used.returned + points))
        account.effects.append(Credit(now - before, at, because, order.key))
