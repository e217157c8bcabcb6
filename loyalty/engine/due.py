"""Steps 1, 2 and 7: what falls due on an account by itself.

An account is always brought up to a moment before anything happens to it at that moment. So it
does not matter when, how often or in how many parts the sweep runs.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial

from loyalty.engine import redemption, tiers
from loyalty.engine.account import Account, Because, Closing
from loyalty.engine.calendar import add_months, day_end, last_moment, local_day
from loyalty.engine.conversions import convert, convert_at_once, lapse
from loyalty.engine.programme import Conversion, Life, Programme, Timetable

Due = tuple[datetime, int, Callable[[], object]]


def catch_up(timetable: Timetable, account: Account, to: datetime) -> None:
    """Carry out everything that falls due up to and including ``to``, in its own order."""
    while (due := _first(timetable, account)) is not None and due[0] <= to:
        moment, _rank, act = due
        account.computed_to = max(account.computed_to, moment)
        act()
    account.computed_to = max(account.computed_to, to)


def due_at(timetable: Timetable, account: Account) -> datetime | None:
    """When something falls due next, as the account stands now."""
    due = _first(timetable, account)
    return due[0] if due else None


def _first(timetable: Timetable, account: Account) -> Due | None:
    found = [*_vouchers(account)]
    if (start := timetable.starts_after(account.computed_to)) is not None:
        found.append((start, 0, _nothing))
    if (programme := timetable.latest(account.computed_to)) is not None:
        found += _lots(programme, account)
        found += _tiers(programme, account)
        found += _inactivity(programme, account)
        found += _runs(timetable, programme, account)
    return min(found, key=lambda due: due[:2], default=None)


def _nothing() -> None:
    """A new version starts: what falls due is looked up anew."""


def _lots(programme: Programme, account: Account) -> Iterator[Due]:
    at_once = {row.meter for row in programme.conversions if row.schedule.kind == "at_once"}
    for lot in account.lots:
        if not lot.remaining:
            continue
        if lot.expires_at:
            because: Because = {"key": "lapsed", "meter": lot.meter}
            act = partial(lapse, programme, account, lot, lot.expires_at, because)
            yield lot.expires_at, 1, act
        if lot.meter in at_once and lot.available_from > account.computed_to:
            mature = partial(convert_at_once, programme, account, lot.available_from)
            yield lot.available_from, 5, mature


def _vouchers(account: Account) -> Iterator[Due]:
    for voucher in account.vouchers:
        if not voucher.is_open:
            continue
        if voucher.state == "reserved" and voucher.reserved_until:
            because: Because = {"key": "reservation_ran_out"}
            until = voucher.reserved_until
            yield until, 1, partial(redemption.release, account, voucher, until, because)
        elif voucher.expires_at:
            at = voucher.expires_at
            ended: Because = {"key": "lapsed"}
            yield at, 2, partial(redemption.end, account, voucher, "expired", at, ended)


def _tiers(programme: Programme, account: Account) -> Iterator[Due]:
    for ladder, held in account.tiers.items():
        if held.tier and held.valid_to:
            yield held.valid_to, 3, partial(tiers.fall, programme, account, ladder, held.valid_to)


def _runs(timetable: Timetable, programme: Programme, account: Account) -> Iterator[Due]:
    for conversion in programme.conversions:
        if not _can_pay(conversion, account):
            continue
        moment = _next_run(programme, conversion, account.computed_to)
        if moment and timetable.at(moment) is programme:
            yield moment, 4, partial(convert, programme, conversion, account, moment)


def _can_pay(conversion: Conversion, account: Account) -> bool:
    held = sum(lot.remaining for lot in account.open_lots(conversion.meter))
    return bool(held) and (held >= conversion.threshold or not conversion.is_carried)


def _next_run(programme: Programme, conversion: Conversion, after: datetime) -> datetime | None:
    day = conversion.schedule.next_day(local_day(after, programme.zone) - timedelta(days=1))
    while day is not None and last_moment(day, programme.zone) <= after:
        day = conversion.schedule.next_day(day)
    return None if day is None else last_moment(day, programme.zone)


def _inactivity(programme: Programme, account: Account) -> Iterator[Due]:
    life = programme.life
    if not life.inactive_months or account.closed_at:
        return
    since = account.last_purchase_at or account.joined_at
    last = add_months(local_day(since, programme.zone), life.inactive_months)
    moment = day_end(last, programme.zone)
    if life.effect == "close":
        yield moment, 6, partial(close, programme, account, moment, _silent(life))
    elif life.effect == "zero" and any(lot.remaining for lot in account.lots):
        yield moment, 6, partial(_empty, programme, account, moment, _silent(life))


def _silent(life: Life) -> Because:
    return {"key": "inactive", "months": life.inactive_months}


def close(programme: Programme, account: Account, at: datetime, because: Because) -> None:
    """The membership ends: points are lost and open vouchers are cancelled."""
    _empty(programme, account, at, because)
    for voucher in account.vouchers:
        if voucher.is_open:
            redemption.end(account, voucher, "cancelled", at, because)
    account.closed_at = at
    account.effects.append(Closing(at, because))


def _empty(programme: Programme, account: Account, at: datetime, because: Because) -> None:
    for lot in account.lots:
        if lot.remaining:
            lapse(programme, account, lot, at, because)
