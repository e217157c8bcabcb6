"""Tier ladders as frozen dataclasses: what reaches a tier, what gives it, and how long it is kept."""

from dataclasses import dataclass, field
from fractions import Fraction

from loyalty.engine.values import Condition, Lifetime, Scope, Window


@dataclass(frozen=True, slots=True)
class Validity:
    """How long a tier is kept: window_end, next_window_end, months (``count``), while, life; and months more."""

    kind: str = "next_window_end"
    count: int = 12
    extra_months: int = 0


@dataclass(frozen=True, slots=True)
class Tier:
    """``threshold`` is None where only a condition reaches it; ``keep_from`` likewise for keeping."""

    key: str
    multiplier: Fraction | None = None
    threshold: int | None = None
    reach: Condition = field(default_factory=Condition)
    keep_from: int | None = None
    keep: Condition | None = None
    valid: Validity | None = None


@dataclass(frozen=True, slots=True)
class GivenBy:
    """What gives a tier that is not earned: bought, gifted, matched or subscription."""

    event: str
    tier: str
    origin: str
    scope: Scope
    lifetime: Lifetime


@dataclass(frozen=True, slots=True)
class TierLadder:
    """Tiers by what ``meter`` earned in ``window``, lowest first."""

    key: str
    meter: str
    window: Window
    tiers: tuple[Tier, ...]
    valid: Validity = Validity()
    minimum: Condition = field(default_factory=Condition)
    rises_at_once: bool = True
    falls_by_one: bool = False
    never_below: tuple[str, str] = ("", "")
    grace_days: int = 0
    is_undone_by_return: bool = True
    zeroes_on_fall: tuple[str, ...] = ()
    back_to_on_withdrawal: str = ""
    given_by: tuple[GivenBy, ...] = ()
    carries_surplus: bool = False

    def rank_of(self, tier: str) -> int:
        return next((rank for rank, row in enumerate(self.tiers) if row.key == tier), -1)

    def valid_for(self, tier: str) -> Validity:
        rank = self.rank_of(tier)
        own = self.tiers[rank].valid if rank >= 0 else None
        return own or self.valid
