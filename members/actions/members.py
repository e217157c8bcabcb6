"""Joining, changing and leaving."""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Unpack

from django.db import IntegrityError, transaction

from members.actions.activities import new_activity
from members.actions.consents import ConsentAnswer, record_answers
from members.actions.errors import UnableToCloseMember, UnableToJoin, UnableToUpdateMember
from members.actions.particulars import Home, Particulars, tell
from members.models import Account, Member, MemberIdentity, Store
from members.models.member import check_digit
from members.queries import members_by
from members.registry import checks_of_joining

# A free number is missed once in a thousand when a million of the 900 million are taken.
ATTEMPTS = 5

RandomBelow = Callable[[int], int]


@dataclass(frozen=True, slots=True)
class Joined:
    """``is_new`` also when somebody comes back whose membership was closed."""

    member: Member
    is_new: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class _Joining:
    """Who wants to join, from where, and what they say about themselves."""

    told: Particulars
    consents: Sequence[ConsentAnswer]
    source: str
    external_id: str
    origin: str
    actor: str
    now: datetime
    referrer: Member | None
    account: Account | None
    is_staff_member: bool


@transaction.atomic
def join_member(
    *,
    email: str = "",
    phone: str = "",
    first_name: str = "",
    last_name: str = "",
    birth_date: date | None = None,
    language: str = "sv",
    home_store: Store | None = None,
    consents: Sequence[ConsentAnswer] = (),
    source: str = "",
    external_id: str = "",
    origin: str = "",
    referrer: Member | None = None,
    account: Account | None = None,
    is_staff_member: bool = False,
    actor: str,
    now: datetime,
    random_below: RandomBelow = secrets.randbelow,
    **home: Unpack[Home],
) -> Joined:
    """Let somebody into the club; the same external id, else the same e-mail, is the same member.

    A member known by e-mail learns the new external id; nothing else about a known member changes.
    ``account`` is that of a household that takes the new member in; otherwise they get one of their own.
    Raises ``UnableToJoin``.
    """
    told = Particulars(
        email=email,
        phone=phone,
        first_name=first_name,
        last_name=last_name,
        birth_date=birth_date,
        language=language,
        home_store=home_store,
        street=home.get("street", ""),
        postal_code=home.get("postal_code", ""),
        city=home.get("city", ""),
    )
    joining = _Joining(
        told=told,
        consents=consents,
        source=source,
        external_id=external_id,
        origin=origin,
        actor=actor,
        now=now,
        referrer=referrer,
        account=account,
        is_staff_member=is_staff_member,
    )
    _check_can_be_known_by(joining)
    for _attempt in range(ATTEMPTS):
        try:
            with transaction.atomic():
                return _join(joining, random_below)
        except IntegrityError:  # a twin of this call was first, or the number is taken
            continue
    raise UnableToJoin("no_number_was_free")


def _check_can_be_known_by(joining: _Joining) -> None:
    told = joining.told
    if not (told["email"].strip() or told["phone"].strip() or joining.external_id):
        raise UnableToJoin("nothing_to_know_the_member_by")
    if joining.external_id and not joining.source:
        raise UnableToJoin("source_is_missing")
    if len(joining.source) > 40 or len(joining.external_id) > 120:
        raise UnableToJoin("external_id_is_too_long")


def _join(joining: _Joining, random_below: RandomBelow) -> Joined:
    known = _known(joining)
    if known is None:
        return Joined(_create(joining, random_below), is_new=True)
    if known.state == Member.State.ERASED:
        raise UnableToJoin("member_was_erased")
    _identify(known, joining)
    if known.state == Member.State.CLOSED:
        return Joined(_welcome_back(known, joining), is_new=True)
    return Joined(known, is_new=False)


def _known(joining: _Joining) -> Member | None:
    by_id = members_by(source=joining.source, external_id=joining.external_id)
    return by_id.first() or members_by(email=joining.told["email"]).first()


def _create(joining: _Joining, random_below: RandomBelow) -> Member:
    member = Member(
        number=new_number(random_below),
        joined_at=joining.now,
        referrer=joining.referrer,
        is_staff_member=joining.is_staff_member,
        shares_since=joining.now if joining.account else None,
    )
    tell(member, dict(joining.told), refusal=UnableToJoin, now=joining.now)
    _check_may_join(member, joining)
    member.account = _account_for(joining)
    member.save(force_insert=True)
    _identify(member, joining)
    _tell_of_joining(member, joining, is_back=False)
    return member


def _check_may_join(member: Member, joining: _Joining) -> None:
    for check in checks_of_joining:
        check(member, joining.now)


