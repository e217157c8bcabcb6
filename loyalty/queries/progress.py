"""How far an account is from what comes next: a check, a tier."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Sum
from django.db.models.functions import Coalesce

from loyalty.engine.calendar import Span, local_day
from loyalty.engine.programme import Programme, TierLadder
from loyalty.models import Entry, Lot, Standing
from loyalty.queries.programmes import recent_timetable
from members.models import Account


@dataclass(frozen=True, slots=True)
class Progress:
    """Towards the next voucher of a conversion: smallest parts of the meter, and öre.

    ``run_day`` is when it is issued, ``None`` for at once; ``is_reached``: it comes on that day.
    """

    meter: str
    unit: int
    have: int
    need: int
    missing: int
    value_ore: int
    run_day: date | None

    @property
    def is_reached(self) -> bool:
        return self.missing == 0

    @property
    def percent(self) -> int:
        return min(100, self.have * 100 // self.need) if self.need else 100


@dataclass(frozen=True, slots=True)
class TierReading:
    """``tier`` is the key held, empty for none; ``missing`` to ``next_tier`` in the window that runs."""

    ladder: str
    tier: str
    valid_to: datetime | None
    next_tier: str
    missing: int
    earned: int
    unit: int


def next_check(account: Account, at: datetime) -> Progress | None:
    """The nearest voucher that what is available and pending leads to, or ``None``."""
    programme = recent_timetable().at(at)
    if programme is None or not programme.conversions:
        return None
    conversion = programme.conversions[0]
    meter = programme.meters[conversion.meter]
    lots = Lot.objects.filter(account=account, meter=meter.key, remaining__gt=0)
    have = lots.exclude(expires_at__lte=at).aggregate(have=Coalesce(Sum("remaining"), 0))["have"]
    need = max(conversion.threshold, 1)
    if conversion.form == "linear":
        value = max(have, need) * conversion.value // meter.unit
    else:
        value = max(have, need) // conversion.step * conversion.value
    today = local_day(at, programme.zone)
    return Progress(
        meter=meter.key,
        unit=meter.unit,
        have=have,
        need=need,
        missing=max(need - have, 0),
        value_ore=value,
        run_day=conversion.schedule.next_day(today - timedelta(days=1)),
    )


def tiers(account: Account, at: datetime) -> list[TierReading]:
    """Every ladder of the programme in force, and where ``account`` stands on it."""
    programme = recent_timetable().at(at)
    if programme is None or not programme.ladders:
        return []
    standing = Standing.objects.filter(account=account).first()
    held = standing.tiers if standing else {}
    return [_tier(programme, ladder, held.get(ladder.key, {}), account, at) for ladder in programme.ladders]


def _tier(
    programme: Programme, ladder: TierLadder, held: dict[str, str | None], account: Account, at: datetime
) -> TierReading:
    earned = _earned_in(account, ladder.meter, ladder.window.span(at, programme.zone))
    tier = held.get("tier") or ""
    following = ladder.rank_of(tier) + 1
    is_top = following >= len(ladder.tiers.values)
    valid_to = held.get("valid_to")
    return TierReading(
        ladder=ladder.key,
        tier=tier,
        valid_to=datetime.fromisoformat(valid_to) if valid_to else None,
        next_tier="" if is_top else ladder.tiers.values[following].key,
        missing=0 if is_top else max(ladder.tiers.thresholds[following] - earned, 0),
        earned=earned,
        unit=programme.meters[ladder.meter].unit,
    )


def _earned_in(account: Account, meter: str, span: Span) -> int:
    counted = Entry.objects.filter(account=account, meter=meter, kind__in=["earn", "reverse"]).annotate(
        counts_at=Coalesce("order__placed_at", "effective_at")
    )
    if span.start:
        counted = counted.filter(counts_at__gte=span.start)
    if span.end:
        counted = counted.filter(counts_at__lt=span.end)
    return int(counted.aggregate(total=Coalesce(Sum("amount"), 0))["total"])
