"""Recording what members buy: order, points, vouchers and tiers in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Q

from loyalty.actions.accounts import open_books
from loyalty.actions.booking import Booked, Context, book
from loyalty.actions.outcomes import OrderOutcome, answered_before, award_row
from loyalty.actions.returns import correct_waiting
from loyalty.actions.revisions import revise_order
from loyalty.engine import happening
from loyalty.engine.compute import Sale, place_order
from loyalty.engine.errors import Refused
from loyalty.engine.programme import Timetable
from loyalty.queries.accounts import Opened
from loyalty.queries.balances import readings
from loyalty.queries.facts import order_facts, tiers_of
from members import actions as members
from members.actions import NewOrder, UnableToRecordOrder
from members.models import Activity, Order, OrderLine, OrderReturn
from members.models.together import Rows


@dataclass(slots=True)
class _Sold:
    """One order on its way into the books."""

    new: NewOrder
    facts: happening.Order
    row: Order
    lines: list[OrderLine]
    sale: Sale | None


@dataclass(frozen=True, slots=True)
class _Opened:
    """Everything that orders are recorded with, read under their accounts' locks."""

    timetable: Timetable
    accounts: Opened
    known: frozenset[str]
    has_waiting_returns: bool


def record_order(*, order: NewOrder, now: datetime, actor: str) -> OrderOutcome:
    """Record one order and what it gives. Sent again, it is answered again and changes nothing.

    Raises ``UnableToRecordOrder`` and then nothing is stored.
    """
    members.check_order(order)
    try:
        with transaction.atomic():
            opened = _open([order])
            if order.key in opened.known:
                return _known(order, now=now, actor=actor)
            [outcome] = _record([order], opened, now=now, is_history=False)
            return outcome
    except IntegrityError:  # a twin of this call was first
        if not Order.objects.filter(source=order.source, number=order.number).exists():
            raise
        with transaction.atomic():
            return _known(order, now=now, actor=actor)


@transaction.atomic
def record_orders(
    *, orders: Sequence[NewOrder], now: datetime, actor: str, is_history: bool = False
) -> list[OrderOutcome | UnableToRecordOrder]:
    """Record many orders in few statements; an order that cannot be is answered with its error.

    Orders that use vouchers are recorded one by one. History is written as already delivered.
    """
    if not orders:
        return []
    opened = _open(orders)
    answers: dict[str, OrderOutcome | UnableToRecordOrder] = {}
    fresh: dict[str, NewOrder] = {}
    for order in orders:
        try:
            members.check_order(order)
            if order.key in opened.known or order.vouchers or order.key in fresh:
                continue
            fresh[order.key] = order
        except UnableToRecordOrder as error:
            answers[order.key] = error
    for outcome in _record(list(fresh.values()), opened, now=now, is_history=is_history):
        answers[outcome.order.key] = outcome
    for order in orders:
        if order.key not in answers or (order is not fresh.get(order.key, order)):
            answers[order.key] = _alone(order, now=now, actor=actor)
    return [answers[order.key] for order in orders]


def _alone(order: NewOrder, *, now: datetime, actor: str) -> OrderOutcome | UnableToRecordOrder:
    try:
        return record_order(order=order, now=now, actor=actor)
    except UnableToRecordOrder as error:
        return error


def _open(orders: Sequence[NewOrder]) -> _Opened:
    """Rules in force, accounts, orders already here and returns that wait, in one round trip."""
    numbers: dict[str, list[str]] = {}
    for order in orders:
        numbers.setdefault(order.source, []).append(order.number)
    known, waiting = Q(pk__in=[]), Q(pk__in=[])
    for source, wanted in numbers.items():
        known |= Q(source=source, number__in=wanted)
        waiting |= Q(source=source, order_number__in=wanted)
    books = open_books(
        {order.member.account_id for order in orders if order.member},
        Order.objects.filter(known).values_list("source", "number"),
        OrderReturn.objects.filter(waiting).values_list("pk")[:1],
        since=min(order.placed_at for order in orders),
        codes=[code for order in orders for code in order.vouchers],
    )
    orders_here, returns_here = books.along
    keys = frozenset(f"{source}:{number}" for source, number in orders_here)
    return _Opened(books.timetable, books.accounts, keys, bool(returns_here))


