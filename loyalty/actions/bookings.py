"""Seats at the club's evenings, taken or waited for: each in its turn, never more than there are."""

from datetime import datetime

from django.db import transaction

from loyalty.actions.changing import programme_at
from loyalty.engine import perks
from loyalty.engine.account import Account
from loyalty.engine.errors import Refused
from loyalty.engine.objects import Perk
from loyalty.engine.programme import Programme
from loyalty.engine.reading import Reading
from loyalty.models import Booking, ProgrammeVersion
from loyalty.queries.accounts import load_accounts
from loyalty.queries.people import person_of
from loyalty.queries.programmes import timetable as published_timetable
from members import actions as members
from members.actions import UnableToBook
from members.models import Member


@transaction.atomic
def book_seats(*, perk: str, member: Member, seats: int, now: datetime, actor: str) -> list[Booking]:
    """Take ``seats`` for ``member``, or wait for them; answers all that the member has. Raises ``UnableToBook``."""
    try:
        programme, found = _perk(perk, now)
        account = load_accounts(published_timetable(), [member.account_id], since=now)[member.account_id]
        booked = perks.book(
            found, _booked(perk), _reading(programme, account, member, now), str(member.pk), seats
        )
    except Refused as refused:
        raise UnableToBook(refused.key, **refused.facts) from refused
    _store(perk, booked)
    return _tell("seats.booked", perk, member, now)


@transaction.atomic
def give_up_seats(*, perk: str, member: Member, now: datetime, actor: str) -> None:
    """Free what ``member`` has booked, for those who wait. Raises ``UnableToBook``."""
    try:
        _programme, found = _perk(perk, now)
        booked = perks.unbook(found, _booked(perk), str(member.pk))
    except Refused as refused:
        raise UnableToBook(refused.key, **refused.facts) from refused
    _store(perk, booked)
    _tell("seats.given_up", perk, member, now)


def _perk(key: str, at: datetime) -> tuple[Programme, Perk]:
    """The perk, locked: whoever comes second waits."""
    programme = programme_at(published_timetable(), at)
    perk = perks.find(programme, key)
    ProgrammeVersion.objects.select_for_update(no_key=True).get(pk=int(programme.key))
    return programme, perk


def _reading(programme: Programme, account: Account, member: Member, at: datetime) -> Reading:
    person = account.people.get(str(member.pk)) or person_of(member)
    return Reading(programme, account, at, person=person)


def _booked(perk: str) -> list[perks.Booking]:
    rows = Booking.objects.filter(perk=perk).order_by("pk")
    return [
        perks.Booking(str(member_id), seats, booked_at, is_waiting)
        for member_id, seats, booked_at, is_waiting in rows.values_list(
            "member_id", "seats", "booked_at", "is_waiting"
        )
    ]


def _store(perk: str, booked: list[perks.Booking]) -> None:
    """The list as it stands now, in its order; each keeps the time that it was booked at."""
    Booking.objects.filter(perk=perk).delete()
    Booking.objects.bulk_create(
        Booking(
            perk=perk, member_id=int(one.who), seats=one.seats, is_waiting=one.is_waiting, booked_at=one.at
        )
        for one in booked
    )


def _tell(kind: str, perk: str, member: Member, now: datetime) -> list[Booking]:
    """Write what happened, and answer what the member has now."""
    own = list(Booking.objects.filter(perk=perk, member=member).order_by("pk"))
    facts = {
        "perk": perk,
        "seats": sum(one.seats for one in own if not one.is_waiting),
        "waiting": sum(one.seats for one in own if one.is_waiting),
    }
    members.new_activity(
        kind=kind, member_id=member.pk, account_id=member.account_id, facts=facts, occurred_at=now, now=now
    ).save(force_insert=True)
    return own
