"""One account as the engine sees it: a small ledger in memory that keeps the ledger's laws.

It is loaded with what is open, changed by the steps of a computation, and remembers every change
as an effect. Storing the effects is the shell's work.
"""

from bisect import insort
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from operator import attrgetter
from typing import Any

from loyalty.engine.calendar import Span
from loyalty.engine.programme import Meter

# Names a row: a number in memory, a UUID in the database. The engine only compares them.
Ref = Any
Because = dict[str, Any]
OPEN_VOUCHERS = ("scheduled", "issued", "reserved")


@dataclass(slots=True)
class Lot:
    """What one credit opened; ``ref`` is the credit's own, ``earned_at`` when it happened.

    ``lapsed`` is how much of it nobody ever used.
    """

    ref: Ref
    meter: str
    amount: int
    remaining: int
    earned_at: datetime
    available_from: datetime
    expires_at: datetime | None
    order: str = ""
    lapsed: int = 0

    def is_available(self, at: datetime) -> bool:
        return self.available_from <= at and (self.expires_at is None or at < self.expires_at)


@dataclass(slots=True)
class Debt:
    """The part of a debit that no lot has covered."""

    debit: Ref
    meter: str
    amount: int


@dataclass(slots=True)
class Voucher:
    ref: Ref
    reward: str
    version: str
    kind: str
    value: int
    percent: Decimal
    issued_at: datetime
    available_from: datetime
    expires_at: datetime | None
    debit: Ref | None = None
    code: str = ""
    used: int = 0
    state: str = "issued"
    reserved_for: str = ""
    reserved_until: datetime | None = None
    redeemed_for: str = ""
    redeemed_at: datetime | None = None
    ended_because: str = ""
    because: Because = field(default_factory=dict)

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_VOUCHERS

    @property
    def left(self) -> int:
        """Öre that it can still pay."""
        return self.value - self.used


@dataclass(slots=True)
class Held:
    """The tier an account holds on a ladder."""

    tier: str
    valid_to: datetime | None
    reached_at: datetime
    origin: str = "earned"
    below: str = ""


@dataclass(slots=True)
class Entry:
    """Effect: one signed line of the ledger."""

    ref: Ref
    sequence: int
    meter: str
    kind: str
    amount: int
    effective_at: datetime
    because: Because
    rule: str = ""
    version: str = ""
    order: str = ""
    order_return: str = ""
    reverses: Ref | None = None
    actor: str = ""
    reason: str = ""
    lot: Lot | None = None


@dataclass(slots=True)
class Allocation:
    """Effect: part of a debit taken from a lot."""

    debit: Ref
    lot: Lot
    amount: int


@dataclass(slots=True)
class VoucherChange:
    """Effect: a voucher was issued or moved to another state."""

    voucher: Voucher
    move: str
    at: datetime
    because: Because


@dataclass(slots=True)
class TierMove:
    """Effect: a step up, down, or kept for longer."""

    ladder: str
    previous: str
    held: Held
    at: datetime
    because: Because
    actor: str = ""
    reason: str = ""


@dataclass(slots=True)
class Closing:
    """Effect: the account has ended."""

    at: datetime
    because: Because


Effect = Entry | Allocation | VoucherChange | TierMove | Closing


