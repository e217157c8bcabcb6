"""What is taken out of what a conversion pays, before the member gets the rest: never more than there is."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from loyalty.engine.account import Account
from loyalty.engine.calendar import day_start, local_day
from loyalty.engine.effects import Because
from loyalty.engine.expansion import OWED, fee_meter
from loyalty.engine.fees import due_now
from loyalty.engine.lapsing import expires_at
from loyalty.engine.objects import Conversion
from loyalty.engine.programme import Programme

ORE = 100


@dataclass(frozen=True, slots=True)
class Share:
    """``value`` of what is paid goes to a meter, or to nobody where it is a fee of the run itself."""

    value: int
    meter: str = ""
    is_repaid: bool = False


def shares_of(
    programme: Programme, conversion: Conversion, account: Account, at: datetime, value: int, fee: int
) -> list[Share]:
    """What of ``value`` is taken, in this order: the run's own ``fee``, fees of membership, what it fills, earlier
    debt."""
    if not (fee or conversion.fees or conversion.fills or OWED in programme.meters):
        return []
    found = []
    for wanted in _wanted(programme, conversion, account, at, fee):
        taken = min(wanted.value, value)
        if taken > 0:
            found.append(Share(taken, wanted.meter, wanted.is_repaid))
            value -= taken
    return found


def _wanted(
    programme: Programme, conversion: Conversion, account: Account, at: datetime, fee: int
) -> Iterator[Share]:
    yield Share(fee)
    scale = scale_of(programme, conversion)
    for one in programme.fees:
        if one.key in conversion.fees:
            yield Share(due_now(programme, one, account, at) * scale // ORE, fee_meter(one.key))
    for key in conversion.fills:
        unit, ceiling = programme.meters[key].unit, programme.meters[key].ceiling
        # Without a ceiling there is room for all of it.
        room = max(ceiling - account.balance(key), 0) * scale // unit if ceiling else None
        yield Share(_EVERYTHING if room is None else room, key)
    if OWED in programme.meters:
        yield Share(max(account.balance(OWED), 0) * scale // ORE, OWED, is_repaid=True)


_EVERYTHING = 10**18


def book_shares(
    programme: Programme, conversion: Conversion, account: Account, at: datetime, shares: list[Share]
) -> None:
    """Write what was taken: each to its meter."""
    scale = scale_of(programme, conversion)
    for share in shares:
        if not share.meter:
            continue
        meter = programme.meters[share.meter]
        parts = share.value * meter.unit // scale
        because: Because = {"key": "filled", "rule": conversion.key, "meter": meter.key, "amount": parts}
        if share.is_repaid:
            account.debit(meter, parts, "redeem", at, because, rule=conversion.key, version=programme.key)
        else:
            credit(programme, conversion, account, at, meter.key, parts, because)


def credit(
    programme: Programme,
    conversion: Conversion,
    account: Account,
    at: datetime,
    key: str,
    amount: int,
    because: Because,
    source: str = "",
) -> None:
    """Give ``amount`` of a meter, booked as late as the conversion's schedule says."""
    meter = programme.meters[key]
    booked = at
    if conversion.schedule.booked_days:
        day = local_day(at, programme.zone) + timedelta(days=conversion.schedule.booked_days)
        booked = day_start(day, programme.zone)
    account.credit(
        meter,
        amount,
        "earn",
        at,
        because,
        available_from=booked,
        expires_at=expires_at(programme, account, key, at),
        rule=conversion.key,
        version=programme.key,
        order=source,
    )


def scale_of(programme: Programme, conversion: Conversion) -> int:
    """How many parts of what a conversion pays make one: öre, or parts of the meter it becomes."""
    return programme.meters[conversion.to_meter].unit if conversion.to_meter else ORE
