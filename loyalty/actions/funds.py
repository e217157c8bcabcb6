"""Grants out of donation funds, and sums shared out among accounts."""

from datetime import datetime

from django.db import transaction

from loyalty.actions.accounts import open_accounts
from loyalty.actions.booking import Context, book, fund_row
from loyalty.actions.changing import owners, programme_at
from loyalty.actions.due import run_due
from loyalty.engine import funds, pooling
from loyalty.engine.effects import FundEntry as Gain
from loyalty.engine.errors import Refused
from loyalty.models import Balance, FundEntry, ProgrammeVersion
from loyalty.queries.funds import fund_balance
from loyalty.queries.programmes import timetable as published_timetable
from members.actions import UnableToGrant


@transaction.atomic
def grant(*, fund: str, amount_ore: int, to: str, reason: str, now: datetime, actor: str) -> FundEntry:
    """Pay ``amount_ore`` out of a fund to a cause. Raises ``UnableToGrant``."""
    try:
        programme = programme_at(published_timetable(), now)
        found = programme.funds.get(fund)
        if found is None:
            raise Refused("no_such_fund", fund=fund)
        # Whoever comes second waits, and sees what is left.
        ProgrammeVersion.objects.select_for_update(no_key=True).get(pk=int(programme.key))
        funds.check_grant(found, fund_balance(found), amount_ore)
    except Refused as refused:
        raise UnableToGrant(refused.key, **refused.facts) from refused
    gain = Gain(fund, -amount_ore, now, {"key": "granted", "to": to, "reason": reason})
    row = fund_row(gain, None, now, actor)
    row.save(force_insert=True)
    return row


def share_out(*, conversion: str, amount_ore: int, now: datetime, actor: str) -> dict[int, int]:
    """Share ``amount_ore`` by what each account has counted, and answer each share in öre.

    Raises ``UnableToGrant``.
    """
    run_due(at=now, now=now)
    with transaction.atomic():
        timetable = published_timetable()
        try:
            programme = programme_at(timetable, now)
            found = next((one for one in programme.conversions if one.key == conversion), None)
            meter = found.meter if found else ""
            counted = Balance.objects.filter(meter=meter).values_list("account_id", flat=True)
            accounts = open_accounts(timetable, set(counted), since=now)
            by_name = {str(pk): account for pk, account in accounts.items()}
            shares = pooling.share_out(programme, conversion, by_name, amount_ore, now)
        except Refused as refused:
            raise UnableToGrant(refused.key, **refused.facts) from refused
        book(Context(timetable, now, members=owners(accounts)), accounts)
    return {int(name): share for name, share in shares.items()}
