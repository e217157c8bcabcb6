"""A run that settled wrongly: what nobody has used of it is taken back, and it is settled again by the rules in force.

Nothing is paid twice: what was used, or has lapsed, stays paid and the points behind it stay gone. Whatever is settled
again names its run, so that a third time takes that back, and not only the first.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from loyalty.engine import redemption
from loyalty.engine.account import Account
from loyalty.engine.calendar import Span, last_moment, local_day
from loyalty.engine.conversions import Portion, counted_at, measured_of, pay, portions_of
from loyalty.engine.effects import Because, Voucher
from loyalty.engine.errors import Refused
from loyalty.engine.expansion import OWED
from loyalty.engine.leaving import check_open
from loyalty.engine.objects import Conversion
from loyalty.engine.programme import Programme
from loyalty.engine.reading import Reading
from loyalty.engine.returning import give_back, points_behind

EVER = Span(None, None)
# How many runs after a sale may be asked whether they have counted it.
_MOST_RUNS = 60
_FORMS = ("step", "linear", "table", "whole_percent", "marginal_percent")


def run_of(programme: Programme, key: str, run_at: datetime, at: datetime) -> Conversion:
    """The conversion that ran at ``run_at``. Raises ``Refused`` where it did not, or cannot be settled again."""
    found = next((one for one in programme.runs if one.key == key), None)
    if found is None or not is_reopenable(found):
        raise Refused("no_run_to_reopen", conversion=key)
    if run_at > at:
        raise Refused("run_has_not_been", conversion=key, day=local_day(run_at, programme.zone).isoformat())
    return found


def reopen(
    programme: Programme, account: Account, key: str, run_at: datetime, at: datetime, why: Because
) -> None:
    """Undo what a run gave one account, and settle it again. Raises ``Refused``."""
    conversion = run_of(programme, key, run_at, at)
    check_open(account, at)
    settle_again(programme, conversion, account, run_at, at, why)


def is_reopenable(conversion: Conversion) -> bool:
    """Whether a run gives vouchers for what it measured alone: not for rows of windows, and with nothing else taken out."""
    takes_more = conversion.fee or conversion.fees or conversion.fills
    loses_more = conversion.takes == "all" or (not conversion.is_carried and conversion.takes != "nothing")
    is_plain = conversion.form.kind in _FORMS and conversion.measure != "passings" and not conversion.to_meter
    return is_plain and not takes_more and not loses_more


def run_name(key: str, run_at: datetime) -> str:
    """What vouchers of a run that was settled again came of."""
    return f"{key}:{run_at.isoformat()}"


def settle_again(
    programme: Programme,
    conversion: Conversion,
    account: Account,
    run_at: datetime,
    at: datetime,
    why: Because,
) -> None:
    """Take back the unused vouchers of a run and give what it comes to now; where that is the same, leave them.

    What was used, or paid an earlier debt, stays. Where that is more than it comes to, the rest is owed."""
    if account.closed_at:
        return
    name = run_name(conversion.key, run_at)
    own = _ever_of(account, conversion.key, run_at)
    unused = [one for one in own if _is_untouched(one)]
    kept = [one for one in own if one.state != "cancelled" and one not in unused]
    behind = sum(points_behind(account, one) for one in unused)
    portions = _again(programme, conversion, account, run_at, at, behind)
    if conversion.takes == "nothing":
        _owe(programme, account, _paid(kept) - sum(one.value for one in portions), at, name, why)
        portions = list(_beyond(portions, _paid(kept)))
    if conversion.max_per_run:
        portions = portions[: max(conversion.max_per_run - len(kept), 0)]
    if [one.value for one in portions] == [one.value for one in unused]:
        return
    for voucher in unused:
        redemption.end(account, voucher, "cancelled", at, why)
        give_back(programme, account, programme.meters[conversion.meter], voucher, at)
    for number, portion in enumerate(portions, len(own)):
        pay(programme, conversion, account, at, portion.taken, portion.value, f"{name}:{number}")


def _is_untouched(voucher: Voucher) -> bool:
    return voucher.state in ("scheduled", "issued") and not voucher.used and _paid([voucher]) == voucher.value


def _paid(vouchers: Iterable[Voucher]) -> int:
    """What they stood for when they were given, before anything was taken out of it."""
    return sum(one.because.get("value_ore", one.value) for one in vouchers)


def _owe(programme: Programme, account: Account, amount: int, at: datetime, name: str, why: Because) -> None:
    """``amount`` is what a run has paid too much in all; what was owed for it before is not owed twice."""
    if OWED not in programme.meters:
        return
    owed = account.standing(OWED, EVER).get(name, 0)
    more = max(amount, 0) - owed
    told: dict[str, Any] = {"version": programme.key, "order": name}
    if more > 0:
        account.credit(programme.meters[OWED], more, "earn", at, why, **told)
    elif more < 0:
        account.debit(programme.meters[OWED], -more, "reverse", at, why, **told)


def _again(
    programme: Programme,
    conversion: Conversion,
    account: Account,
    run_at: datetime,
    at: datetime,
    behind: int,
) -> list[Portion]:
    """What the run comes to, with the points ``behind`` what is taken back."""
    reading = Reading(programme, account, counted_at(programme, conversion, account, run_at))
    if conversion.condition and not conversion.condition.holds(reading):
        return []
    measured = measured_of(conversion, account, reading, at)
    if conversion.measure == "available":
        measured += behind - _earned_after(account, conversion.meter, run_at, at)
    return list(portions_of(programme, conversion, reading, measured))


def after_return(programme: Programme, account: Account, order: str, sold_at: datetime, at: datetime) -> None:
    """Goods came back: the runs that have counted their sale are settled again, where the programme says so."""
    if not programme.returns.reopens_runs:
        return
    why: Because = {"key": "settled_again", "order": order}
    for conversion in programme.runs:
        if conversion.measure == "window" and is_reopenable(conversion):
            run_at = _run_that_counted(programme, conversion, account, sold_at)
            if run_at and run_at <= at:
                settle_again(programme, conversion, account, run_at, at, why)


def _run_that_counted(
    programme: Programme, conversion: Conversion, account: Account, moment: datetime
) -> datetime | None:
    """The run in whose window ``moment`` lies."""
    zone = programme.zone
    course = account.course(conversion.meter, conversion.schedule.window, zone)
    day = conversion.schedule.next_day(local_day(moment, zone) - timedelta(days=1), course)
    for _ in range(_MOST_RUNS):
        if day is None:
            return None
        run_at = last_moment(day, zone)
        counted = counted_at(programme, conversion, account, run_at)
        if moment in account.span(conversion.meter, conversion.window, counted, zone):
            return run_at
        day = conversion.schedule.next_day(day, course)
    return None


def of_run(account: Account, key: str, run_at: datetime) -> list[Voucher]:
    """The vouchers of a run that stand: all but those that were cancelled."""
    return [one for one in _ever_of(account, key, run_at) if one.state != "cancelled"]


def _ever_of(account: Account, key: str, run_at: datetime) -> list[Voucher]:
    return [one for one in account.vouchers if _is_of(one, key, run_name(key, run_at), run_at)]


def _is_of(voucher: Voucher, key: str, name: str, run_at: datetime) -> bool:
    """Whether a run gave it, the first time or when it was settled again."""
    is_first = (
        voucher.issued_at == run_at and not voucher.order.startswith(f"{key}:")
    ) or voucher.order.startswith(name)
    return voucher.rule == key and is_first


def _earned_after(account: Account, meter: str, run_at: datetime, at: datetime) -> int:
    """What can be used by now and was not there to be settled."""
    lots = [lot for lot in account.open_lots(meter) if lot.is_available(at)]
    return sum(lot.remaining for lot in lots if lot.earned_at > run_at or lot.available_from > run_at)


def _beyond(portions: list[Portion], paid: int) -> Iterator[Portion]:
    """What is left to pay of ``portions`` when so much has been."""
    for portion in portions:
        left = max(portion.value - paid, 0)
        paid = max(paid - portion.value, 0)
        if left:
            yield replace(portion, value=left)
