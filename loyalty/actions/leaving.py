"""What goes when an account's last member has left, and what waits for who comes back."""

from datetime import datetime

from loyalty.actions.changing import changing, programme_at
from loyalty.engine import due, leaving
from loyalty.engine.conversions import convert_at_once
from loyalty.queries.programmes import timetable as published_timetable
from members.actions import UnableToCloseMember, UnableToJoin
from members.models import Account


def settle_leaving(*, account: Account, now: datetime) -> None:
    """Take back what had to be earned by staying; the rest is gone, or waits. Twice changes nothing."""
    closed_at = Account.objects.values_list("closed_at", flat=True).get(pk=account.pk)
    if closed_at is None or published_timetable().latest(closed_at) is None:
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
