"""Steps 1, 2 and 7: what falls due on an account by itself.

An account is always brought up to a moment before anything happens to it at that moment. So it
does not matter when, how often or in how many parts the sweep runs.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache, partial

from loyalty.engine import leaving, redemption, tiers
from loyalty.engine.account import Account
from loyalty.engine.calendar import EMPTY_COURSE, add_months, day_end, last_moment, local_day, month_end
from loyalty.engine.conversions import can_pay, convert, convert_at_once
from loyalty.engine.effects import Because, Lot, LotExtended, Voucher
from loyalty.engine.lapsing import empty, expires_at, lapse
from loyalty.engine.objects import Conversion, Life, Meter
from loyalty.engine.occurring import next_occasions, occur
from loyalty.engine.programme import Programme, Timetable

Due = tuple[datetime, int, Callable[[], object]]
_DAY = timedelta(days=1)
FOR_LIFE = timedelta(days=36_500)
_FOREVER = datetime.max.replace(tzinfo=UTC)
_SHORTEST_MONTH = 28


def catch_up(timetable: Timetable, account: Account, to: datetime) -> None:
    """Carry out everything that falls due up to and including ``to``, in its own order."""
    while found := _all_due(timetable, account, to):
        moment = min(due[0] for due in found)
        account.computed_to = max(account.computed_to, moment)
        for _at, _rank, act in sorted((due for due in found if due[0] == moment), key=lambda due: due[1]):
            act()
    account.computed_to = max(account.computed_to, to)


def due_at(timetable: Timetable, account: Account) -> datetime | None:
    """When something falls due next, as the account stands now."""
    return min((due[0] for due in _all_due(timetable, account, _FOREVER)), default=None)


def _all_due(timetable: Timetable, account: Account, to: datetime) -> list[Due]:
    """The next of each kind of thing that falls due up to and including ``to``.

    Those of one moment all happen, each if it still can.
    """
    found = [*_vouchers(account)] if account.vouchers else []
    if (start := timetable.starts_after(account.computed_to)) is not None:
        found.append((start, 0, partial(_start, timetable, account, start)))
    if (programme := timetable.latest(account.computed_to)) is not None:
        found += _lots(programme, account)
        if programme.ladders or account.tiers:
            found += _tiers(programme, account)
        found += _inactivity(programme, account, to)
        found += leaving.to_come(programme, account)
        if not leaving.is_away(account, account.computed_to):
            found += _runs(timetable, programme, account)
        if programme.restarting_meters or programme.active_meters:
            found += _meters(timetable, programme, account)
        if programme.has_occasions and not account.closed_at:
            for moment, event in next_occasions(programme, account):
                found.append((moment, 0, partial(_occur, timetable, programme, account, event, moment)))
    return [due for due in found if due[0] <= to]


def _start(timetable: Timetable, account: Account, at: datetime) -> None:
    """A new version starts: what falls due is looked up anew, and lots take over its lifetimes where it says so."""
    take_over(timetable, account, at, account.lots)


def take_over(timetable: Timetable, account: Account, at: datetime, lots: Iterable[Lot]) -> None:
    """``lots`` last as the version in force at ``at`` says, where it takes over what was earned before it."""
    programme = timetable.at(at)
    if programme is None or not programme.takes_over_lots:
        return
    for lot in lots:
        lasts_to = expires_at(programme, account, lot.meter, lot.earned_at)
        if lot.remaining and lot.meter in programme.meters and lasts_to != lot.expires_at:
            lot.expires_at = max(lasts_to, at) if lasts_to else None
            because: Because = {"key": "lifetime_changed", "meter": lot.meter}
            account.effects.append(LotExtended(lot, at, because))


def _occur(timetable: Timetable, programme: Programme, account: Account, event: str, at: datetime) -> None:
    if timetable.at(at) is programme:
        occur(programme, account, event, at)


def _lots(programme: Programme, account: Account) -> Iterator[Due]:
    for lot in [one for one in account.lots if one.remaining]:
        if lot.expires_at:
            yield lot.expires_at, 1, partial(_lapse, programme, account, lot, lot.expires_at)
        if account.closed_at:
            continue
        if lot.meter in programme.meters_at_once and lot.available_from > account.computed_to:
            mature = partial(convert_at_once, programme, account, lot.available_from)
            yield lot.available_from, 5, mature


def _lapse(programme: Programme, account: Account, lot: Lot, at: datetime) -> None:
    """A lot is gone, unless its meter spares it: for a tier held, or for what the member did since."""
    if not lot.remaining or lot.expires_at != at:
        return
    later = _spared_to(programme, account, lot, at)
    if later is not None and later > at:
        lot.expires_at = later
        account.effects.append(LotExtended(lot, at, {"key": "lapse_put_off", "meter": lot.meter}))
        return
    lapse(programme, account, lot, at, {"key": "lapsed", "meter": lot.meter})


def _spared_to(programme: Programme, account: Account, lot: Lot, at: datetime) -> datetime | None:
    meter = programme.meters.get(lot.meter)
    if meter is None:
        return None
    lifetime = meter.lifetime
    for held in account.tiers.values():
        if held.tier in lifetime.suspended_for:
            return held.valid_to or at + FOR_LIFE
    if lifetime.extended_years:
        activities = [one for one in account.history.get("event.purchase", ()) if lot.earned_at < one.at < at]
        birth = lifetime.expires_at(lot.earned_at, programme.zone)
        if birth is not None:
            months = 12 * lifetime.extended_years * len(activities)
            last = add_months(local_day(birth, programme.zone) - _DAY, months)
            return day_end(last, programme.zone)
    return None


def _vouchers(account: Account) -> Iterator[Due]:
    for voucher in account.vouchers:
        if voucher.expires_at is None and voucher.reserved_until is None:
            continue
        if not voucher.is_open:
            continue
        if voucher.state == "reserved" and voucher.reserved_until:
            until = voucher.reserved_until
            yield until, 1, partial(_release, account, voucher, until)
        elif voucher.expires_at:
            yield voucher.expires_at, 2, partial(_expire, account, voucher, voucher.expires_at)


def _release(account: Account, voucher: Voucher, at: datetime) -> None:
    if voucher.state == "reserved":
        redemption.release(account, voucher, at, {"key": "reservation_ran_out"})


def _expire(account: Account, voucher: Voucher, at: datetime) -> None:
    if voucher.is_open:
        redemption.end(account, voucher, "expired", at, {"key": "lapsed"})


def _tiers(programme: Programme, account: Account) -> Iterator[Due]:
    for key, held in account.tiers.items():
        for one in (held, held.under):
            if one and one.tier and one.valid_to:
                yield one.valid_to, 3, partial(_fall, programme, account, key, one.valid_to)
    for ladder in programme.ladders:
        if not ladder.rises_at_once and (at := tiers.next_promotion(programme, ladder, account)):
            yield at, 3, partial(tiers.rise, programme, account, at, is_window_end=True)


def _fall(programme: Programme, account: Account, ladder: str, at: datetime) -> None:
    held = account.tiers[ladder]
    if any(one and one.tier and one.valid_to == at for one in (held, held.under)):
        tiers.fall(programme, account, ladder, at)


def _runs(timetable: Timetable, programme: Programme, account: Account) -> Iterator[Due]:
    for conversion in programme.runs:
        if not can_pay(conversion, account):
            continue
        moment = _next_run(programme, conversion, account)
        if moment and timetable.at(moment) is programme:
            yield moment, 4, partial(convert, programme, conversion, account, moment)


def _next_run(programme: Programme, conversion: Conversion, account: Account) -> datetime | None:
    schedule, after = conversion.schedule, local_day(account.computed_to, programme.zone) - _DAY
    course = account.course(conversion.meter, schedule.window, programme.zone)
    day = _run_of_all(conversion, after) if course is EMPTY_COURSE else schedule.next_day(after, course)
    while day is not None and last_moment(day, programme.zone) <= account.computed_to:
        day = schedule.next_day(day, course)
    return None if day is None else last_moment(day, programme.zone)


@lru_cache(maxsize=4096)
def _run_of_all(conversion: Conversion, after: date) -> date | None:
    """The next run where it is the same for every account."""
    return conversion.schedule.next_day(after)


def _meters(timetable: Timetable, programme: Programme, account: Account) -> Iterator[Due]:
    """Meters that start again with their window, and balances kept only while the member is active."""
    for meter in programme.restarting_meters:
        balance = account.balance(meter.key)
        if not balance or (balance < 0 and meter.is_spendable):
            continue
        course = account.course(meter.key, meter.window, programme.zone)
        day = meter.window.next_end(local_day(account.computed_to, programme.zone) - _DAY, course)
        while day is not None and last_moment(day, programme.zone) <= account.computed_to:
            day = meter.window.next_end(day, course)
        if day is not None and timetable.at(at := last_moment(day, programme.zone)) is programme:
            yield at, 5, partial(_restart, programme, account, meter, at)
    for meter in programme.active_meters:
        if any(account.open_lots(meter.key)):
            last = max(account.last_at.get(kind, account.joined_at) for kind in meter.lifetime.since)
            day = meter.lifetime.last_day_after(local_day(last, programme.zone))
            at = day_end(day, programme.zone)
            because: Because = {"key": "inactive", "months": meter.lifetime.months}
            yield at, 1, partial(empty, programme, account, meter.key, at, because)


def _restart(programme: Programme, account: Account, meter: Meter, at: datetime) -> None:
    because: Because = {"key": "window_ended", "meter": meter.key}
    if meter.at_window_end == "zero" or not meter.is_spendable:
        empty(programme, account, meter.key, at, because)
        return
    for lot in [one for one in account.open_lots(meter.key) if one.is_available(at)]:
        lapse(programme, account, lot, at, because)


def _inactivity(programme: Programme, account: Account, to: datetime) -> Iterator[Due]:
    life = programme.life
    if not life.inactive_months or account.closed_at:
        return
    last = max(account.last_at.get(kind, account.joined_at) for kind in life.without)
    since = max(last, account.joined_at)
    if (to - since).days < _SHORTEST_MONTH * life.inactive_months:
        return
    moment = _silent_at(programme, life, local_day(since, programme.zone))
    if life.effect == "close":
        yield moment, 6, partial(leaving.close, programme, account, moment, _silent(life))
    elif life.effect == "zero" and any(lot.remaining for lot in account.lots):
        yield moment, 6, partial(leaving.lose_points, programme, account, moment, _silent(life))


def _silent_at(programme: Programme, life: Life, since: date) -> datetime:
    """The first moment after the months without anything; or the run that follows."""
    last = add_months(since, life.inactive_months)
    if life.has_full_months:
        last = month_end(add_months(since.replace(day=1), life.inactive_months))
    if life.ends is not None and (run := life.ends.next_day(last - _DAY)) is not None:
        return last_moment(run, programme.zone)
    return day_end(last, programme.zone)


def _silent(life: Life) -> Because:
    return {"key": "inactive", "months": life.inactive_months}
