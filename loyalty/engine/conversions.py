"""Conversions: what a meter becomes, at once or in a run at the end of a day."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

from loyalty.engine.account import Account, Because, Entry, Lot, Voucher, VoucherChange
from loyalty.engine.programme import Conversion, Programme, Reward


def convert_at_once(programme: Programme, account: Account, at: datetime) -> None:
    """Conversions without a run, for as long as a threshold is passed."""
    for conversion in programme.conversions:
        if conversion.schedule.kind == "at_once":
            convert(programme, conversion, account, at)


def convert(programme: Programme, conversion: Conversion, account: Account, at: datetime) -> list[Voucher]:
    """Turn what is available at ``at`` into vouchers; the rest is carried on or dropped."""
    if account.closed_at:
        return []
    meter = programme.meters[conversion.meter]
    measured = account.available(meter.key, at)
    issued = []
    for taken, value in _portions(conversion, measured, meter.unit):
        because = {
            "key": "converted",
            "rule": conversion.key,
            "points": taken,
            "of": measured,
            "meter": meter.key,
            "value_ore": value,
        }
        debit = account.debit(
            meter,
            taken,
            "redeem",
            at,
            because,
            account.by_consumption(meter, at),
            rule=conversion.key,
            version=programme.key,
        )
        reward = programme.rewards[conversion.reward]
        issued.append(issue(programme, reward, account, at, because, value, debit))
    if not conversion.is_carried:
        for lot in account.by_consumption(meter, at):
            lapse(programme, account, lot, at, {"key": "remainder_dropped", "rule": conversion.key})
    return issued


def _portions(conversion: Conversion, measured: int, unit: int) -> Iterator[tuple[int, int]]:
    """How much is taken for each voucher, and its value in öre."""
    if measured < max(conversion.threshold, 1):
        return
    if conversion.form == "linear":
        if worth := measured * conversion.value // unit:
            yield measured, worth
        return
    steps = measured // conversion.step
    if conversion.is_one_voucher:
        yield steps * conversion.step, steps * conversion.value
        return
    for _ in range(steps):
        yield conversion.step, conversion.value


def issue(
    programme: Programme,
    reward: Reward,
    account: Account,
    at: datetime,
    because: Because,
    value: int,
    debit: Entry | None = None,
) -> Voucher:
    """Give the account a voucher of ``reward``, usable from ``at``."""
    voucher = Voucher(
        ref=account.new_ref(),
        reward=reward.key,
        version=programme.key,
        kind=reward.kind,
        value=value if reward.kind == "money_off" else 0,
        percent=reward.percent if reward.kind == "percent_off" else Decimal(0),
        issued_at=at,
        available_from=at,
        expires_at=reward.lifetime.expires_at(at, programme.zone),
        debit=debit.ref if debit else None,
        because=because,
    )
    account.vouchers.append(voucher)
    account.effects.append(VoucherChange(voucher, "issued", at, because))
    return voucher


def lapse(programme: Programme, account: Account, lot: Lot, at: datetime, because: Because) -> None:
    """What is left of ``lot`` is gone."""
    meter = programme.meters[lot.meter]
    left = lot.remaining
    account.debit(meter, left, "expire", at, because, [lot], version=programme.key)
    lot.lapsed += left
