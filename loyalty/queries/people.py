"""Members as the engine reads them."""

from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from hashlib import sha256
from typing import Any

from django.db.models import QuerySet

from loyalty.engine.happening import Person
from members.models import Consent, Member
from segments.models import Membership

PARTS = 10_000


def members_of(account_ids: list[int]) -> QuerySet[Member]:
    """Of each account its holder first."""
    return Member.objects.filter(account_id__in=account_ids).in_turn()


def is_holder(member: Member) -> bool:
    """Whether ``member`` is the first in turn on their account: who began it, or who came next when they left."""
    first = Member.objects.filter(account=member.account_id).in_turn().values_list("pk", flat=True)
    return first.first() == member.pk


@dataclass(frozen=True, slots=True)
class Sharing:
    """One of those who share an account."""

    member: Member
    is_holder: bool

    @property
    def number(self) -> str:
        return self.member.number

    @property
    def first_name(self) -> str:
        return self.member.first_name

    @property
    def may_spend(self) -> bool:
        return self.member.may_spend

    @property
    def shares_since(self) -> datetime | None:
        return self.member.shares_since


def sharing(member: Member) -> list[Sharing]:
    """The active members on the account of ``member``, its holder first."""
    rows = Member.objects.active().filter(account=member.account_id).in_turn()
    return [Sharing(one, place == 0) for place, one in enumerate(rows)]


def consents_of(account_ids: list[int]) -> QuerySet[Consent, tuple[Any, ...]]:
    rows = Consent.objects.filter(member__account_id__in=account_ids).order_by("pk")
    return rows.values_list("member_id", "purpose", "channel", "is_given")


def segments_of(account_ids: list[int]) -> QuerySet[Membership, tuple[Any, ...]]:
    """As of the last run of each segment."""
    rows = Membership.objects.filter(member__account_id__in=account_ids)
    return rows.values_list("member_id", "segment__key")


def people_of(
    members: list[Member], answers: list[tuple[Any, ...]], memberships: list[tuple[Any, ...]]
) -> dict[int, dict[str, Person]]:
    """The members of each account by their ref, with what they agreed to and the segments they are in."""
    segments: dict[int, set[str]] = {}
    for member_id, key in memberships:
        segments.setdefault(member_id, set()).add(key)
    consents: dict[int, dict[tuple[str, str], bool]] = {}
    for member_id, purpose, channel, is_given in answers:
        consents.setdefault(member_id, {})[purpose, channel] = is_given
    found: dict[int, dict[str, Person]] = {}
    for member in members:
        given = frozenset(key for key, is_given in consents.get(member.pk, {}).items() if is_given)
        found.setdefault(member.account_id, {})[str(member.pk)] = person_of(
            member, given, frozenset(segments.get(member.pk, ()))
        )
    return found


def person_of(
    member: Member,
    consents: frozenset[tuple[str, str]] = frozenset(),
    segments: frozenset[str] = frozenset(),
) -> Person:
    """``member`` as the engine reads them; their share of chance follows from their number."""
    return Person(
        ref=str(member.pk),
        joined_at=member.joined_at,
        birth_date=member.birth_date,
        segments=segments,
        consents=consents,
        referrer=str(member.referrer_id or ""),
        is_staff=member.is_staff_member,
        share=_share(member.number),
        may_spend=member.may_spend,
        name=member.full_name,
        address=member.home,
        left_at=None if member.state == Member.State.ACTIVE else member.closed_at,
    )


def _share(number: str) -> Fraction:
    return Fraction(int.from_bytes(sha256(number.encode()).digest()[:4]) % PARTS, PARTS)
