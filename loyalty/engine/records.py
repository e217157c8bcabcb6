"""What a club in memory keeps: the lines of its ledger, and its orders with what came back of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from loyalty.engine.account import Account
from loyalty.engine.calendar import last_day
from loyalty.engine.compute import Sale
from loyalty.engine.effects import Because, Closing, Effect, Entry, Ref, TierMove, Voucher, VoucherChange
from loyalty.engine.errors import Refused
from loyalty.engine.expansion import is_hidden
from loyalty.engine.happening import Line, Order
from loyalty.engine.outcome import MeterState, VoucherState
from loyalty.engine.scenario import SOURCE, BackLine

Balances = dict[tuple[str, str], int]


@dataclass(slots=True)
class Refs:
    """Numbers for rows, 1, 2, 3 …; copied together with its account."""

    last: int = 0

    def __call__(self) -> Ref:
        self.last += 1
        return self.last


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the ledger. ``amount`` and ``balance`` are in smallest parts of ``meter``;
    ``value`` is what a voucher is worth in öre."""

    at: datetime
    member: str
    what: str
    because: Because
    meter: str = ""
    amount: int | None = None
    balance: int | None = None
    value: int | None = None
    tier: str = ""


@dataclass(slots=True)
class Sold:
    """An order on an account, and what came back of each line: (thousandths, öre)."""

    member: str
    order: Order
    sale: Sale
    account: str = ""
    came_back: dict[str, tuple[int, int]] = field(default_factory=dict)
    is_cancelled: bool = False

    def left(self, line: Line) -> Line:
        quantity, amount = self.came_back.get(line.ref, (0, 0))
        return line.without(quantity, amount) if quantity or amount else line

    def facts(self) -> Order:
        """The order as it stands now."""
        lines = [] if self.is_cancelled else [self.left(line) for line in self.order.lines]
        return replace(self.order, lines=[line for line in lines if line.quantity or line.paid])


def key_of(number: str) -> str:
    """The natural key of an order that a scenario calls by ``number``."""
    return number if ":" in number else f"{SOURCE}:{number}"


def bring_all_back(sold: Sold, lines: Sequence[BackLine]) -> int:
    """Count ``lines``, or all that is left, as come back; answers their worth in öre. Raises ``Refused``."""
    if sold.is_cancelled:
        raise Refused("order_is_cancelled", order=sold.order.key)
    wanted = lines or [BackLine(line.ref) for line in sold.order.lines if sold.left(line).quantity]
    if not wanted:
        raise Refused("nothing_left_to_return", order=sold.order.key)
    came_back = dict(sold.came_back)
    try:
        return sum(bring_back(sold, line) for line in wanted)
    except Refused:
        sold.came_back = came_back
        raise


def bring_back(sold: Sold, back: BackLine) -> int:
    """Count ``back`` as come back; answers its worth in öre. Raises ``Refused``."""
    line = next(line for line in sold.order.lines if line.ref == back.ref)
    left = sold.left(line)
    quantity = left.quantity if back.quantity is None else back.quantity
    if not 0 < quantity <= left.quantity:
        raise Refused("more_than_was_bought", line=back.ref)
    amount = left.paid - left.worth(left.quantity - quantity) if back.amount is None else back.amount
    if amount > left.paid:
        raise Refused("more_than_was_paid", line=back.ref)
    before = sold.came_back.get(line.ref, (0, 0))
    sold.came_back[line.ref] = (before[0] + quantity, before[1] + amount)
    return amount


def lost_of(effects: Sequence[Effect]) -> int:
    """Öre that were lost of the vouchers and points used."""
    told = [
        effect.because
        for effect in effects
        if (isinstance(effect, VoucherChange) and effect.move == "redeemed")
        or (isinstance(effect, Entry) and effect.kind == "redeem")
    ]
    return sum(because.get("lost_ore", 0) for because in told)


def row_of(member: str, effect: Effect, balances: Balances) -> Row | None:
    """The line of the ledger that tells of ``effect``; keeps ``balances`` up."""
    writer = _WRITERS.get(type(effect))
    return writer(member, effect, balances) if writer else None


def _entry(member: str, entry: Entry, balances: Balances) -> Row | None:
    balance = balances.get((member, entry.meter), 0) + entry.amount
    balances[member, entry.meter] = balance
    if is_hidden(entry.meter):
        return None
    at, because = entry.effective_at, entry.because
    return Row(at, member, entry.kind, because, entry.meter, entry.amount, balance)


def _voucher(member: str, change: VoucherChange, balances: Balances) -> Row:
    what = f"voucher.{change.move}"
    return Row(change.at, member, what, change.because, value=change.voucher.value)


def _tier(member: str, move: TierMove, balances: Balances) -> Row:
    return Row(move.at, member, "tier", move.because, tier=move.held.tier)


def _closing(member: str, closing: Closing, balances: Balances) -> Row:
    return Row(closing.at, member, "closed", closing.because)


_WRITERS: Mapping[type, Callable[[str, Any, Balances], Row | None]] = {
    Entry: _entry,
    VoucherChange: _voucher,
    TierMove: _tier,
    Closing: _closing,
}


def meter_state(account: Account, meter: str, at: datetime) -> MeterState:
    return MeterState(
        account.balance(meter), account.available(meter, at), account.pending(meter, at), account.debt(meter)
    )


def voucher_state(voucher: Voucher, zone: ZoneInfo) -> VoucherState:
    last = last_day(voucher.expires_at, zone) if voucher.expires_at else None
    left = voucher.left if voucher.is_open else 0
    return VoucherState(
        voucher.code, voucher.reward, voucher.value, left, last, voucher.state, bool(voucher.given_to)
    )
