"""What is gone: lots that lapse, meters that are emptied, and how long what is earned lasts."""

from datetime import datetime

from loyalty.engine.account import Account
from loyalty.engine.effects import Because, Lot
from loyalty.engine.objects import Meter
from loyalty.engine.programme import Programme


def lapse(programme: Programme, account: Account, lot: Lot, at: datetime, because: Because) -> None:
    """What is left of ``lot`` is gone."""
    meter = programme.meter(lot.meter)
    left = lot.remaining
    account.debit(meter, left, "expire", at, because, [lot], version=programme.key)
    lot.lapsed += left


def empty(programme: Programme, account: Account, key: str, at: datetime, because: Because) -> None:
    """Everything on a meter is gone: every open lot, or what a meter without lots stands at."""
    meter = programme.meter(key)
    if not meter.is_spendable:
        _zero(programme, account, meter, at, because)
        return
    for lot in list(account.open_lots(key)):
        lapse(programme, account, lot, at, because)


def _zero(programme: Programme, account: Account, meter: Meter, at: datetime, because: Because) -> None:
    balance = account.balance(meter.key)
    if balance > 0:
        account.debit(meter, balance, "expire", at, because, version=programme.key)
    elif balance < 0:
        account.credit(meter, -balance, "restore", at, because, version=programme.key)


def expires_at(programme: Programme, account: Account, key: str, at: datetime) -> datetime | None:
    """When what is earned of a meter at ``at`` lapses, for the tiers that the account holds."""
    lifetime = programme.meter(key).lifetime
    if lifetime.by_tier:
        lifetime = lifetime.for_tiers([held.tier for held in account.tiers.values()])
    return lifetime.expires_at(at, programme.zone)


def settle(
    programme: Programme, account: Account, key: str, counted_at: datetime, amount: int, at: datetime
) -> None:
    """``amount`` was counted at ``counted_at`` on a meter that has started anew since: its balance is spared it."""
    meter = programme.meters[key]
    if meter.is_spendable or meter.at_window_end == "carry":
        return
    now = account.span(key, meter.window, account.computed_to, programme.zone)
    if now.start is None or counted_at >= now.start:
        return
    because: Because = {"key": "window_ended", "meter": key}
    if amount > 0:
        account.debit(meter, amount, "expire", at, because, version=programme.key)
    else:
        account.credit(meter, -amount, "restore", at, because, version=programme.key)