def _account_for(joining: _Joining) -> Account:
    if joining.account is None:
        return Account.objects.create(opened_at=joining.now)
    account = Account.objects.select_for_update().get(pk=joining.account.pk)
    if account.closed_at is not None:
        raise UnableToJoin("account_is_closed")
    return account


def new_number(random_below: RandomBelow = secrets.randbelow) -> str:
    """Ten digits: nine that nobody can guess, not beginning with 0, and their check digit."""
    digits = str(100_000_000 + random_below(900_000_000))
    return digits + check_digit(digits)


def _identify(member: Member, joining: _Joining) -> None:
    if joining.external_id:
        MemberIdentity.objects.get_or_create(
            source=joining.source, external_id=joining.external_id, defaults={"member": member}
        )


def _welcome_back(closed: Member, joining: _Joining) -> Member:
    """Open a closed membership again: on the account that waits for it, or else on a new one."""
    waiting = _reopened(closed.account_id, joining)
    member = Member.objects.select_for_update().get(pk=closed.pk)
    told = {name: value for name, value in joining.told.items() if value}
    tell(member, told, refusal=UnableToJoin, now=joining.now)
    _check_may_join(member, joining)
    if waiting is None:
        member.account = _account_for(joining)
        member.shares_since, member.may_spend = joining.now if joining.account else None, False
    member.state, member.closed_at = Member.State.ACTIVE, None
    member.save()
    _tell_of_joining(member, joining, is_back=waiting is not None)
    return member


def _reopened(account_id: int, joining: _Joining) -> Account | None:
    """The account that was left, if it waits for who comes back: as it was, or as of a new beginning."""
    if joining.account is not None:
        return None
    account = Account.objects.select_for_update().get(pk=account_id)
    if account.closed_at is None or account.reopens_to is None or joining.now >= account.reopens_to:
        return None
    if account.unbroken_to is None or joining.now >= account.unbroken_to:
        account.opened_at = joining.now
    account.closed_at = account.unbroken_to = account.reopens_to = None
    account.save()
    return account


def _tell_of_joining(member: Member, joining: _Joining, *, is_back: bool) -> None:
    new_activity(
        kind="member.joined",
        member_id=member.pk,
        account_id=member.account_id,
        facts={
            "source": joining.source,
            "origin": joining.origin,
            "actor": joining.actor,
            **({"is_back": True} if is_back else {}),
        },
        occurred_at=joining.now,
        now=joining.now,
    ).save(force_insert=True)
    record_answers(
        member=member, answers=joining.consents, origin=joining.origin, actor=joining.actor, now=joining.now
    )


@transaction.atomic
def update_member(*, member: Member, actor: str, now: datetime, **told: Unpack[Particulars]) -> Member:
    """Change what is told, leave the rest, and return the member as it is now.

    Raises ``UnableToUpdateMember``: ``email_is_taken``, ``member_is_closed``, ``email_is_not_valid``, …
    """
    member = Member.objects.select_for_update().get(pk=member.pk)
    if member.state != Member.State.ACTIVE:
        raise UnableToUpdateMember("member_is_closed", member=member.number)
    changed = tell(member, dict(told), refusal=UnableToUpdateMember, now=now)
    if not changed:
        return member
    try:
        with transaction.atomic():
            member.save(update_fields=[*changed, "search_text"])
    except IntegrityError:
        raise UnableToUpdateMember("email_is_taken") from None
    new_activity(
        kind="member.updated",
        member_id=member.pk,
        account_id=member.account_id,
        facts={"fields": sorted(changed), "actor": actor},
        occurred_at=now,
        now=now,
    ).save(force_insert=True)
    return member


@transaction.atomic
def close_member(*, member: Member, reason: str, now: datetime, actor: str) -> Member:
    """End a membership, and the account with it when nobody else is on it. Said twice, nothing changes.

    Raises ``UnableToCloseMember``: ``reason_is_missing``.
    """
    if not reason.strip():
        raise UnableToCloseMember("reason_is_missing")
    account = Account.objects.select_for_update().get(pk=member.account_id)
    member = Member.objects.select_for_update().get(pk=member.pk)
    if member.state != Member.State.ACTIVE:
        return member
    member.state, member.closed_at = Member.State.CLOSED, now
    member.save(update_fields=["state", "closed_at"])
    if not account.members.filter(state=Member.State.ACTIVE).exists():
        Account.objects.filter(pk=account.pk, closed_at__isnull=True).update(closed_at=now)
    new_activity(
        kind="member.closed",
        member_id=member.pk,
        account_id=member.account_id,
        facts={"because": reason, "actor": actor},
        occurred_at=now,
        now=now,
    ).save(force_insert=True)
    return member
