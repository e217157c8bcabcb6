"""Perks: who has them, when they open, and seats at an evening with its waiting list."""

from dataclasses import dataclass, replace
from datetime import datetime

from loyalty.engine.errors import Refused
from loyalty.engine.happening import Order
from loyalty.engine.objects import Perk
from loyalty.engine.programme import Programme
from loyalty.engine.reading import Reading

# More than anybody can use.
NO_END = 1_000_000


@dataclass(frozen=True, slots=True)
class Booking:
    """``seats`` of one member since ``at``, taken or waited for."""

    who: str
    seats: int
    at: datetime
    is_waiting: bool = False


def is_open(perk: Perk, reading: Reading) -> bool:
    """Whether the member who is read has the perk at that moment."""
    if reading.account.closed_at and reading.account.closed_at <= reading.at:
        return False
    look = Order("look", reading.at, [])
    if perk.scope.refuses_order(look, reading.programme.zone, reading, perk.key):
        return False
    if perk.closes and reading.at >= perk.closes:
        return False
    held = _tiers(perk, reading)
    opened = [tier for tier, at in perk.opens if at <= reading.at]
    return not perk.opens or any(not tier or tier in held for tier in opened)


def benefit_of(perk: Perk, reading: Reading) -> str | None:
    """What the perk gives the member by tier; the highest that is held wins."""
    held = _tiers(perk, reading)
    found = [text for tier, text in benefits(perk, reading.programme) if tier in held]
    return found[-1] if found else None


def benefits(perk: Perk, programme: Programme) -> list[tuple[str, str]]:
    """What the perk gives by tier, the lowest tier first: stored settings have no order of their own."""
    ranks = [tier.key for ladder in programme.ladders for tier in ladder.tiers]
    return [(tier, perk.by_tier[tier]) for tier in ranks if tier in perk.by_tier]


def _tiers(perk: Perk, reading: Reading) -> frozenset[str]:
    """The tiers that count for the perk: all that are held, or only the earned ones."""
    return reading.earned_tiers() if perk.scope.included_people.is_earned else reading.tiers()


def book(perk: Perk, bookings: list[Booking], reading: Reading, who: str, seats: int) -> list[Booking]:
    """``bookings`` with ``seats`` more, taken where there is room and nobody waits, else waiting. Raises ``Refused``."""
    if not is_open(perk, reading):
        raise Refused("not_open_yet", perk=perk.key)
    own = sum(one.seats for one in bookings if one.who == who)
    is_waited_for = any(one.is_waiting for one in bookings)
    if perk.max_each and own + seats > perk.max_each:
        raise Refused("too_many_seats", perk=perk.key, maximum=perk.max_each)
    if seats > left_of(perk, bookings, reading, who):
        raise Refused("quota_used_up", perk=perk.key, maximum=times_of(perk, reading))
    room = 0 if is_waited_for else perk.seats - taken(bookings)
    now = min(seats, room) if perk.seats else seats
    if now < seats and not perk.has_waiting_list:
        raise Refused("no_seats_left", perk=perk.key)
    return [*bookings, *_split(Booking(who, seats, reading.at), now)]


def times_of(perk: Perk, reading: Reading) -> int:
    """How often a member can use the perk in each stretch of its quota: what the highest tier held has, or what all have."""
    if perk.quota is None:
        return NO_END
    ranks = [tier.key for ladder in reading.programme.ladders for tier in ladder.tiers]
    held = _tiers(perk, reading)
    found = [perk.quota.by_tier[tier] for tier in ranks if tier in held and tier in perk.quota.by_tier]
    return found[-1] if found else perk.quota.times


def left_of(perk: Perk, bookings: list[Booking], reading: Reading, who: str) -> int:
    """How often ``who`` can still use the perk, in the stretch of its quota that now lies in."""
    if perk.quota is None:
        return NO_END
    span = reading.span(f"perk.{perk.key}", perk.quota.window)
    used = sum(one.seats for one in bookings if one.who == who and one.at in span)
    return max(times_of(perk, reading) - used, 0)


def unbook(perk: Perk, bookings: list[Booking], who: str) -> list[Booking]:
    """``bookings`` without those of ``who``; freed seats go to those who wait, in their order.

    Raises ``Refused``; what has no seats is used, and not booked."""
    if perk.quota and not perk.seats:
        raise Refused("used_already", perk=perk.key)
    left = [one for one in bookings if one.who != who]
    if len(left) == len(bookings):
        raise Refused("nothing_booked", perk=perk.key)
    room, found = perk.seats - taken(left), []
    for one in left:
        now = min(one.seats, room) if one.is_waiting else one.seats
        room -= now if one.is_waiting else 0
        found += _split(one, now)
    return found


def _split(one: Booking, taken_seats: int) -> list[Booking]:
    """``taken_seats`` of a booking, and the rest waited for."""
    parts = (
        replace(one, seats=taken_seats, is_waiting=False),
        replace(one, seats=one.seats - taken_seats, is_waiting=True),
    )
    return [part for part in parts if part.seats]


def find(programme: Programme, key: str) -> Perk:
    """The perk with that key. Raises ``Refused``."""
    perk = programme.perks.get(key)
    if perk is None:
        raise Refused("no_such_perk", perk=key)
    return perk


def seats_of(bookings: list[Booking], who: str) -> int:
    return sum(one.seats for one in bookings if one.who == who and not one.is_waiting)


def waited_for(bookings: list[Booking], who: str) -> int:
    return sum(one.seats for one in bookings if one.who == who and one.is_waiting)


def taken(bookings: list[Booking]) -> int:
    return sum(one.seats for one in bookings if not one.is_waiting)
