"""Keeping for an order what a quote has proposed, while it is being paid."""

from collections.abc import Sequence
from datetime import datetime

from loyalty.actions.changing import changing, programme_at
from loyalty.engine import holding
from loyalty.engine.due import catch_up
from loyalty.engine.happening import MenuUse
from loyalty.engine.holding import Held
from loyalty.engine.households import check_spender
from loyalty.queries.people import person_of
from members.actions import NewUse, UnableToReserve
from members.models import Member


def hold_for_order(
    *,
    member: Member,
    order_key: str,
    codes: Sequence[str],
    uses: Sequence[NewUse],
    until: datetime,
    now: datetime,
    actor: str,
) -> Held:
    """Keep vouchers and points for ``order_key`` ("source:number"), all of them or none; again: just these.

    They are kept until the order is recorded, is released, or ``until``. Raises ``UnableToReserve``.
    """
    if until <= now:
        raise UnableToReserve("until_has_passed")
    wanted = [MenuUse(use.menu, use.option, use.amount) for use in uses]
    with changing(member.account_id, at=now, now=now, refusal=UnableToReserve, codes=codes) as books:
        timetable, account = books
        catch_up(timetable, account, now)
        programme = programme_at(timetable, now)
        person = account.people.get(str(member.pk)) or person_of(member)
        check_spender(programme, account, person, now)
        return holding.hold(programme, account, order_key, codes, wanted, now, until)


def release_for_order(*, member: Member, order_key: str, now: datetime, actor: str) -> None:
    """The order will not be paid: nothing is kept for it any longer. Twice is once."""
    with changing(member.account_id, at=now, now=now, refusal=UnableToReserve) as (timetable, account):
        catch_up(timetable, account, now)
        because = {"key": "reservation_released", "order": order_key}
        holding.end(account, order_key, now, because)
