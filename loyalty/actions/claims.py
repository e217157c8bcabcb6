"""Purchases that find their member later."""

from datetime import datetime

from django.db import transaction

from loyalty.actions.accounts import open_accounts
from loyalty.actions.booking import Context, book
from loyalty.actions.corrections import lock_orders, remains_of
from loyalty.actions.outcomes import OrderOutcome, answered_before, award_row
from loyalty.engine.compute import place_order
from loyalty.queries.facts import tiers_of
from loyalty.queries.programmes import timetable as published_timetable
from members import actions as members
from members.actions import UnableToClaimOrder
from members.models import Member, Order


@transaction.atomic
def claim_order(*, order: Order, member: Member, now: datetime, actor: str) -> OrderOutcome:
    """Give a guest's order to ``member``: what is left of it counts as of its own date.

    Claiming again for the same member changes nothing. Raises ``UnableToClaimOrder``.
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
    Order.objects.filter(pk=row.pk).update(member=member, account_id=member.account_id)
    row.member, row.account_id = member, member.account_id
    [remains] = remains_of([row]).values()
    timetable = published_timetable()
    accounts = open_accounts(timetable, [member.account_id], since=row.placed_at)
    account = accounts[member.account_id]
    sale = place_order(timetable, account, remains.facts())
    claimed = members.new_activity(
        kind="order.claimed",
        member_id=member.pk,
        account_id=member.account_id,
        facts={"order": str(row.pk), "paid_ore": row.paid_ore},
        occurred_at=row.placed_at,
        now=now,
    )
    context = Context(timetable, now, orders={row.key: row}, members={member.account_id: member.pk})
    booked = book(context, accounts, [claimed])
    award_row(row, sale, member.account_id, tiers_of(account)).save(force_insert=True)
    return OrderOutcome(
        order=row,
        is_replay=False,
        earned={meter: amount for meter, amount in sale.award.amounts().items() if amount},
        because=sale.award.because,
        issued=booked.issued.get(member.account_id, []),
        tiers=tiers_of(account),
    )
