"""Points given or taken by staff."""

from datetime import datetime

from django.db import transaction

from loyalty.actions.accounts import open_accounts
from loyalty.actions.booking import Context, book
from loyalty.engine.compute import adjust
from loyalty.engine.errors import Refused
from loyalty.models import Entry
from loyalty.queries.programmes import timetable as published_timetable
from members.actions import UnableToAdjust
from members.models import Account


@transaction.atomic
def adjust_points(
    *, account: Account, meter: str, amount: int, reason: str, actor: str, now: datetime
) -> Entry:
    """Add ``amount`` of ``meter``, or take it when negative. Raises ``UnableToAdjust``."""
    if not reason.strip():
        raise UnableToAdjust("reason_is_missing")
    if not amount:
        raise UnableToAdjust("amount_is_zero")
    timetable = published_timetable()
    accounts = open_accounts(timetable, [account.pk], since=now)
    try:
        adjust(timetable, accounts[account.pk], meter, amount, now, actor, reason.strip())
    except Refused as refused:
        raise UnableToAdjust(refused.key, **refused.facts) from refused
    member = account.members.order_by("pk").first()
    members = {account.pk: member.pk} if member else {}
    book(Context(timetable, now, members=members), accounts)
    return Entry.objects.filter(account=account, kind="adjust").latest("sequence")
