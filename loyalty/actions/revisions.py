"""Orders that change after they were recorded: a new revision, a cancellation, an owner found."""

from datetime import datetime

from django.db import transaction

from loyalty.actions.corrections import Move, Remains, correct, lock_orders, remains_of
from loyalty.actions.outcomes import OrderOutcome, answered_before
from loyalty.engine.earning import split
from loyalty.engine.happening import Line
from loyalty.models import Voucher
from loyalty.queries.facts import line_facts
from members import actions as members
from members.actions import NewOrder, UnableToCancelOrder, UnableToRecordOrder
from members.models import Activity, Order, OrderLine, OrderReturnLine


@transaction.atomic
def cancel_order(*, order: Order, cancelled_at: datetime, now: datetime, actor: str) -> OrderOutcome:
    """The sale did not happen: everything it gave is taken back and its vouchers can be used again.

    Cancelling twice changes nothing. Raises ``UnableToCancelOrder`` when goods have come back.
    """
    [row] = lock_orders([order.pk])
    if row.state == Order.State.CANCELLED:
        return answered_before(row)
    [remains] = remains_of([row]).values()
    if remains.came_back:
        raise UnableToCancelOrder("goods_came_back", order=row.number)
    row.state, row.cancelled_at = Order.State.CANCELLED, cancelled_at
    Order.objects.bulk_update([row], ["state", "cancelled_at"])
    facts = remains.facts()
    facts.lines = []
    at = max(cancelled_at, row.placed_at)
    move = Move(remains, facts, at, {"key": "order_cancelled"}, is_cancelled=True)
    correct([move], now=now, activities=[_told("order.cancelled", row, at, now)])
    return answered_before(row)


def revise_order(*, order: Order, new: NewOrder, now: datetime, actor: str) -> OrderOutcome:
    """Replace the lines of ``order`` by a newer revision and post the difference it makes.

    A cancelled order stands again. Raises ``UnableToRecordOrder``.
    """
    [row] = lock_orders([order.pk])
    if new.revision <= row.revision:
        return answered_before(row)
    if (new.member.pk if new.member else None) != row.member_id:
        raise UnableToRecordOrder("order_belongs_to_another_member", order=str(row.pk))
    used = set(Voucher.objects.filter(redeemed_for=row.key).values_list("code", flat=True))
    if not set(new.vouchers) <= used:
        raise UnableToRecordOrder("vouchers_cannot_be_added_later")
    [before] = remains_of([row]).values()
    lines, shares = _revised_lines(new, row.voucher_ore if used else 0)
    revised = members.order_row(new, vouchers_ore=sum(line.voucher for line in lines), now=now)
    if new.paid_ore is not None and new.paid_ore != revised.paid_ore:
        raise UnableToRecordOrder("paid_is_not_what_it_costs", sent=new.paid_ore, computed=revised.paid_ore)
    _overwrite(row, revised)
    rows = members.line_rows(new, row, shares)
    OrderLine.objects.bulk_create(rows)
    _relink(before, rows)
    [remains] = remains_of([row]).values()
    move = Move(remains, remains.facts(), max(now, row.placed_at), {"key": "order_revised"})
    correct([move], now=now, activities=[_told("order.revised", row, now, now)])
    return answered_before(row)


def _revised_lines(new: NewOrder, vouchers_ore: int) -> tuple[list[Line], dict[str, tuple[int, int]]]:
    """What checks had paid stays paid, spread over the new lines as far as they cost that much."""
    lines = [line_facts(line) for line in new.lines]
    costs = [line.paid for line in lines]
    for line, share in zip(lines, split(min(vouchers_ore, sum(costs)), costs), strict=True):
        line.voucher = share
    return lines, {line.ref: (line.voucher, line.net) for line in lines}


def _overwrite(row: Order, revised: Order) -> None:
    names = [
        "revision",
        "fingerprint",
        "store",
        "channel",
        "currency",
        "gross_ore",
        "discount_ore",
        "voucher_ore",
        "paid_ore",
    ]
    for name in names:
        setattr(row, name, getattr(revised, name))
    row.state, row.cancelled_at = Order.State.PLACED, None
    Order.objects.bulk_update([row], [*names, "state", "cancelled_at"])


def _relink(before: Remains, rows: list[OrderLine]) -> None:
    """What came back of the old lines came back of the new lines with the same refs."""
    by_ref = {row.ref: row for row in rows}
    for line in before.lines:
        quantity, amount = before.came_back.get(line.pk, (0, 0))
        if not quantity and not amount:
            continue
        row = by_ref.get(line.ref)
        if row is None or quantity > int(row.quantity * 1000) or amount > row.paid_ore:
            raise UnableToRecordOrder("more_came_back_than_is_left", line=line.ref)
        OrderReturnLine.objects.filter(order_line=line).update(order_line=row)


def _told(kind: str, row: Order, at: datetime, now: datetime) -> Activity:
    return members.new_activity(
        kind=kind,
        member_id=row.member_id,
        account_id=row.account_id,
        facts={"order": str(row.pk), "revision": row.revision, "paid_ore": row.paid_ore},
        occurred_at=at,
        now=now,
    )
