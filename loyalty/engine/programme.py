"""One programme version as frozen dataclasses, read from a checked programme document."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from loyalty.engine.values import (
    Base,
    Condition,
    Ladder,
    Lifetime,
    Rate,
    Round,
    Schedule,
    Scope,
    Stack,
    Window,
)
from loyalty.engine.values.condition import Reading

Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Meter:
    """Anything counted. ``unit`` smallest parts make one."""

    key: str
    is_spendable: bool = True
    unit: int = 1
    lifetime: Lifetime = field(default_factory=Lifetime)
    consumption: str = "soonest"


@dataclass(frozen=True, slots=True)
class EarningRule:
    key: str
    event: str
    meter: str
    scope: Scope
    base: Base
    rate: Rate
    round: Round
    stack: Stack
    condition: Condition
    pending_days: int = 0


@dataclass(frozen=True, slots=True)
class Reward:
    """``kind`` money_off or percent_off; what a voucher of it may do."""

    key: str
    kind: str
    scope: Scope
    lifetime: Lifetime
    percent: Decimal = Decimal(0)
    is_partly_usable: bool = False
    is_returned: bool = False
    min_basket: int = 0
    max_share: Decimal = Decimal(100)


@dataclass(frozen=True, slots=True)
class Conversion:
    """A meter into a reward. ``step``: from ``threshold``, each ``step`` gives ``value`` öre;
    ``linear``: ``value`` öre per unit from ``threshold`` on."""

    key: str
    meter: str
    reward: str
    schedule: Schedule
    form: str
    threshold: int
    step: int
    value: int
    is_carried: bool = True
    is_one_voucher: bool = False


@dataclass(frozen=True, slots=True)
class Tier:
    key: str
    multiplier: Rate | None


@dataclass(frozen=True, slots=True)
class TierLadder:
    """``valid`` is window_end, next_window_end, months (``valid_months``) or life."""

    key: str
    meter: str
    window: Window
    tiers: Ladder[Tier]
    valid: str = "next_window_end"
    valid_months: int = 12

    def rank_of(self, tier: str) -> int:
        return next((rank for rank, row in enumerate(self.tiers.values) if row.key == tier), -1)


@dataclass(frozen=True, slots=True)
class Life:
    """An account without a purchase for ``inactive_months`` closes, or loses its balance."""

    inactive_months: int = 0
    effect: str = "none"


@dataclass(frozen=True, slots=True)
class Programme:
    key: str
    zone: ZoneInfo
    currency: str
    meters: Mapping[str, Meter]
    earning_rules: tuple[EarningRule, ...]
    conversions: tuple[Conversion, ...]
    rewards: Mapping[str, Reward]
    ladders: tuple[TierLadder, ...]
    life: Life = Life()
    cancels_unused_vouchers: bool = True
    purchase_rules: tuple[EarningRule, ...] = field(init=False)

    def __post_init__(self) -> None:
        found = tuple(rule for rule in self.earning_rules if rule.event == "purchase")
        object.__setattr__(self, "purchase_rules", found)

    def tiers_of(self, account: Reading) -> list[Tier]:
        """The rows that ``account`` holds, one a ladder."""
        ranks = [(ladder, ladder.rank_of(account.tier(ladder.key))) for ladder in self.ladders]
        return [ladder.tiers.values[rank] for ladder, rank in ranks if rank >= 0]


@dataclass(frozen=True, slots=True)
class Timetable:
    """Which version holds when: ``(from, to, programme)`` in order of time, never overlapping."""

    versions: tuple[tuple[datetime, datetime | None, Programme], ...] = ()

    def at(self, moment: datetime) -> Programme | None:
        for start, end, programme in reversed(self.versions):
            if start <= moment:
                return programme if end is None or moment < end else None
        return None

    def latest(self, moment: datetime) -> Programme | None:
        """The version in force, or the last that was: what an account has keeps to it."""
        return next(
            (programme for start, _end, programme in reversed(self.versions) if start <= moment), None
        )

    def version(self, key: str) -> Programme:
        """The version with that key, in force or not. Raises ``KeyError``."""
        return self.by_key[key]

    @property
    def by_key(self) -> dict[str, Programme]:
        return {programme.key: programme for _start, _end, programme in self.versions}

    def starts_after(self, moment: datetime) -> datetime | None:
        return min((start for start, _end, _p in self.versions if start > moment), default=None)


def parse(document: Document, key: str = "") -> Programme:
    """The programme of ``document``, in which ``files.errors_of`` finds nothing wrong."""
    meters = {row["key"]: _meter(row) for row in document["meters"]}
    units = {meter.key: meter.unit for meter in meters.values()}
    return Programme(
        key=key or document["programme"],
        zone=ZoneInfo(document.get("time_zone", "Europe/Stockholm")),
        currency=document.get("currency", "SEK"),
        meters=meters,
        earning_rules=tuple(_earning_rule(row, units) for row in document.get("earning_rules", ())),
        conversions=tuple(_conversion(row, meters) for row in document.get("conversions", ())),
        rewards={row["key"]: _reward(row) for row in document.get("rewards", ())},
        ladders=tuple(_ladder(row, meters) for row in document.get("tier_ladders", ())),
        life=_life(document.get("life", {})),
        cancels_unused_vouchers=document.get("returns", {}).get("unused_vouchers", "cancel") == "cancel",
    )


def ore(amount: object) -> int:
    """Kronor as staff write them, in öre."""
    return int(Decimal(str(amount)) * 100)


def _meter(row: Document) -> Meter:
    return Meter(
        row["key"],
        row.get("spendable", True),
        10 ** row.get("decimals", 0),
        Lifetime.parse(row.get("lifetime", {})),
        row.get("consumption", "soonest"),
    )


def _earning_rule(row: Document, units: Mapping[str, int]) -> EarningRule:
    return EarningRule(
        row["key"],
        row.get("event", "purchase"),
        row["meter"],
        Scope.parse(row.get("scope", {})),
        Base.parse(row.get("base", {})),
        Rate.parse(row["rate"]),
        Round.parse(row.get("round", {})),
        Stack.parse(row.get("stack", {})),
        Condition.parse(row.get("condition", {}), units),
        row.get("pending_days", 0),
    )


def _reward(row: Document) -> Reward:
    use = row.get("use", {})
    return Reward(
        row["key"],
        row["kind"],
        Scope.parse(row.get("scope", {})),
        Lifetime.parse(row.get("lifetime", {})),
        Decimal(str(row.get("percent", 0))),
        use.get("partly", False),
        row.get("on_return", "lost") == "restored",
        ore(use.get("min_basket", 0)),
        Decimal(str(use.get("max_share", 100))),
    )


def _conversion(row: Document, meters: Mapping[str, Meter]) -> Conversion:
    form, unit = row["form"], meters[row["meter"]].unit
    threshold, step = form.get("from", form.get("step", 0)), form.get("step", 1)
    return Conversion(
        row["key"],
        row["meter"],
        row["reward"],
        Schedule.parse(row.get("schedule", {})),
        form["kind"],
        int(Decimal(str(threshold)) * unit),
        int(Decimal(str(step)) * unit),
        ore(form.get("value", 0)),
        row.get("remainder", "carry") == "carry",
        form.get("vouchers", "each") == "one",
    )


def _ladder(row: Document, meters: Mapping[str, Meter]) -> TierLadder:
    unit, rows = meters[row["meter"]].unit, row["rows"]
    thresholds = tuple(int(Decimal(str(tier["from"])) * unit) for tier in rows)
    tiers = tuple(Tier(tier["key"], _multiplier(tier)) for tier in rows)
    valid = row.get("valid", {})
    return TierLadder(
        row["key"],
        row["meter"],
        Window.parse(row["window"]),
        Ladder(thresholds, tiers),
        valid.get("kind", "next_window_end"),
        valid.get("count", 12),
    )


def _multiplier(tier: Document) -> Rate | None:
    value = Decimal(str(tier.get("multiplier", 1)))
    return None if value == 1 else Rate.parse({"kind": "factor", "value": value})


def _life(row: Document) -> Life:
    inactivity = row.get("inactivity", {})
    return Life(inactivity.get("months", 0), inactivity.get("effect", "none"))
