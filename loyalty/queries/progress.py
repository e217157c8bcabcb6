"""How far an account is from what comes next: what a conversion gives, a tier."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from loyalty.engine.calendar import local_day
from loyalty.engine.conversions import Portion, portions_of
from loyalty.engine.ladders import TierLadder
from loyalty.engine.objects import Conversion
from loyalty.engine.reading import Reading
from loyalty.engine.surplus import counted
from loyalty.queries.standings import standing_of
from members.models import Account

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Progress:
    """Towards what a conversion gives next: smallest parts of the meter, and öre or parts of ``to_meter``.

    ``run_day`` is when it is given, ``None`` for at once; ``is_reached``: it comes on that day. ``missing_for_more``
    leads to ``more``, 0 where the next one is the last. Where ``is_in_a_row``, periods are counted, not parts.
    ``sizes`` are what the member may choose between, ``size`` the one that holds.
    """

    conversion: str
    meter: str
    unit: int
    have: int
    need: int
    missing: int
    reward: str
    value_ore: int
    run_day: date | None
    to_meter: str = ""
    value: int = 0
    missing_for_more: int = 0
    more: int = 0
    is_in_a_row: bool = False
    is_on_demand: bool = False
    sizes: tuple[int, ...] = ()
    size: int = 0

    @property
    def is_reached(self) -> bool:
        return self.missing == 0

    @property
    def percent(self) -> int:
        return min(100, self.have * 100 // self.need) if self.need else 100


@dataclass(frozen=True, slots=True)
class TierReading:
    """``tier`` is the key held, empty for none; ``missing`` to ``next_tier`` in the window that runs.

    Where ``is_by_condition``, no amount alone leads to ``next_tier``. ``missing_to_keep`` is ``None`` where nothing
    has to be earned to keep the tier held.
    """

    ladder: str
    tier: str
    valid_to: datetime | None
    next_tier: str
    missing: int
    earned: int
    unit: int
    meter: str = ""
    is_by_condition: bool = False
    missing_to_keep: int | None = None


def next_check(account: Account, at: datetime) -> Progress | None:
    """The first of what conversions lead to, from what is available and pending, or ``None``."""
    reading = standing_of(account.pk, at)
    return next(iter(next_rewards(reading)), None) if reading else None


def next_rewards(reading: Reading) -> list[Progress]:
    """What every conversion of the programme, that is for this member, leads to next."""
    return [
        _towards(reading, conversion)
        for conversion in reading.programme.conversions
        if not conversion.condition or conversion.condition.holds(reading)
    ]


def _towards(reading: Reading, conversion: Conversion) -> Progress:
    meter = reading.programme.meters[conversion.meter]
    have, before, need = _counted(reading, conversion)
    portions = _portions(reading, conversion, before + max(have, need))
    value = sum(one.value for one in portions)
    missing_for_more, more = _more(reading, conversion, before + max(have, need), value)
    return Progress(
        conversion=conversion.key,
        meter=meter.key,
        unit=meter.unit,
        have=have,
        need=need,
        missing=max(need - have, 0),
        reward=next((one.reward for one in portions if one.reward), conversion.reward),
        value_ore=0 if conversion.to_meter else value,
        run_day=_run_day(reading, conversion),
        to_meter=conversion.to_meter,
        value=value if conversion.to_meter else 0,
        missing_for_more=missing_for_more,
        more=more,
        is_in_a_row=conversion.form.kind == "consecutive",
        is_on_demand=conversion.schedule.kind == "on_demand" and conversion.schedule.by == "member",
        sizes=conversion.sizes,
        size=reading.account.choices.get(conversion.key, 0),
    )


def _counted(reading: Reading, conversion: Conversion) -> tuple[int, int, int]:
    """What the account has for the next one, what it had used for those before, and what the next one takes."""
    form, meter = conversion.form, reading.programme.meters[conversion.meter]
    if form.kind == "consecutive":
        return _periods_in_a_row(reading, conversion), 0, form.windows
    size = reading.account.choices.get(conversion.key) or form.step
    if conversion.measure == "passings":
        span = reading.span(conversion.meter, conversion.window)
        before = reading.account.given_in(conversion.key, span)[1] * size
        return max(reading.counted(conversion.meter, conversion.window) - before, 0), before, size
    if conversion.measure == "window":
        have = reading.counted(conversion.meter, conversion.window)
    elif meter.is_spendable:
        lots = reading.account.open_lots(meter.key)
        have = sum(one.remaining for one in lots if one.expires_at is None or reading.at < one.expires_at)
    else:
        have = reading.account.balance(meter.key)
    first = form.table.thresholds[0] + form.table.is_above if form.table else 0
    step = size if form.kind in ("step", "sequence") else 1
    return have, 0, max(form.threshold, first, step)


def _periods_in_a_row(reading: Reading, conversion: Conversion) -> int:
    form = conversion.form
    amounts = [reading.counted(conversion.meter, conversion.window)]
    amounts += reading.counted_in_each(conversion.meter, conversion.window, form.windows - 1)
    in_a_row = 0
    for amount in amounts if amounts[0] >= form.threshold else amounts[1:]:
        if amount < form.threshold or (form.top and amount >= form.top):
            break
        in_a_row += 1
    return in_a_row


def _portions(reading: Reading, conversion: Conversion, measured: int) -> list[Portion]:
    """What ``measured`` becomes; of a row of periods, what it becomes when it is full."""
    if conversion.form.kind != "consecutive":
        return list(portions_of(reading.programme, conversion, reading, measured))
    scale = reading.programme.meters[conversion.to_meter].unit if conversion.to_meter else 100
    return [Portion(0, int(conversion.form.value.of(reading) * scale))]


def _more(reading: Reading, conversion: Conversion, measured: int, value: int) -> tuple[int, int]:
    """How much is missing for a larger one, and what that comes to."""
    form = conversion.form
    if form.table is not None:
        wanted = next((one + form.table.is_above for one in form.table.thresholds if one > measured), 0)
    elif form.kind == "step" and form.is_one_voucher:
        wanted = (measured // form.step + 1) * form.step
    else:
        return 0, 0
    worth = sum(one.value for one in _portions(reading, conversion, wanted)) if wanted else 0
    return (wanted - measured, worth) if worth > value else (0, 0)


def _run_day(reading: Reading, conversion: Conversion) -> date | None:
    zone = reading.programme.zone
    course = reading.account.course(conversion.meter, conversion.schedule.window, zone)
    return conversion.schedule.next_day(local_day(reading.at, zone) - _DAY, course)


def tiers(account: Account, at: datetime) -> list[TierReading]:
    """Every ladder of the programme in force, and where ``account`` stands on it."""
    reading = standing_of(account.pk, at)
    return tiers_of(reading) if reading else []


def tiers_of(reading: Reading) -> list[TierReading]:
    return [_tier(reading, ladder) for ladder in reading.programme.ladders]


def _tier(reading: Reading, ladder: TierLadder) -> TierReading:
    held = reading.account.tiers.get(ladder.key)
    tier = held.tier if held else ""
    rank = ladder.rank_of(tier)
    following = ladder.tiers[rank + 1] if rank + 1 < len(ladder.tiers) else None
    earned = counted(ladder, reading)
    return TierReading(
        ladder=ladder.key,
        tier=tier,
        valid_to=held.valid_to if held else None,
        next_tier=following.key if following else "",
        missing=max((following.threshold or 0) - earned, 0) if following else 0,
        earned=earned,
        unit=reading.programme.meters[ladder.meter].unit,
        meter=ladder.meter,
        is_by_condition=following is not None and bool(following.reach or ladder.minimum),
        missing_to_keep=_missing_to_keep(ladder, rank, earned) if held and held.valid_to else None,
    )


def _missing_to_keep(ladder: TierLadder, rank: int, earned: int) -> int | None:
    """What still has to be earned in the window that runs; a tier is kept by less than it takes where it says so."""
    if rank < 0:
        return None
    tier = ladder.tiers[rank]
    need = tier.threshold if tier.keep_from is None else tier.keep_from
    return None if need is None else max(need - earned, 0)
