"""A club in memory: the same engine as the real one, and a ledger that can be read line by line."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from loyalty.engine import redemption
from loyalty.engine.account import (
    OPEN_VOUCHERS,
    Account,
    Because,
    Closing,
    Effect,
    Entry,
    TierMove,
    Voucher,
    VoucherChange,
)
from loyalty.engine.calendar import last_day
from loyalty.engine.compute import Sale, adjust, correct_order, place_order, reopen_vouchers
from loyalty.engine.due import catch_up
from loyalty.engine.errors import Refused
from loyalty.engine.happening import Line, Order
from loyalty.engine.programme import Timetable
from loyalty.engine.rehearsal import Done, MeterState, State, VoucherState
from loyalty.engine.scenario import BackLine

STAFF = "staff"


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
class _Refs:
    """Numbers for rows, 1, 2, 3 …; copied together with its account."""

    last: int = 0

    def __call__(self) -> int:
        self.last += 1
        return self.last


@dataclass(slots=True)
class _Sold:
    """An order, and what came back of each line: (thousandths, öre)."""

    member: str
    order: Order
    sale: Sale
    came_back: dict[str, tuple[int, int]] = field(default_factory=dict)
    is_cancelled: bool = False

    def left(self, line: Line) -> Line:
        quantity, amount = self.came_back.get(line.ref, (0, 0))
        return line.without(quantity, amount) if quantity or amount else line

    def facts(self) -> Order:
        lines = [] if self.is_cancelled else [self.left(line) for line in self.order.lines]
        return replace(self.order, lines=[line for line in lines if line.quantity or line.paid])


@dataclass(slots=True)
class MemoryClub:
    """Implements ``rehearsal.Club``; ``rows`` is the ledger of everybody in the order it was written."""

    timetable: Timetable
    accounts: dict[str, Account] = field(default_factory=dict)
    orders: dict[str, _Sold] = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)
    _balances: dict[tuple[str, str], int] = field(default_factory=dict)

    def join(self, member: str, at: datetime) -> None:
        self.accounts[member] = Account(joined_at=at, computed_to=at, new_ref=_Refs())
        self.rows.append(Row(at, member, "joined", {}))

    def sell(self, member: str, order: Order) -> Done:
        with self._undone_if_refused(member) as account:
            sale = place_order(self.timetable, account, order)
        self.orders[order.key] = _Sold(member, order, sale)
        used = self._write(member)
        earned = {meter: amount for meter, amount in sale.award.amounts().items() if amount}
        if not earned:
            self.rows += [Row(order.at, member, "nothing", because) for because in sale.award.because]
        return Done(earned=earned, payable=order.paid, lost=_lost(used))

    def take_back(self, number: str, lines: Sequence[BackLine], at: datetime) -> Done:
        sold = self._order(number)
        if sold.is_cancelled:
            raise Refused("order_is_cancelled", order=number)
        left = [line for line in sold.order.lines if sold.left(line).quantity]
        wanted = lines or [BackLine(line.ref) for line in left]
        if not wanted:
            raise Refused("nothing_left_to_return", order=number)
        came_back = dict(sold.came_back)
        try:
            refund = sum(_bring_back(sold, line) for line in wanted)
        except Refused:
            sold.came_back = came_back
            raise
        return replace(self._correct(sold, max(at, sold.order.at), {"key": "returned"}), refund=refund)

    def cancel(self, number: str, at: datetime) -> Done:
        sold = self._order(number)
        if sold.is_cancelled:
            return Done()
        if sold.came_back:
            raise Refused("goods_came_back", order=number)
        sold.is_cancelled = True
        return self._correct(sold, max(at, sold.order.at), {"key": "order_cancelled"})

    def redeem(self, member: str, code: str, number: str, amount: int, at: datetime) -> Done:
        order = Order(_key(number), at, [Line("basket", 1000, amount)], vouchers=(code,))
        with self._undone_if_refused(member) as account:
            catch_up(self.timetable, account, at)
            redemption.use_vouchers(self.timetable, account, order)
        return Done(payable=order.paid, lost=_lost(self._write(member)))

    def adjust(self, member: str, meter: str, amount: int, reason: str, at: datetime) -> Done:
        with self._undone_if_refused(member) as account:
            adjust(self.timetable, account, meter, amount, at, STAFF, reason)
        self._write(member)
        return Done()

    def pass_to(self, at: datetime) -> None:
        for member, account in self.accounts.items():
            catch_up(self.timetable, account, at)
            self._write(member)

    def state(self, member: str, at: datetime) -> State:
        account = self.accounts[member]
        return State(
            meters={meter: _meter_state(account, meter, at) for meter in account.balances},
            vouchers=[self._voucher_state(voucher) for voucher in account.vouchers],
            tiers={
                ladder: (held.tier, self._last_day(held.valid_to)) for ladder, held in account.tiers.items()
            },
            is_closed=account.closed_at is not None,
        )

    @contextmanager
    def _undone_if_refused(self, member: str) -> Iterator[Account]:
        before = deepcopy(self.accounts[member])
        try:
            yield self.accounts[member]
        except Refused:
            self.accounts[member] = before
            raise

    def _order(self, number: str) -> _Sold:
        sold = self.orders.get(_key(number))
        if sold is None:  # it was refused
            raise Refused("order_not_found", order=number)
        return sold

    def _correct(self, sold: _Sold, at: datetime, cause: Because) -> Done:
        account, facts = self.accounts[sold.member], sold.facts()
        sold.sale = correct_order(self.timetable, account, facts, sold.sale, at, cause)
        if not facts.lines:
            reopen_vouchers(self.timetable, account, facts.key, at, sold.is_cancelled)
        taken: dict[str, int] = {}
        for effect in self._write(sold.member):
            if isinstance(effect, Entry) and effect.kind == "reverse" and effect.order == facts.key:
                taken[effect.meter] = taken.get(effect.meter, 0) - effect.amount
        return Done(taken_back=taken)

    def _write(self, member: str) -> list[Effect]:
        """Write what has happened to ``member`` as rows; a new voucher gets its code."""
        account = self.accounts[member]
        for number, voucher in enumerate(account.vouchers, 1):
            voucher.code = voucher.code or f"{member}-{number}"
        effects = account.take_effects()
        for effect in effects:
            writer = _WRITERS.get(type(effect))
            if writer:
                self.rows.append(writer(self, member, effect))
        return effects

    def _entry_row(self, member: str, entry: Entry) -> Row:
        balance = self._balances.get((member, entry.meter), 0) + entry.amount
        self._balances[member, entry.meter] = balance
        at, because = entry.effective_at, entry.because
        return Row(at, member, entry.kind, because, entry.meter, entry.amount, balance)

    def _voucher_row(self, member: str, change: VoucherChange) -> Row:
        what = f"voucher.{change.move}"
        return Row(change.at, member, what, change.because, value=change.voucher.value)

    def _tier_row(self, member: str, move: TierMove) -> Row:
        return Row(move.at, member, "tier", move.because, tier=move.held.tier)

    def _closing_row(self, member: str, closing: Closing) -> Row:
        return Row(closing.at, member, "closed", closing.because)

    def _voucher_state(self, voucher: Voucher) -> VoucherState:
        last = self._last_day(voucher.expires_at)
        left = voucher.left if voucher.state in OPEN_VOUCHERS else 0
        return VoucherState(voucher.code, voucher.reward, voucher.value, left, last, voucher.state)

    def _last_day(self, moment: datetime | None) -> Any:
        zone = self.timetable.versions[-1][2].zone
        return last_day(moment, zone) if moment else None


_WRITERS: Mapping[type, Callable[..., Row]] = {
    Entry: MemoryClub._entry_row,
    VoucherChange: MemoryClub._voucher_row,
    TierMove: MemoryClub._tier_row,
    Closing: MemoryClub._closing_row,
}


def _key(number: str) -> str:
    return f"scenario:{number}"


def _meter_state(account: Account, meter: str, at: datetime) -> MeterState:
    return MeterState(
        account.balance(meter), account.available(meter, at), account.pending(meter, at), account.debt(meter)
    )


def _bring_back(sold: _Sold, back: BackLine) -> int:
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


def _lost(effects: Sequence[Effect]) -> int:
    changes = [effect for effect in effects if isinstance(effect, VoucherChange)]
    return sum(change.because.get("lost_ore", 0) for change in changes if change.move == "redeemed")
