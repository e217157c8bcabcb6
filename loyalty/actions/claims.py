"""Purchases that find their member later."""

from datetime import date, datetime

from django.db import transaction

from loyalty.actions.accounts import open_accounts
from loyalty.actions.booking import Context, book
from loyalty.actions.corrections import lock_orders, remains_of
from loyalty.actions.outcomes import OrderOutcome, answered_before, award_row
from loyalty.engine.calendar import Span, day_end, day_start
from loyalty.engine.compute import place_order
from loyalty.engine.effects import FundEntry
from loyalty.engine.errors import Refused
from loyalty.engine.programme import Timetable
from loyalty.models import Award
from loyalty.queries.facts import known_to, tiers_of
from loyalty.queries.programmes import timetable as published_timetable
from members import actions as members
from members.actions import UnableToClaimOrder
from members.models import Member, Order

MEMBER, STAFF = "member", "staff"


def claim_receipt(
    *, member: Member, number: str, bought_on: date, paid_ore: int, now: datetime, actor: str
) -> OrderOutcome:
    """The member's own receipt, known by its number, day and sum together. Raises ``UnableToClaimOrder``."""
    timetable = published_timetable()
    programme = timetable.latest(now)
    if programme is None:
        raise UnableToClaimOrder("no_programme")
    day = Span(day_start(bought_on, programme.zone), day_end(bought_on, programme.zone))
    found = Order.objects.filter(
        placed_at__gte=day.start, placed_at__lt=day.end, number=number, paid_ore=paid_ore
    )
    order = found.order_by("pk").first()
    if order is None:
        raise UnableToClaimOrder("no_such_receipt")
    return claim_order(order=order, member=member, now=now, actor=actor, by=MEMBER)


@transaction.atomic
def claim_order(*, order: Order, member: Member, now: datetime, actor: str, by: str = STAFF) -> OrderOutcome:
    """Give a guest's order to ``member``: what is left of it counts as of its own date.

    ``by`` is who asks for it, staff or the member; the programme of the day of the purchase says whether they may,
    and for how long. ``now`` is the claim, unless the order says when. Claiming again for the same member changes
    nothing. Raises ``UnableToClaimOrder``.
    """
    [row] = lock_orders([order.pk])
    if row.member_id == member.pk:
        return answered_before(row)
    if row.member_id is not None:
        raise UnableToClaimOrder("order_belongs_to_another_member", order=str(row.pk))
    if row.state == Order.State.CANCELLED:
        raise UnableToClaimOrder("order_is_cancelled", order=row.number)
    if member.state != Member.State.ACTIVE:
        raise UnableToClaimOrder("member_is_closed", member=member.number)
    timetable = published_timetable()
    row.member, row.account_id = member, member.account_id
    row.facts = {"claimed_at": now.isoformat(), **row.facts}
    _check_in_time(timetable, row, by)
    row.save(update_fields=["member", "account", "facts"])
    [remains] = remains_of([row]).values()
    accounts = open_accounts(timetable, [member.account_id], since=row.placed_at)
    account = accounts[member.account_id]
    sale = place_order(timetable, account, known_to(account, remains.facts()))
    if Award.objects.filter(order=row).exists():  # the guest's, whose gains the funds already have
        account.effects = [one for one in account.effects if not isinstance(one, FundEntry)]
    claimed = members.activity_row(
        kind="order.claimed",
        member_id=member.pk,
        account_id=member.account_id,
        facts={
            "order": str(row.pk),
            "paid_ore": row.paid_ore,
            "by": by,
            "actor": actor if by == STAFF else "",
        },
        occurred_at=row.placed_at,
        now=now,
    )
    context = Context(timetable, now, orders={row.key: row}, members={member.account_id: member.pk})
    booked = book(context, accounts, [claimed])
    Award(**award_row(row, sale, tiers_of(account))).save()
    return OrderOutcome(
        order=row,
        is_replay=False,
        earned=sale.award.told(),
        because=sale.award.because,
        issued=booked.issued.get(member.account_id, []),
        tiers=tiers_of(account),
    )


def _check_in_time(timetable: Timetable, row: Order, by: str) -> None:
    programme, claimed_at = timetable.at(row.placed_at), datetime.fromisoformat(row.facts["claimed_at"])
    if programme is None:
        return
    try:
        programme.late_claims.check(row.placed_at, claimed_at, by, programme.zone)
    except Refused as refused:
        raise UnableToClaimOrder(refused.key, **refused.facts) from refused
