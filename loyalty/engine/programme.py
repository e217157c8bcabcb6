"""One programme version, and the timetable of versions. ``parsing.parse`` reads it from a checked document."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from loyalty.engine.claims import LateClaims
from loyalty.engine.ladders import TierLadder
from loyalty.engine.objects import (
    Challenge,
    Conversion,
    Draw,
    EarningRule,
    Fee,
    Fund,
    Life,
    Menu,
    Meter,
    Perk,
    PriceRule,
    Returns,
    Reward,
    Stage,
)

INVITATION_DAYS = 30


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
    life: Life = field(default_factory=Life)
    returns: Returns = field(default_factory=Returns)
    menus: Mapping[str, Menu] = field(default_factory=dict)
    price_rules: tuple[PriceRule, ...] = ()
    challenges: tuple[Challenge, ...] = ()
    draws: tuple[Draw, ...] = ()
    funds: Mapping[str, Fund] = field(default_factory=dict)
    perks: Mapping[str, Perk] = field(default_factory=dict)
    fees: tuple[Fee, ...] = ()
    stages: tuple[Stage, ...] = ()
    age_from: int = 0
    age_to: int = 0
    has_one_each: bool = False
    excludes_staff: bool = False
    max_members: int = 0
    needs_same_address: bool = False
    invitation_days: int = INVITATION_DAYS
    who_sees: str = "purchases"
    whose_year: str = "account"
    share_on_leaving: str = "stays"
    takes_over_lots: bool = False
    who_spends: str = "all"
    late_claims: LateClaims = field(default_factory=LateClaims)
    rules_by_event: Mapping[str, tuple[EarningRule, ...]] = field(init=False)
    runs: tuple[Conversion, ...] = field(init=False)
    at_once: tuple[Conversion, ...] = field(init=False)
    meters_at_once: frozenset[str] = field(init=False)
    restarting_meters: tuple[Meter, ...] = field(init=False)
    active_meters: tuple[Meter, ...] = field(init=False)
    about_first: tuple[str, ...] = field(init=False)
    has_tier_multipliers: bool = field(init=False)
    has_multipliers: bool = field(init=False)
    has_rules_after: bool = field(init=False)
    has_occasions: bool = field(init=False)
    events: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        by_event: dict[str, tuple[EarningRule, ...]] = {}
        for rule in self.earning_rules:
            by_event[rule.event] = (*by_event.get(rule.event, ()), rule)
        at_once = tuple(one for one in self.conversions if one.schedule.kind == "at_once")
        has_tier_multipliers = any(tier.multiplier for one in self.ladders for tier in one.tiers)
        found = {
            "rules_by_event": by_event,
            "runs": tuple(
                one for one in self.conversions if one.schedule.kind not in ("at_once", "on_demand")
            ),
            "at_once": at_once,
            "meters_at_once": frozenset(one.meter for one in at_once),
            "restarting_meters": tuple(one for one in self.meters.values() if one.at_window_end != "carry"),
            "about_first": tuple(one for one in ("first_purchase", "referral_ordered") if one in by_event),
            "has_tier_multipliers": has_tier_multipliers,
            "has_multipliers": has_tier_multipliers or any(one.also for one in self.meters.values()),
            "has_rules_after": any(rule.uses_tier_after for rule in self.earning_rules),
            "events": frozenset(by_event) | {one.event for ladder in self.ladders for one in ladder.given_by},
            "has_occasions": bool(by_event.keys() & {"birthday", "birthday_month", "anniversary"}),
            "active_meters": tuple(
                one for one in self.meters.values() if one.lifetime.kind == "while_active"
            ),
        }
        for name, value in found.items():
            object.__setattr__(self, name, value)

    def meter(self, key: str) -> Meter:
        """A meter of this version, or one that only an earlier version had: what is on it can still lapse."""
        return self.meters.get(key) or Meter(key)

    def rule(self, key: str) -> EarningRule | None:
        return next((rule for rule in self.earning_rules if rule.key == key), None)


@dataclass(frozen=True, slots=True, eq=False)
class Timetable:
    """Which version holds when: ``(from, to, programme)`` in order of time, never overlapping.

    Each is its own key to what is worked out from it once.
    """

    versions: tuple[tuple[datetime, datetime | None, Programme], ...] = ()
    has_automatic_rewards: bool = field(init=False)

    def __post_init__(self) -> None:
        rewards = (reward for _from, _to, one in self.versions for reward in one.rewards.values())
        object.__setattr__(self, "has_automatic_rewards", any(one.is_automatic for one in rewards))

    def at(self, moment: datetime) -> Programme | None:
        for start, end, programme in reversed(self.versions):
            if start <= moment:
                return programme if end is None or moment < end else None
        return None

    def latest(self, moment: datetime) -> Programme | None:
        """The version in force, or the last that was: what an account has keeps to it."""
        for start, _end, programme in reversed(self.versions):
            if start <= moment:
                return programme
        return None

    def version(self, key: str) -> Programme:
        """The version with that key, in force or not. Raises ``KeyError``."""
        for _start, _end, programme in self.versions:
            if programme.key == key:
                return programme
        raise KeyError(key)

    def starts_after(self, moment: datetime) -> datetime | None:
        return min((start for start, _end, _p in self.versions if start > moment), default=None)
