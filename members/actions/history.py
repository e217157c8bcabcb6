"""Members that a shop had before the club: known by the shop's number only, joined when first seen."""

import secrets
from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from members.actions.activities import new_activity
from members.actions.members import RandomBelow, new_number
from members.actions.particulars import search_text
from members.models import Account, Activity, Member, MemberIdentity


@transaction.atomic
def join_history_members(
    *,
    joined_at: Mapping[str, datetime],
    source: str,
    actor: str,
    now: datetime,
    random_below: RandomBelow = secrets.randbelow,
) -> dict[str, Member]:
    """Let many into the club at once, each at its time in ``joined_at``, which is keyed by external id.

    The ids must be new to ``source``. Nobody is told: the activities are written as delivered. There
    is no e-mail address, and no consent to anything.
    """
    numbers = _free_numbers(len(joined_at), random_below)
    accounts = Account.objects.bulk_create([Account(opened_at=at) for at in joined_at.values()])
    rows = [
        Member(number=number, account=account, joined_at=account.opened_at)
        for number, account in zip(numbers, accounts, strict=True)
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
    free: set[str] = set()
    while len(free) < count:
        drawn = {new_number(random_below) for _missing in range(count - len(free))}
        free |= drawn.difference(Member.objects.filter(number__in=drawn).values_list("number", flat=True))
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
