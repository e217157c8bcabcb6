"""Pools: a sum that staff enter after a period, shared by what each account has counted."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from loyalty.engine.account import Account
from loyalty.engine.calendar import last_moment, local_day
from loyalty.engine.conversions import counted_at, measured_of, pay
from loyalty.engine.errors import Refused
from loyalty.engine.objects import Conversion
from loyalty.engine.programme import Programme
from loyalty.engine.reading import Reading
from loyalty.engine.shares import split

_LOOK_BACK = timedelta(days=800)


def share_out(
    programme: Programme, key: str, accounts: Mapping[str, Account], amount: int, at: datetime
) -> dict[str, int]:
    """Share ``amount`` öre by whole steps of the meter, to the öre; a share below the least is not paid.

    Answers each account's share. Raises ``Refused``.
    """
    conversion = next((one for one in programme.conversions if one.key == key), None)
    if conversion is None or conversion.form.kind != "pool":
        raise Refused("no_such_pool", conversion=key)
    run = _last_run(programme, conversion, at)
    measured = {
        name: measured_of(conversion, account, _reading(programme, conversion, account, run), at)
        for name, account in accounts.items()
        if not account.closed_at
    }
    least = max(conversion.form.threshold, 1)
    shares = {
        name: units // max(conversion.form.step, 1) for name, units in measured.items() if units >= least
    }
    amounts = dict(zip(shares, split(amount, list(shares.values())), strict=True))
    for name, value in amounts.items():
        if value:
            pay(programme, conversion, accounts[name], at, measured[name], value)
    return amounts


def _reading(programme: Programme, conversion: Conversion, account: Account, run: datetime) -> Reading:
    return Reading(programme, account, counted_at(programme, conversion, account, run))


def _last_run(programme: Programme, conversion: Conversion, at: datetime) -> datetime:
    """The end of the period that is shared out: the last run of the schedule, or now where it has none."""
    today = local_day(at, programme.zone)
    day, run = today - _LOOK_BACK, None
    while (following := conversion.schedule.next_day(day)) is not None and following <= today:
        day = run = following
    return min(last_moment(run, programme.zone), at) if run else at
