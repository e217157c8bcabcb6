"""What was given for passing a step falls when a return undoes the passing."""

from datetime import datetime
from typing import TYPE_CHECKING

from loyalty.engine.account import Account
from loyalty.engine.objects import Conversion
from loyalty.engine.programme import Programme
from loyalty.engine.reading import Reading
from loyalty.engine.redemption import end

if TYPE_CHECKING:
    from loyalty.engine.effects import Because


def retest(programme: Programme, account: Account, sold_at: datetime, at: datetime) -> None:
    """After a return: what was given for passings that are no longer passed is taken back, newest first."""
    for conversion in programme.conversions:
        if conversion.measure != "passings" or conversion.takes != "nothing":
            continue
        reading = Reading(programme, account, sold_at)
        span = reading.span(conversion.meter, conversion.window)
        steps = reading.counted(conversion.meter, conversion.window) // conversion.form.step
        given = account.standing(f"rule.{conversion.key}", span)
        for source, amount in list(given.items())[max(steps, 0) :]:
            _take_back(programme, conversion, account, at, source, amount)


def _take_back(
    programme: Programme, conversion: Conversion, account: Account, at: datetime, source: str, amount: int
) -> None:
    because: Because = {"key": "no_longer_passed", "rule": conversion.key, "meter": conversion.meter}
    if not conversion.to_meter:
        for voucher in account.vouchers:
            if voucher.order == source and voucher.state in ("scheduled", "issued"):
                end(account, voucher, "cancelled", at, because)
        return
    meter = programme.meters[conversion.to_meter]
    lots = account.by_consumption(meter, at)
    told: Because = {**because, "meter": meter.key, "amount": amount}
    account.debit(
        meter,
        amount,
        "reverse",
        at,
        told,
        lots,
        rule=conversion.key,
        version=programme.key,
        order=source,
    )