def _known(order: NewOrder, *, now: datetime, actor: str) -> OrderOutcome:
    """The order is here: a repeat, an older revision, a newer one, or something else by its number."""
    known = Order.objects.get(source=order.source, number=order.number)
    if order.revision > known.revision:
        return revise_order(order=known, new=order, now=now, actor=actor)
    if order.revision == known.revision and members.fingerprint(order) != known.fingerprint:
        raise UnableToRecordOrder(
            "order_number_used_for_something_else", order=str(known.pk), revision=known.revision
        )
    return answered_before(known)


def _record(
    orders: Sequence[NewOrder], opened: _Opened, *, now: datetime, is_history: bool
) -> list[OrderOutcome]:
    if not orders:
        return []
    timetable, accounts = opened.timetable, opened.accounts
    in_time = sorted(range(len(orders)), key=lambda index: orders[index].placed_at)
    sold = {index: _sell(timetable, accounts, orders[index], now) for index in in_time}
    booked = _book(timetable, accounts, list(sold.values()), now=now, is_history=is_history)
    outcomes = [_outcome(timetable, sold[index], accounts, booked, now) for index in range(len(orders))]
    if opened.has_waiting_returns:
        correct_waiting([one.row for one in sold.values()], now=now, is_history=is_history)
        return [replace(outcome, points=None) for outcome in outcomes]
    return outcomes


def _book(
    timetable: Timetable, accounts: Opened, sold: Sequence[_Sold], *, now: datetime, is_history: bool
) -> Booked:
    context = Context(
        timetable,
        now,
        is_history,
        orders={one.facts.key: one.row for one in sold},
        members={one.new.member.account_id: one.new.member.pk for one in sold if one.new.member},
    )
    awards = [
        award_row(one.row, one.sale, one.row.account_id, tiers_of(accounts[one.row.account_id]))
        for one in sold
        if one.sale is not None and one.row.account_id is not None
    ]
    rows = [Rows([one.row for one in sold]), Rows([line for one in sold for line in one.lines]), Rows(awards)]
    return book(context, accounts, [_recorded(one, now) for one in sold], rows)


def _sell(timetable: Timetable, accounts: Opened, new: NewOrder, now: datetime) -> _Sold:
    facts = order_facts(new)
    account = accounts[new.member.account_id] if new.member else None
    sale = None
    if account is not None and new.member is not None:
        try:
            sale = place_order(timetable, account, facts)
        except Refused as refused:
            raise UnableToRecordOrder(refused.key, **refused.facts) from refused
    elif new.vouchers:
        raise UnableToRecordOrder("vouchers_need_a_member")
    if new.paid_ore is not None and new.paid_ore != facts.paid:
        raise UnableToRecordOrder("paid_is_not_what_it_costs", sent=new.paid_ore, computed=facts.paid)
    vouchers_ore = sum(line.voucher for line in facts.lines)
    row = members.order_row(new, vouchers_ore=vouchers_ore, now=now)
    shares = {line.ref: (line.voucher, line.net) for line in facts.lines}
    return _Sold(new, facts, row, members.line_rows(new, row, shares), sale)


def _recorded(one: _Sold, now: datetime) -> Activity:
    order = one.row
    return members.new_activity(
        kind="order.recorded",
        member_id=order.member_id,
        account_id=order.account_id,
        facts={"order": str(order.pk), "paid_ore": order.paid_ore, "lines": len(one.lines)},
        occurred_at=order.placed_at,
        now=now,
    )


def _outcome(
    timetable: Timetable, one: _Sold, accounts: Opened, booked: Booked, now: datetime
) -> OrderOutcome:
    if one.sale is None or one.row.account_id is None:
        return OrderOutcome(one.row, is_replay=False, because=[{"key": "no_member"}])
    account, issued = accounts[one.row.account_id], booked.issued.get(one.row.account_id, [])
    programme = timetable.latest(now)
    return OrderOutcome(
        order=one.row,
        is_replay=False,
        earned={meter: amount for meter, amount in one.sale.award.amounts().items() if amount},
        because=one.sale.award.because,
        issued=issued,
        used=[row for row in booked.used.get(one.row.account_id, []) if row.redeemed_for == one.facts.key],
        tiers=tiers_of(account),
        points=readings(programme, account, now) if programme else [],
    )
