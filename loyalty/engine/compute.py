"""What can happen to an account, each computed in the fixed order of the eight steps.

1 lapse and close · 2 tiers that fall due · 3 prices · 4 vouchers · 5 earning · 6 meters, conversions
at once, tiers · 7 runs · 8 returns. Steps 1, 2 and 7 are ``due.catch_up``.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from loyalty.engine import redemption, tiers
from loyalty.engine.account import Account, Because, Lot, Ref
from loyalty.engine.calendar import day_start, local_day
from loyalty.engine.conversions import convert_at_once
from loyalty.engine.due import catch_up
from loyalty.engine.earning import AtSale, Award, Given, award
from loyalty.engine.errors import Refused
from loyalty.engine.happening import Order
from loyalty.engine.programme import EarningRule, Meter, Programme, Timetable

RESTORED_LIFE = timedelta(days=30)


@dataclass(slots=True)
class Sale:
    """What must be kept of an order to take back exactly what it gave: the frozen side."""

    award: Award
    at_sale: AtSale
    posted: dict[str, "Posted"] = field(default_factory=dict)


@dataclass(slots=True)
class Posted:
    """What stands in the ledger for one rule of one order."""

    meter: str
    amount: int
    earned_by: Ref | None = None


def place_order(timetable: Timetable, account: Account, order: Order) -> Sale:
    """Steps 1 to 6 for a new order; a late one is computed as of its own date.

    Changes the voucher share of ``order``'s lines. Raises ``Refused`` for a voucher that cannot
    be used; then nothing of it may be stored.
    """
    catch_up(timetable, account, order.at)
    programme = timetable.at(order.at)
    at_sale = AtSale(dict(account.balances), {key: held.tier for key, held in account.tiers.items()})
    redemption.use_vouchers(timetable, account, order)
    if programme is None:
        return Sale(Award("", because=[{"key": "no_programme"}]), at_sale)
    if account.closed_at and account.closed_at <= order.at:
        return Sale(Award(programme.key, because=[{"key": "account_closed"}]), at_sale)
    if account.last_purchase_at is None or order.at > account.last_purchase_at:
        account.last_purchase_at = order.at
    sale = Sale(award(programme, order, at_sale), at_sale)
    for given in sale.award.given:
        if given.amount:
            sale.posted[given.name] = _earn(programme, account, order, given, order.at)
    convert_at_once(programme, account, order.at)
    tiers.rise(programme, account, order.at)
    return sale


def correct_order(
    timetable: Timetable,
    account: Account,
    order: Order,
    sale: Sale,
    at: datetime,
    cause: Because,
    order_return: str = "",
) -> Sale:
    """Step 8: ``order`` is what stands of it now, after a return, a new revision or a cancellation.

    What is posted is the award of what stands under the frozen rules, minus what was posted. So
    any way to the same end gives the same sum.
    """
    catch_up(timetable, account, at)
    if not sale.award.version:
        return sale
    programme = timetable.version(sale.award.version)
    target = award(programme, order, sale.at_sale)
    wanted = {given.name: given for given in target.given}
    posted = dict(sale.posted)
    for name, before in sale.posted.items():
        given = wanted.pop(name, None)
        difference = (given.amount if given else 0) - before.amount
        if difference < 0:
            _take_back(programme, account, order, name, before, -difference, at, cause, order_return)
        elif given and difference:
            _earn(programme, account, order, given, at, difference)
        posted[name] = Posted(before.meter, before.amount + difference, before.earned_by)
    for name, given in wanted.items():
        if given.amount:
            posted[name] = _earn(programme, account, order, given, at)
    tiers.undo(programme, account, order.at, at)
    tiers.rise(programme, account, at)
    return Sale(target, sale.at_sale, posted)


def reopen_vouchers(
    timetable: Timetable, account: Account, order_key: str, at: datetime, is_cancelled: bool
) -> None:
    """Vouchers used on an order that was cancelled, or came back whole where the reward says so."""
    for voucher in account.vouchers:
        if voucher.state != "redeemed" or voucher.redeemed_for != order_key:
            continue
        reward = timetable.version(voucher.version).rewards[voucher.reward]
        if not is_cancelled and not reward.is_returned:
            continue
        if voucher.expires_at is None or at < voucher.expires_at:
            because = {"key": "order_cancelled" if is_cancelled else "order_returned"}
            redemption.reopen(account, voucher, at, {**because, "order": order_key})


def adjust(
    timetable: Timetable,
    account: Account,
    meter_key: str,
    amount: int,
    at: datetime,
    actor: str,
    reason: str,
) -> None:
    """Staff add or take points; taking more than is available raises ``Refused``."""
    catch_up(timetable, account, at)
    programme = timetable.latest(at)
    if programme is None or meter_key not in programme.meters:
        raise Refused("no_such_meter", meter=meter_key)
    meter = programme.meters[meter_key]
    because: Because = {"key": "adjusted", "meter": meter_key, "amount": amount, "reason": reason}
    details: dict[str, Any] = {"version": programme.key, "actor": actor, "reason": reason}
    if amount > 0:
        expires_at = meter.lifetime.expires_at(at, programme.zone)
        account.credit(meter, amount, "adjust", at, because, expires_at=expires_at, **details)
        convert_at_once(programme, account, at)
        return
    available = account.available(meter_key, at) if meter.is_spendable else account.balance(meter_key)
    if -amount > available:
        raise Refused("not_enough", meter=meter_key, available=available, wanted=-amount)
    lots = account.by_consumption(meter, at)
    account.debit(meter, -amount, "adjust", at, because, lots, **details)


def _earn(
    programme: Programme,
    account: Account,
    order: Order,
    given: Given,
    at: datetime,
    amount: int | None = None,
) -> Posted:
    meter, total = programme.meters[given.rule.meter], amount or given.amount
    entry = account.credit(
        meter,
        total,
        "earn",
        at,
        given.because,
        available_from=_available_from(programme, given.rule, order.at, at),
        expires_at=meter.lifetime.expires_at(order.at, programme.zone),
        counts_at=order.at,
        rule=given.name,
        version=programme.key,
        order=order.key,
    )
    return Posted(meter.key, total, entry.ref)


def _available_from(programme: Programme, rule: EarningRule, sold_at: datetime, at: datetime) -> datetime:
    if not rule.pending_days:
        return at
    day = local_day(sold_at, programme.zone) + timedelta(days=rule.pending_days)
    return max(at, day_start(day, programme.zone))


def _take_back(
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
    if programme.cancels_unused_vouchers:
        _cancel_bought(programme, account, order, meter, amount, at)
    own = [lot for lot in account.open_lots(meter.key) if lot.order == order.key]
    others = [lot for lot in account.by_consumption(meter, at) if lot.order != order.key]
    pending = [
        lot for lot in account.open_lots(meter.key) if lot.order != order.key and at < lot.available_from
    ]
    because: dict[str, Any] = {**cause, "rule": name, "meter": meter.key, "amount": amount}
    account.debit(
        meter,
        amount,
        "reverse",
        at,
        because,
        [*own, *others, *pending],
        counts_at=order.at,
        rule=name,
        version=programme.key,
        order=order.key,
        order_return=order_return,
        reverses=before.earned_by,
    )


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


def _cancel_bought(
    programme: Programme, account: Account, order: Order, meter: Meter, amount: int, at: datetime
) -> None:
    """Unused vouchers bought with this order's points go before anybody is in debt, newest first."""
    held = sum(lot.remaining for lot in account.open_lots(meter.key))
    own = {lot.ref for lot in account.lots if lot.order == order.key and lot.meter == meter.key}
    for voucher in reversed(account.vouchers):
        if held >= amount:
            return
        backing = account.backing.get(voucher.debit, [])
        if voucher.state not in ("scheduled", "issued") or not own.intersection(
            ref for ref, _taken in backing
        ):
            continue
        points = sum(taken for _ref, taken in backing)
        because: Because = {"key": "points_behind_it_returned", "order": order.key}
        redemption.end(account, voucher, "cancelled", at, because)
        account.credit(
            meter,
            points,
            "restore",
            at,
            {"key": "voucher_cancelled", "meter": meter.key, "points": points},
            expires_at=_restored_until(account, [ref for ref, _taken in backing], at),
            reverses=voucher.debit,
            version=programme.key,
        )
        held += points


def _restored_until(account: Account, refs: list[Ref], at: datetime) -> datetime | None:
    """Points that come back keep their old expiry, but at least thirty days."""
    lots: dict[Ref, Lot] = {lot.ref: lot for lot in account.lots}
    ends = [lots[ref].expires_at for ref in refs if ref in lots]
    dated = [end for end in ends if end is not None]
    return max(min(dated), at + RESTORED_LIFE) if dated else None
