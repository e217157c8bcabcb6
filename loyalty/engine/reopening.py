"""A run that settled wrongly: what nobody has used of it is taken back, and it is settled again by the rules in force.

Nothing is paid twice: what was used, or has lapsed, stays paid and the points behind it stay gone. Whatever is settled
again names its run, so that a third time takes that back, and not only the first.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from loyalty.engine import redemption
from loyalty.engine.account import Account
from loyalty.engine.calendar import local_day
from loyalty.engine.conversions import Portion, counted_at, measured_of, pay, portions_of
from loyalty.engine.effects import Because, Voucher
from loyalty.engine.errors import Refused
from loyalty.engine.leaving import check_open
from loyalty.engine.objects import Conversion
from loyalty.engine.programme import Programme
from loyalty.engine.reading import Reading
from loyalty.engine.returning import give_back, points_behind

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
    """Take back the unused vouchers of a run and give what it comes to now; where that is the same, leave them."""
    if account.closed_at:
        return
    name = run_name(conversion.key, run_at)
    own = _ever_of(account, conversion.key, run_at)
    unused = [one for one in own if one.state in ("scheduled", "issued") and not one.used]
    kept = [one for one in own if one.state != "cancelled" and one not in unused]
    behind = sum(points_behind(account, one) for one in unused)
    portions = _again(programme, conversion, account, run_at, at, behind, kept)
    if [one.value for one in portions] == [one.value for one in unused]:
        return
    for voucher in unused:
        redemption.end(account, voucher, "cancelled", at, why)
        give_back(programme, account, programme.meters[conversion.meter], voucher, at)
    for number, portion in enumerate(portions, len(own)):
        pay(programme, conversion, account, at, portion.taken, portion.value, f"{name}:{number}")


def _again(
    programme: Programme,
    conversion: Conversion,
    account: Account,
    run_at: datetime,
    at: datetime,
    behind: int,
    kept: list[Voucher],
) -> list[Portion]:
    """What the run comes to beside the vouchers that are ``kept``, with the points ``behind`` the others."""
    reading = Reading(programme, account, counted_at(programme, conversion, account, run_at))
    if conversion.condition and not conversion.condition.holds(reading):
        return []
    measured = measured_of(conversion, account, reading, at)
    if conversion.measure == "available":
        measured += behind - _earned_after(account, conversion.meter, run_at, at)
    portions = list(portions_of(programme, conversion, reading, measured))
    if conversion.takes == "nothing":
        portions = list(_beyond(portions, sum(one.value for one in kept)))
    return portions[: max(conversion.max_per_run - len(kept), 0)] if conversion.max_per_run else portions


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
