"""The objects of a programme as frozen dataclasses.

Amounts of a meter are in its smallest parts, money in öre.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

from loyalty.engine.values import (
    Base,
    Condition,
    Follow,
    Ladder,
    Lifetime,
    Rate,
    Round,
    Schedule,
    Scope,
    Stack,
    Window,
)

AMOUNTLESS = Follow()
TO_THE_ORE = Round("half_up", Fraction(1, 100))
ONLY_THE_BEST = Stack(kind="best")
PURCHASES = ("purchase", "first_purchase", "referral_ordered")


@dataclass(frozen=True, slots=True)
class Meter:
    """Anything counted. ``unit`` smallest parts make one; ``also`` are (other meter, factor)."""

    key: str
    is_spendable: bool = True
    unit: int = 1
    lifetime: Lifetime = field(default_factory=Lifetime)
    consumption: str = "soonest"
    window: Window = field(default_factory=Window)
    at_window_end: str = "carry"
    may_be_negative: bool = False
    ceiling: int = 0
    also: tuple[tuple[str, Fraction], ...] = ()
    is_money: bool = False


@dataclass(frozen=True, slots=True)
class Cap:
    """At most ``amount`` (0 is any) and at most ``times`` (0 is any) in ``window``; on one receipt without one."""

    window: Window | None
    amount: int = 0
    times: int = 0


@dataclass(frozen=True, slots=True)
class EarningRule:
    """What gives of a meter, or a reward, or feeds a fund. ``hours`` must have passed since what ``since`` says."""

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
    reward: str = ""
    fund: str = ""
    beneficiary: str = "buyer"
    caps: tuple[Cap, ...] = ()
    hours: Fraction = Fraction(0)
    since: str = "counted"
    uses_tier_after: bool = False
    credit_from: str = "event"
    credit_weekday: str = ""
    late_claim_days: int | None = None
    counted_by: str = ""
    is_silent: bool = False
    offer: str = ""
    offer_days: int = 0
    acceptances: Cap | None = None
    count: int = 1
    is_for_members: bool = False
    is_credited_before: bool = False

    @property
    def target(self) -> str:
        """What rules are weighed against each other for."""
        return self.meter or self.reward or self.fund

    @property
    def happening(self) -> str:
        """What it is remembered as that the rule is about."""
        return f"event.{'purchase' if self.event in PURCHASES else self.event}"

    def rounded(self, amount: int, value: Fraction, unit: int) -> int:
        """What ``amount`` of the base gives at ``value``, rounded, in smallest parts (``unit`` to one)."""
        scale = self.base.scale
        if self.rate.kind == "per_unit" and self.round.is_to_whole:
            # The same without reducing a fraction: most receipts of most clubs pass here.
            return value.numerator * amount // (value.denominator * scale) * unit
        return self.round.applied(self.rate.applied(amount, scale, value), unit)


@dataclass(frozen=True, slots=True)
class Reward:
    """What a voucher of it is and may do. ``kind``: money_off, percent_off, product, choice, service, donation, payout.
    ``choices`` are (key, the reward that it becomes, öre or 0 for that reward's own value)."""

    key: str
    kind: str
    scope: Scope
    lifetime: Lifetime
    percent: Decimal = Decimal(0)
    value: int = 0
    is_partly_usable: bool = False
    frees_cheapest: bool = False
    unit: int = 0
    on_return: str = "lost"
    min_basket: int = 0
    max_share: Decimal = Decimal(100)
    max_per_receipt: int = 0
    combinable: str = "all"
    combines_with: frozenset[str] = frozenset()
    is_automatic: bool = False
    earns: str = "paid"
    transfer_to: str = "nobody"
    transfers: int = 0
    hands: int = 0
    claim: Lifetime | None = None
    waits_days: int = 0
    fund: str = ""
    stock: int = 0
    shows_stock: bool = True
    choices: tuple[tuple[str, str, int], ...] = ()
    one_per: int = 0


@dataclass(frozen=True, slots=True)
class Form:
    """How much of a meter becomes how much. ``value`` is öre, or smallest parts of the meter it becomes, for each step
    or unit; ``sequence`` are (value, reward) of each passing."""

    kind: str
    threshold: int = 0
    step: int = 1
    value: Follow = AMOUNTLESS
    is_one_voucher: bool = False
    table: Ladder[Fraction] | None = None
    sequence: tuple[tuple[Fraction, str], ...] = ()
    repeat_from: int = 0
    windows: int = 0
    top: int = 0
    round: Round = TO_THE_ORE


@dataclass(frozen=True, slots=True, eq=False)
class Conversion:
    """A meter into a reward, or into another meter. ``measure``: available, window or passings; ``is_of_previous``
    where that window is the one before the run's."""

    key: str
    meter: str
    reward: str
    schedule: Schedule
    form: Form
    to_meter: str = ""
    measure: str = "available"
    window: Window = field(default_factory=Window)
    is_of_previous: bool = False
    takes: str = "converted"
    is_carried: bool = True
    max_per_run: int = 0
    condition: Condition = field(default_factory=Condition)
    fills: tuple[str, ...] = ()
    fee: int = 0
    fees: frozenset[str] = frozenset()
    sizes: tuple[int, ...] = ()
    draw: str = ""


@dataclass(frozen=True, slots=True)
class Option:
    key: str
    points: int
    value: int = 0
    reward: str = ""


@dataclass(frozen=True, slots=True)
class Menu:
    """What members use points for on demand. ``unit_value`` is öre for one smallest part, 0 without free choice."""

    key: str
    meter: str
    scope: Scope
    condition: Condition
    reward: str = ""
    options: Mapping[str, Option] = field(default_factory=dict)
    unit_value: Fraction = Fraction(0)
    least: int = 0
    unit: int = 1
    min_balance: int = 0
    max_points: int = 0
    max_share: Decimal = Decimal(100)
    is_once_per_order: bool = False
    earns: str = "paid"
    on_return: str = "restored"


@dataclass(frozen=True, slots=True)
class PriceRule:
    """``kind``: percent, amount_per_unit, fixed_price (öre a piece), nth_free, per_full."""

    key: str
    kind: str
    value: Follow
    scope: Scope
    condition: Condition
    step: int = 0
    n: int = 0
    is_mixed: bool = False
    attribute: str = ""
    stack: Stack = ONLY_THE_BEST
    holds_on_first: bool = True
    max_quantity: int = 0


@dataclass(frozen=True, slots=True)
class Goal:
    """``meter`` counts towards ``target``; ``in_a_row``, ``each`` in each of so many windows; ``is_of_different``, so
    many different ones."""

    meter: str
    target: int
    in_a_row: Window | None = None
    each: int = 1
    is_of_different: bool = False


@dataclass(frozen=True, slots=True)
class Challenge:
    """``amount`` of a meter in smallest parts, or a reward worth that many öre, each time its goals are met."""

    key: str
    goals: tuple[Goal, ...]
    needs_all: bool = True
    from_date: date | None = None
    to_date: date | None = None
    days: int = 0
    needs_acceptance: bool = False
    meter: str = ""
    reward: str = ""
    amount: int = 0
    repeats: int = 1

    @property
    def rule(self) -> str:
        return f"challenge.{self.key}"


@dataclass(frozen=True, slots=True)
class Prize:
    """``amount`` of a meter in smallest parts, or a reward worth that many öre."""

    count: int
    meter: str = ""
    reward: str = ""
    amount: int = 0


@dataclass(frozen=True, slots=True)
class Draw:
    """``meter`` counts its entries; ``pool`` is day, week or whole."""

    key: str
    meter: str
    prizes: tuple[Prize, ...]
    from_date: date
    to_date: date
    pool: str = "whole"
    weekday: str = ""
    days_after: int = 1
    max_wins: int = 0
    takes_staff: bool = False
    seed: str = ""
    not_dates: frozenset[date] = frozenset()


@dataclass(frozen=True, slots=True)
class Fund:
    key: str
    opening: int = 0
    grant_min: int = 0
    grant_max: int = 0


@dataclass(frozen=True, slots=True)
class Quota:
    """So many ``times`` for each member in ``window``, or what the highest tier held of ``by_tier`` has."""

    times: int
    window: Window
    by_tier: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Perk:
    """``opens`` are (tier, or nothing for every member, from when)."""

    key: str
    kind: str
    scope: Scope
    by_tier: Mapping[str, str]
    opens: tuple[tuple[str, datetime], ...] = ()
    closes: datetime | None = None
    seats: int = 0
    max_each: int = 0
    has_waiting_list: bool = True
    quota: Quota | None = None


@dataclass(frozen=True, slots=True)
class Fee:
    key: str
    amount: int
    per: str = "calendar_year"
    years: int = 1
    free_periods: int = 0
    is_from_rewards: bool = False


@dataclass(frozen=True, slots=True)
class Leaving:
    """What becomes of what a member has: lost, frozen, cut (after ``after_days``, down to ``to`` of each meter) or kept
    (so many ``years``). Who comes back within ``grace_days`` goes on as before."""

    points: str = "lost"
    after_days: int = 0
    to: Fraction = Fraction(0)
    years: int = 0
    grace_days: int = 0


@dataclass(frozen=True, slots=True)
class Life:
    """An account without any of ``without`` for ``inactive_months`` closes, or loses its balance, at once or at the
    next run of ``ends``. ``claw_back`` are (reward, months)."""

    inactive_months: int = 0
    effect: str = "none"
    without: frozenset[str] = frozenset(["purchase"])
    has_full_months: bool = False
    ends: Schedule | None = None
    claw_back: tuple[tuple[str, int], ...] = ()
    leaving: Leaving = Leaving()


@dataclass(frozen=True, slots=True)
class Stage:
    from_date: date
    scope: Scope
    share: Fraction = Fraction(1)


@dataclass(frozen=True, slots=True)
class Returns:
    takes_points: bool = True
    counts_at_sale: bool = True
    goes_below_zero: bool = True
    unused_vouchers: str = "cancel"
    owes_used_vouchers: bool = True
    retests_referrals: bool = True
    reopens_runs: bool = False