@dataclass(slots=True)
class Account:
    """``history`` holds (when it counts, amount) of what was earned, for windows; oldest first."""

    joined_at: datetime
    computed_to: datetime
    new_ref: Callable[[], Ref]
    closed_at: datetime | None = None
    sequence: int = 0
    last_purchase_at: datetime | None = None
    balances: dict[str, int] = field(default_factory=dict)
    lots: list[Lot] = field(default_factory=list)
    debts: list[Debt] = field(default_factory=list)
    history: dict[str, list[tuple[datetime, int]]] = field(default_factory=dict)
    vouchers: list[Voucher] = field(default_factory=list)
    tiers: dict[str, Held] = field(default_factory=dict)
    backing: dict[Ref, list[tuple[Ref, int]]] = field(default_factory=dict)
    effects: list[Effect] = field(default_factory=list)

    def balance(self, meter: str) -> int:
        return self.balances.get(meter, 0)

    def tier(self, ladder: str) -> str:
        held = self.tiers.get(ladder)
        return held.tier if held else ""

    def open_lots(self, meter: str) -> Iterator[Lot]:
        return (lot for lot in self.lots if lot.meter == meter and lot.remaining)

    def available(self, meter: str, at: datetime) -> int:
        return sum(lot.remaining for lot in self.open_lots(meter) if lot.is_available(at))

    def pending(self, meter: str, at: datetime) -> int:
        return sum(lot.remaining for lot in self.open_lots(meter) if at < lot.available_from)

    def debt(self, meter: str) -> int:
        return sum(debt.amount for debt in self.debts if debt.meter == meter)

    def earned_in(self, meter: str, span: Span) -> int:
        return sum(amount for at, amount in self.history.get(meter, ()) if at in span)

    def take_effects(self) -> list[Effect]:
        """What has happened since the last call."""
        effects, self.effects = self.effects, []
        return effects

    def credit(
        self,
        meter: Meter,
        amount: int,
        kind: str,
        at: datetime,
        because: Because,
        *,
        available_from: datetime | None = None,
        expires_at: datetime | None = None,
        counts_at: datetime | None = None,
        **details: Any,
    ) -> Entry:
        """Add ``amount``; it opens a lot that first repays debt. Earned amounts count in windows."""
        entry = self._entry(meter.key, amount, kind, at, because, counts_at or at, details)
        if meter.is_spendable:
            entry.lot = Lot(
                entry.ref, meter.key, amount, amount, at, available_from or at, expires_at, entry.order
            )
            # Oldest first, whatever the order in which the club heard of it.
            insort(self.lots, entry.lot, key=attrgetter("earned_at"))
            self._repay(entry.lot)
        return entry

    def debit(
        self,
        meter: Meter,
        amount: int,
        kind: str,
        at: datetime,
        because: Because,
        lots: Iterable[Lot] = (),
        counts_at: datetime | None = None,
        **details: Any,
    ) -> Entry:
        """Take ``amount`` from ``lots`` in their order; what they do not hold becomes debt."""
        entry = self._entry(meter.key, -amount, kind, at, because, counts_at or at, details)
        if meter.is_spendable:
            missing = amount
            for lot in lots:
                missing -= self._allocate(entry.ref, lot, missing)
            if missing:
                self.debts.append(Debt(entry.ref, meter.key, missing))
        return entry

    def by_consumption(self, meter: Meter, at: datetime) -> list[Lot]:
        """Lots that can be spent at ``at``, in the order the programme uses them."""
        found = [lot for lot in self.open_lots(meter.key) if lot.is_available(at)]
        if meter.consumption == "soonest":
            found.sort(key=lambda lot: (lot.expires_at is None, lot.expires_at or lot.available_from))
        return found

    def _entry(
        self,
        meter: str,
        amount: int,
        kind: str,
        at: datetime,
        because: Because,
        counts_at: datetime,
        details: dict[str, Any],
    ) -> Entry:
        self.sequence += 1
        entry = Entry(self.new_ref(), self.sequence, meter, kind, amount, at, because, **details)
        self.balances[meter] = self.balance(meter) + amount
        if kind in ("earn", "reverse"):
            self.history.setdefault(meter, []).append((counts_at, amount))
        self.effects.append(entry)
        return entry

    def _allocate(self, debit: Ref, lot: Lot, wanted: int) -> int:
        taken = min(lot.remaining, wanted)
        if taken:
            lot.remaining -= taken
            self.backing.setdefault(debit, []).append((lot.ref, taken))
            self.effects.append(Allocation(debit, lot, taken))
        return taken

    def _repay(self, lot: Lot) -> None:
        for debt in self.debts:
            if debt.meter == lot.meter:
                debt.amount -= self._allocate(debt.debit, lot, debt.amount)
        self.debts = [debt for debt in self.debts if debt.amount]
