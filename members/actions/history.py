"""Members that a shop had before the club, each joined when first seen, and what they had agreed to."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction

from members.actions.activities import new_activity
from members.actions.consents import ConsentAnswer, consent_activity
from members.actions.members import RandomBelow, new_number
from members.actions.particulars import Particulars, search_text
from members.models import Account, Activity, Consent, Member, MemberIdentity


@transaction.atomic
def join_history_members(
    *,
    joined_at: Mapping[str, datetime],
    source: str,
    actor: str,
    now: datetime,
    told: Mapping[str, Particulars] | None = None,
    random_below: RandomBelow = secrets.randbelow,
) -> dict[str, Member]:
    """Let many into the club at once, each at its time in ``joined_at``, which is keyed by external id.

    The ids must be new to ``source``. Nobody is told: the activities are written as delivered. What
    ``told`` says of a member, tidy already, is kept; of others there is no name and no e-mail address.
    """
    told = told or {}
    numbers = _free_numbers(len(joined_at), random_below)
    accounts = Account.objects.bulk_create([Account(opened_at=at) for at in joined_at.values()])
    rows = [
        Member(number=number, account=account, joined_at=account.opened_at, **told.get(external_id, {}))
        for external_id, number, account in zip(joined_at, numbers, accounts, strict=True)
    ]
    for member in rows:
        member.search_text = search_text(member)
    members = dict(zip(joined_at, Member.objects.bulk_create(rows), strict=True))
    MemberIdentity.objects.bulk_create(
        [
            MemberIdentity(member=member, source=source, external_id=external_id)
            for external_id, member in members.items()
        ]
    )
    Activity.objects.bulk_create([_joined(member, source, actor, now) for member in members.values()])
    return members


def _free_numbers(count: int, random_below: RandomBelow) -> list[str]:
    free: dict[str, None] = {}  # in the order drawn
    while len(free) < count:
        drawn = [new_number(random_below) for _missing in range(count - len(free))]
        taken = set(Member.objects.filter(number__in=drawn).values_list("number", flat=True))
        free |= dict.fromkeys(number for number in drawn if number not in taken)
    return list(free)


def _joined(member: Member, source: str, actor: str, now: datetime) -> Activity:
    activity = new_activity(
        kind="member.joined",
        member_id=member.pk,
        account_id=member.account_id,
        facts={"source": source, "origin": "history", "actor": actor},
        occurred_at=member.joined_at,
        now=now,
    )
    activity.delivered_at = now
    return activity


@transaction.atomic
def record_history_answers(
    *,
    answers: Sequence[tuple[Member, ConsentAnswer]],
    origin: str,
    actor: str,
    now: datetime,
) -> None:
    """What members agreed to when they joined, at most one answer for each purpose and channel. Nobody is told."""
    consents = [
        Consent(
            member=member,
            purpose=answer.purpose,
            channel=answer.channel,
            is_given=answer.is_given,
            wording=answer.wording,
            origin=origin,
            actor=actor,
            given_at=member.joined_at,
            recorded_at=now,
        )
        for member, answer in answers
    ]
    Consent.objects.bulk_create(consents)
    Activity.objects.bulk_create([_answered(consent, now) for consent in consents])


def _answered(consent: Consent, now: datetime) -> Activity:
    activity = consent_activity(consent, consent.member, now)
    activity.delivered_at = now
    return activity


def close_history(*, now: datetime) -> int:
    """Count every activity so far as delivered: a past that was played through is news to nobody."""
    return Activity.objects.undelivered().update(delivered_at=now)
