"""What goes when a member has left, and what waits for who comes back."""

from datetime import datetime

from django.db import transaction

from loyalty.actions.changing import changing, programme_at
from loyalty.actions.moving import follow_years, take_share
from loyalty.engine import due, leaving
from loyalty.engine.conversions import convert_at_once
from loyalty.queries.programmes import timetable as published_timetable
from members import actions as members
from members.actions import UnableToCloseMember, UnableToJoin
from members.models import Account, Member


@transaction.atomic
def settle_share(*, member: Member, account: Account, left_at: datetime, actor: str, now: datetime) -> None:
    """What goes along with who left the club while others stay on ``account``. Twice changes nothing."""
    Account.objects.select_for_update(no_key=True).get(pk=account.pk)
    member = Member.objects.select_for_update(no_key=True, of=("self",)).get(pk=member.pk)
    programme = published_timetable().latest(left_at)
    is_theirs = member.account_id == account.pk and member.state != Member.State.ACTIVE
    others = Member.objects.active().filter(account=account)
    if programme is None or not is_theirs or not others.exists():
        return
    if programme.share_on_leaving == "stays":
        follow_years(account, left_at)
        return
    moved = take_share(member=member, at=left_at, actor=actor, now=now, reason="left the club")
    members.close_account(account_id=moved.account_id, at=left_at, because="left", now=now)
    settle_leaving(account=moved.account, now=now)


def settle_leaving(*, account: Account, now: datetime) -> None:
    """Take back what had to be earned by staying; the rest is gone, or waits. Twice changes nothing."""
    closed_at, merged = Account.objects.values_list("closed_at", "merged_into").get(pk=account.pk)
    if closed_at is None or merged is not None or published_timetable().latest(closed_at) is None:
        return
    with changing(account.pk, at=closed_at, now=now, refusal=UnableToCloseMember) as (timetable, opened):
        opened.closed_at = None  # so that it can be closed by the rules
        due.catch_up(timetable, opened, closed_at)
        leaving.leave(programme_at(timetable, closed_at), opened, closed_at)


def take_up_again(*, account: Account, at: datetime, now: datetime) -> None:
    """The member came back to an account that waited: what fell due meanwhile, and what it comes to now."""
    if published_timetable().latest(at) is None:
        return
    with changing(account.pk, at=at, now=now, refusal=UnableToJoin) as (timetable, opened):
        due.catch_up(timetable, opened, at)
        convert_at_once(programme_at(timetable, at), opened, at)
