"""What members have besides points: perks, when they open, and seats at an evening."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, Sum
from django.db.models.functions import Coalesce

from loyalty.engine import perks
from loyalty.engine.objects import Perk
from loyalty.engine.reading import Reading
from loyalty.models import Booking
from loyalty.queries.programmes import recent_timetable


@dataclass(frozen=True, slots=True)
class PerkReading:
    """``opens_at`` is when it opens for this member, ``None`` where it is open or never will. ``left`` of ``seats``
    are free; ``booked`` and ``waiting`` are the member's own, ``most`` how many more they may ask for.
    ``uses`` is how often they can use it in all in the stretch that runs, ``uses_left`` how often still, ``None`` for no end.
    ``elsewhere`` is what the tiers get, for a member of whom none is among them."""

    key: str
    kind: str
    is_open: bool
    opens_at: datetime | None
    closes_at: datetime | None
    benefit: str
    seats: int
    left: int
    booked: int
    waiting: int
    most: int
    has_waiting_list: bool
    elsewhere: tuple[tuple[str, str], ...] = ()
    uses: int | None = None
    uses_left: int | None = None

    @property
    def has_seats(self) -> bool:
        return self.kind == "event" or bool(self.seats)

    @property
    def can_use(self) -> bool:
        """Whether it is used as it is, without seats."""
        return self.is_open and not self.has_seats and bool(self.uses_left)

    @property
    def can_book(self) -> bool:
        return self.is_open and self.has_seats and self.most > 0 and (self.left > 0 or self.has_waiting_list)


def perks_of(reading: Reading, member_id: int) -> list[PerkReading]:
    """Perks that are open to this member or will be, and evenings where they have seats."""
    known = reading.programme.perks
    seated = [perk.key for perk in known.values() if perk.seats or perk.kind == "event" or perk.quota]
    bookings = bookings_of(seated)
    found = [_perk(reading, perk, bookings.get(perk.key, []), member_id) for perk in known.values()]
    return [one for one in found if one.is_open or one.opens_at or one.booked or one.waiting]


def bookings_of(keys: Iterable[str]) -> dict[str, list[Booking]]:
    """Every booking of these perks, first come first."""
    wanted, found = list(keys), dict[str, list[Booking]]()
    if wanted:
        for row in Booking.objects.filter(perk__in=wanted).order_by("booked_at", "pk"):
            found.setdefault(row.perk, []).append(row)
    return found


def _perk(reading: Reading, perk: Perk, bookings: list[Booking], member_id: int) -> PerkReading:
    is_open = perks.is_open(perk, reading)
    taken = sum(one.seats for one in bookings if not one.is_waiting)
    own = [one for one in bookings if one.member_id == member_id]
    left = max(perk.seats - taken, 0)
    asked = sum(one.seats for one in own)
    benefit = perks.benefit_of(perk, reading) or ""
    uses_left = perks.left_of(perk, [_as_told(one) for one in own], reading, str(member_id))
    most = perk.max_each - asked if perk.max_each else (left or _MOST_ASKED)
    return PerkReading(
        key=perk.key,
        kind=perk.kind,
        is_open=is_open,
        opens_at=None if is_open else _opens_at(perk, reading),
        closes_at=perk.closes,
        benefit=benefit,
        elsewhere=() if benefit else tuple(perks.benefits(perk, reading.programme)),
        seats=perk.seats,
        left=left,
        booked=sum(one.seats for one in own if not one.is_waiting),
        waiting=sum(one.seats for one in own if one.is_waiting),
        most=min(most, uses_left),
        has_waiting_list=perk.has_waiting_list,
        uses=perks.times_of(perk, reading) if perk.quota else None,
        uses_left=uses_left if perk.quota else None,
    )


def _as_told(row: Booking) -> perks.Booking:
    return perks.Booking(str(row.member_id), row.seats, row.booked_at, row.is_waiting)


# How many seats a member may wait for where the evening sets no limit.
_MOST_ASKED = 10


def _opens_at(perk: Perk, reading: Reading) -> datetime | None:
    """When it opens for the member, by the tiers they hold now."""
    held = reading.tiers()
    coming = [at for tier, at in perk.opens if at > reading.at and (not tier or tier in held)]
    if not coming or (perk.closes and min(coming) >= perk.closes):
        return None
    return min(coming)


@dataclass(frozen=True, slots=True)
class Evening:
    """How full an evening is; ``seats`` is 0 where there is no limit."""

    key: str
    seats: int
    taken: int
    waiting: int


def evenings() -> list[Evening]:
    """Every evening that has bookings, and those of the newest programme that have none yet."""
    versions = recent_timetable().versions
    known = versions[-1][2].perks if versions else {}
    sums = {
        row["perk"]: (row["taken"], row["waiting"])
        for row in Booking.objects.values("perk")
        .annotate(taken=_sum(is_waiting=False), waiting=_sum(is_waiting=True))
        .order_by()
    }
    keys = [*(key for key, perk in known.items() if perk.seats), *(key for key in sums if key not in known)]
    return [Evening(key, known[key].seats if key in known else 0, *sums.get(key, (0, 0))) for key in keys]


def _sum(*, is_waiting: bool) -> Coalesce:
    return Coalesce(Sum("seats", filter=Q(is_waiting=is_waiting)), 0)
