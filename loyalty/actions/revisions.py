"""Orders that change after they were recorded: a new revision, a cancellation, an owner found."""

from dataclasses import replace
from datetime import datetime

from django.db import transaction

from loyalty.actions.accounts import guest_account, open_accounts
from loyalty.actions.corrections import Move, Remains, correct, lock_orders, remains_of
from loyalty.actions.outcomes import OrderOutcome, answered_before
from loyalty.engine import happening
from loyalty.engine.pricing import price
from loyalty.engine.reading import Reading
from loyalty.engine.shares import split
from loyalty.models import Award, Voucher
from loyalty.queries.facts import order_facts, prices_of
from loyalty.queries.programmes import timetable as published_timetable
from members import actions as members
from members.actions import LinePrice, NewOrder, UnableToCancelOrder, UnableToRecordOrder
from members.models import Order, OrderLine, OrderReturnLine
from members.models.together import Row


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
    [before] = remains_of([row]).values()
    award = Award.objects.filter(order=row).first()
    is_paid_with_more = _check_against_first(new, row, award)
    prices = _revised_prices(new, row, award, row.voucher_ore if is_paid_with_more else 0)
    revised = members.order_row(new, prices, now=now)
    if new.paid_ore is not None and new.paid_ore != revised.paid_ore:
        raise UnableToRecordOrder("paid_is_not_what_it_costs", sent=new.paid_ore, computed=revised.paid_ore)
    _overwrite(row, revised)
    rows = [OrderLine(**line) for line in members.line_rows(new, row, prices)]
    OrderLine.objects.bulk_create(rows)
    _relink(before, rows)
    [remains] = remains_of([row]).values()
    move = Move(remains, remains.facts(), max(now, row.placed_at), {"key": "order_revised"})
    correct([move], now=now, activities=[_told("order.revised", row, now, now)])
    return answered_before(row)


def _check_against_first(new: NewOrder, row: Order, award: Award | None) -> bool:
    """Whether checks or points have paid of the order. Raises where ``new`` says what is said once only."""
    if (new.member.pk if new.member else None) != row.member_id:
        raise UnableToRecordOrder("order_belongs_to_another_member", order=str(row.pk))
    if new.leader != row.facts.get("leader", ""):
        raise UnableToRecordOrder("leader_cannot_change_later")
    used = set(Voucher.objects.filter(redeemed_for=row.key).values_list("code", flat=True))
    if not set(new.vouchers) <= used:
        raise UnableToRecordOrder("vouchers_cannot_be_added_later")
    uses = _uses(award)
    if not {use.menu for use in new.uses} <= uses:
        raise UnableToRecordOrder("points_cannot_be_used_later")
    return bool(used or uses)


def _uses(award: Award | None) -> set[str]:
    """The menus whose points have paid of the order and have not been given back."""
    return {menu for menu, _points, _value in award.at_sale.get("uses", ())} if award else set()


def _revised_prices(new: NewOrder, row: Order, award: Award | None, paid_before: int) -> dict[str, LinePrice]:
    """What checks and points had paid stays paid, spread over the new lines as far as they cost that much."""
    order = replace(order_facts(new), at=row.placed_at)
    if new.has_list_prices:
        _apply_prices(order, row, award)
    costs = [line.paid for line in order.lines]
    for line, share in zip(order.lines, split(min(paid_before, sum(costs)), costs), strict=True):
        line.voucher = share
    return prices_of(order.lines)


def _apply_prices(order: happening.Order, row: Order, award: Award | None) -> None:
    """Take off the lines what the rules of the sale give, by what the account told them then."""
    if not row.facts.get("has_list_prices"):
        raise UnableToRecordOrder("order_had_final_prices")
    timetable = published_timetable()
    version = award.version_id if award else None
    programme = timetable.version(str(version)) if version else timetable.at(order.at)
    if programme is None:
        return
    account = guest_account(order.at)
    if row.account_id is not None:
        account = open_accounts(timetable, [row.account_id], since=order.at)[row.account_id]
    answers = award.at_sale.get("answers") if award else None
    price(programme, order, Reading(programme, account, order.at, answers, order.person))


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
        "facts",
    ]
    if "claimed_at" in row.facts:  # the shop may not know that its buyer has claimed it
        revised.facts = {"claimed_at": row.facts["claimed_at"], **revised.facts}
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


def _told(kind: str, row: Order, at: datetime, now: datetime) -> Row:
    return members.activity_row(
        kind=kind,
        member_id=row.member_id,
        account_id=row.account_id,
        facts={"order": str(row.pk), "revision": row.revision, "paid_ore": row.paid_ore},
        occurred_at=at,
        now=now,
    )
