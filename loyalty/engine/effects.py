"""What an account holds, and what happens to it: the rows that the shell stores.

Amounts are in the smallest part of their meter, money in öre.
"""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

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
    rule: str = ""
    order: str = ""
    given_to: str = ""
    hands: int = 0

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_VOUCHERS

    @property
    def left(self) -> int:
        """Öre that it can still pay."""
        return self.value - self.used


@dataclass(frozen=True, slots=True)
class Hold:
    """Points that are kept for one order until then; only that order can use them meanwhile."""

    order: str
    meter: str
    amount: int
    until: datetime


@dataclass(slots=True)
class Held:
    """The tier an account holds on a ladder. ``origin`` earned, or how it was given; ``source`` the order or act that gave it.

    Of what was earned and what was given the higher one holds; the other is ``under`` it.
    """

    tier: str
    valid_to: datetime | None
    reached_at: datetime
    origin: str = "earned"
    below: str = ""
    source: str = ""
    under: "Held | None" = None


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
    counts_at: datetime | None = None


@dataclass(slots=True)
class Allocation:
    """Effect: part of a debit taken from a lot."""

    debit: Ref
    lot: Lot
    amount: int


@dataclass(slots=True)
class LotExtended:
    """Effect: a lot lapses later than it was born to."""

    lot: Lot
    at: datetime
    because: Because


@dataclass(slots=True)
class VoucherChange:
    """Effect: a voucher was issued or moved to another state."""

    voucher: Voucher
    move: str
    at: datetime
    because: Because


@dataclass(slots=True)
class TierMove:
    """Effect: a step up, down, or kept for longer. ``origin`` is that of what moved, which may be under what is held."""

    ladder: str
    previous: str
    held: Held
    at: datetime
    because: Because
    actor: str = ""
    reason: str = ""
    origin: str = "earned"


@dataclass(slots=True)
class Closing:
    """Effect: the account has ended; who comes back before ``reopens_to`` gets it again, before ``unbroken_to`` as it was."""

    at: datetime
    because: Because
    unbroken_to: datetime | None = None
    reopens_to: datetime | None = None


@dataclass(slots=True)
class ForAnother:
    """Effect: something happened to somebody else too: to who invited the member (role referrer), or leads (leader)."""

    who: str
    event: str
    order: str
    at: datetime
    amount: int = 0
    role: str = "referrer"

    @property
    def key(self) -> str:
        """The natural key of what happened to the other."""
        return f"{self.order}:{self.role}"


@dataclass(slots=True)
class FundEntry:
    """Effect: a fund gained or lost, in öre."""

    fund: str
    amount: int
    at: datetime
    because: Because
    rule: str = ""
    version: str = ""
    order: str = ""


@dataclass(slots=True)
class Credit:
    """Effect: money given back as store credit, in öre."""

    amount: int
    at: datetime
    because: Because
    order: str = ""


Effect = (
    Entry | Allocation | LotExtended | VoucherChange | TierMove | Closing | ForAnother | FundEntry | Credit
)
