"""Vouchers come into being: issued, waiting to be claimed, or used at once."""

from datetime import datetime, timedelta
from decimal import Decimal

from loyalty.engine import tiers
from loyalty.engine.account import Account
from loyalty.engine.calendar import day_start, local_day
from loyalty.engine.effects import Because, Entry, FundEntry, Voucher, VoucherChange
from loyalty.engine.errors import Refused
from loyalty.engine.objects import Reward
from loyalty.engine.programme import Programme

IN_MONEY = ("money_off", "payout", "donation")
# What is money already, and no longer a voucher to be used.
PAID_OUT = ("payout", "donation")


def issue(
    programme: Programme,
    reward: Reward,
    account: Account,
    at: datetime,
    because: Because,
    value: int,
    debit: Entry | None = None,
    *,
    rule: str = "",
    order: str = "",
) -> Voucher:
    """Give the account a voucher of ``reward``. One that must be claimed is scheduled until it is.

    Raises ``Refused`` where none is left."""
    if reward.claim is None:
        take(account, reward)
    available_from = at
    if reward.waits_days:
        day = local_day(at, programme.zone) + timedelta(days=reward.waits_days)
        available_from = day_start(day, programme.zone)
    claim_until = reward.claim.expires_at(at, programme.zone) if reward.claim else None
    voucher = Voucher(
        ref=account.new_ref(),
        reward=reward.key,
        version=programme.key,
        kind=reward.kind,
        value=value if reward.kind in IN_MONEY else reward.value,
        percent=reward.percent if reward.kind == "percent_off" else Decimal(0),
        issued_at=at,
        available_from=available_from,
        expires_at=claim_until or _last_moment(programme, reward, account, at),
        state="scheduled" if reward.claim else "issued",
        debit=debit.ref if debit else None,
        because=because,
        rule=rule,
        order=order,
    )
    account.hold(voucher)
    if rule:
        account.remember(f"rule.{rule}", at, max(voucher.value, 1), order or str(voucher.ref))
    account.effects.append(VoucherChange(voucher, "issued", at, because))
    if reward.kind in PAID_OUT and not reward.claim:
        _pay_out(programme, reward, account, voucher, at)
    return voucher


def take(account: Account, reward: Reward) -> None:
    """Take one off the shelf, where there are only so many. Raises ``Refused``."""
    if not reward.stock:
        return
    if not account.shelf.left(reward):
        raise Refused("out_of_stock", reward=reward.key)
    account.shelf.take(reward.key)


def _pay_out(programme: Programme, reward: Reward, account: Account, voucher: Voucher, at: datetime) -> None:
    """What is paid out or given away is used at once, and cannot be taken back."""
    voucher.state, voucher.used, voucher.redeemed_at = "redeemed", voucher.value, at
    if reward.kind == "payout":
        tiers.withdraw(programme, account, at)
    if reward.fund:
        told: Because = {"key": "given_to_fund", "reward": reward.key, "value_ore": voucher.value}
        account.effects.append(
            FundEntry(reward.fund, voucher.value, at, told, voucher.rule, programme.key, voucher.order)
        )


def _last_moment(programme: Programme, reward: Reward, account: Account, at: datetime) -> datetime | None:
    lifetime = reward.lifetime
    if lifetime.by_tier:
        lifetime = lifetime.for_tiers([held.tier for held in account.tiers.values()])
    return lifetime.expires_at(at, programme.zone)


def choose(programme: Programme, voucher: Voucher, account: Account, choice: str, at: datetime) -> None:
    """One thing of its list: from now on the voucher is one of that. Raises ``Refused``."""
    if voucher.kind != "choice" or voucher.state != "issued" or at < voucher.available_from:
        raise Refused("nothing_to_choose", code=voucher.code)
    known = {key: (reward, value) for key, reward, value in programme.rewards[voucher.reward].choices}
    if choice not in known:
        raise Refused("no_such_benefit", choice=choice)
    key, value = known[choice]
    reward = programme.rewards[key]
    take(account, reward)
    account.shelf.put_back(voucher.reward)
    voucher.reward, voucher.kind, voucher.value = key, reward.kind, value or reward.value
    voucher.percent = reward.percent if reward.kind == "percent_off" else Decimal(0)
    if reward.lifetime.kind != "none":
        voucher.expires_at = _last_moment(programme, reward, account, at)
    account.effects.append(VoucherChange(voucher, "chosen", at, {"key": "chosen"}))
    if reward.kind in PAID_OUT:
        _pay_out(programme, reward, account, voucher, at)


def claim(programme: Programme, voucher: Voucher, account: Account, at: datetime) -> None:
    """A scheduled voucher is claimed: from now on it can be used. Raises ``Refused``."""
    if voucher.state != "scheduled":
        raise Refused("nothing_to_claim", code=voucher.code)
    reward = programme.rewards[voucher.reward]
    take(account, reward)
    voucher.state = "issued"
    voucher.expires_at = _last_moment(programme, reward, account, at)
    account.effects.append(VoucherChange(voucher, "claimed", at, {"key": "claimed"}))
    if reward.kind in PAID_OUT:
        _pay_out(programme, reward, account, voucher, at)
