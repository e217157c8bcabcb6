"""Recording what members buy: order, points, vouchers and tiers in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from loyalty.actions.accounts import guest_account, open_books
from loyalty.actions.booking import Booked, Context, book, fund_row
from loyalty.actions.outcomes import OrderOutcome, answered_before, award_row
from loyalty.actions.returns import correct_waiting
from loyalty.actions.revisions import revise_order
from loyalty.engine import happening
from loyalty.engine.account import Account
from loyalty.engine.compute import Sale, place_order
from loyalty.engine.effects import FundEntry
from loyalty.engine.errors import Refused
from loyalty.engine.programme import Timetable
from loyalty.models import Award
from loyalty.models import FundEntry as FundRow
from loyalty.queries.balances import MeterReading, readings
from loyalty.queries.facts import known_to, order_facts, prices_of, tiers_of
from loyalty.queries.stored import Opened
from members import actions as members
from members.actions import NewOrder, UnableToRecordOrder
from members.models import Order, OrderLine, OrderReturn
from members.models.asked import asked
from members.models.together import Row, Rows
from segments import actions as segments


@dataclass(slots=True)
class _Sold:
    """One order on its way into the books."""

    new: NewOrder
    facts: happening.Order
    row: Order
    lines: list[Row]
    sale: Sale | None
    funds: list[FundEntry]


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

    Orders that use vouchers or points are recorded one by one. History is written as already delivered.
    """
    if not orders:
        return []
    opened = _open(orders)
    answers: dict[str, OrderOutcome | UnableToRecordOrder] = {}
    fresh: dict[str, NewOrder] = {}
    for order in orders:
        try:
            members.check_order(order)
            if order.key in opened.known or order.vouchers or order.uses or order.key in fresh:
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
    sources = sorted({order.source for order in orders})
    numbers = [order.number for order in orders]
    books = open_books(
        {order.member.account_id for order in orders if order.member},
        asked(_orders_here, sources, numbers),
        asked(_returns_here, sources, numbers),
        since=min(order.placed_at for order in orders),
        codes=[code for order in orders for code in order.vouchers],
    )
    orders_here, returns_here = books.along
    keys = frozenset(f"{source}:{number}" for source, number in orders_here)
    return _Opened(books.timetable, books.accounts, keys, bool(returns_here))


def _orders_here(sources: list[str], numbers: list[str]) -> QuerySet[Order, tuple[Any, ...]]:
    return Order.objects.filter(source__in=sources, number__in=numbers).values_list("source", "number")


def _returns_here(sources: list[str], numbers: list[str]) -> QuerySet[OrderReturn, tuple[Any, ...]]:
    """One of them is enough to look for the others."""
    waiting = OrderReturn.objects.filter(source__in=sources, order_number__in=numbers)
    return waiting.values_list("pk")[:1]


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
    if is_history:  # of which the stream tells nobody
        segments.note_purchases(member_ids=[one.row.member_id for one in sold.values()], now=now)
    read_at = None if is_history else now
    outcomes = [_outcome(timetable, sold[index], accounts, booked, read_at) for index in range(len(orders))]
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
        award_row(one.row, one.sale, _tiers_after(one, accounts))
        for one in sold
        if one.sale is not None and (one.new.member or one.funds)
    ]
    funds = [vars(fund_row(effect, one.row, now)) for one in sold for effect in one.funds]
    rows = [
        Rows(Order, [vars(one.row) for one in sold]),
        Rows(OrderLine, [line for one in sold for line in one.lines]),
        Rows(Award, awards),
        Rows(FundRow, funds),
    ]
    return book(context, accounts, [_recorded(one, now) for one in sold], rows)


def _tiers_after(one: _Sold, accounts: Opened) -> dict[str, str]:
    return tiers_of(accounts[one.row.account_id]) if one.row.account_id is not None else {}


def _sell(timetable: Timetable, accounts: Opened, new: NewOrder, now: datetime) -> _Sold:
    facts = order_facts(new)
    if new.member is None:
        sale, funds = _sell_to_guest(timetable, new, facts)
    else:
        sale, funds = _sell_to_member(timetable, accounts[new.member.account_id], facts), []
    if new.paid_ore is not None and new.paid_ore != facts.paid:
        raise UnableToRecordOrder("paid_is_not_what_it_costs", sent=new.paid_ore, computed=facts.paid)
    prices = prices_of(facts.lines)
    row = members.order_row(new, prices, now=now)
    return _Sold(new, facts, row, members.line_rows(new, row, prices), sale, funds)


def _sell_to_member(timetable: Timetable, account: Account, facts: happening.Order) -> Sale:
    try:
        return place_order(timetable, account, known_to(account, facts))
    except Refused as refused:
        raise UnableToRecordOrder(refused.key, **refused.facts) from refused


def _sell_to_guest(
    timetable: Timetable, new: NewOrder, facts: happening.Order
) -> tuple[Sale | None, list[FundEntry]]:
    """Only prices and funds know guests."""
    if new.vouchers:
        raise UnableToRecordOrder("vouchers_need_a_member")
    if new.uses:
        raise UnableToRecordOrder("points_need_a_member")
    programme = timetable.at(facts.at)
    if programme is None or not (programme.funds or new.has_list_prices):
        return None, []
    nobody = guest_account(facts.at)
    sale = place_order(timetable, nobody, facts)
    return sale, [effect for effect in nobody.take_effects() if isinstance(effect, FundEntry)]


def _recorded(one: _Sold, now: datetime) -> Row:
    order = one.row
    return members.activity_row(
        kind="order.recorded",
        member_id=order.member_id,
        account_id=order.account_id,
        facts={"order": str(order.pk), "paid_ore": order.paid_ore, "lines": len(one.lines)},
        occurred_at=order.placed_at,
        now=now,
    )


def _outcome(
    timetable: Timetable, one: _Sold, accounts: Opened, booked: Booked, read_at: datetime | None
) -> OrderOutcome:
    if one.sale is None or one.row.account_id is None:
        return OrderOutcome(one.row, is_replay=False, because=[{"key": "no_member"}])
    account, issued = accounts[one.row.account_id], booked.issued.get(one.row.account_id, [])
    return OrderOutcome(
        order=one.row,
        is_replay=False,
        earned=one.sale.award.told(),
        because=one.sale.award.because,
        issued=issued,
        used=[row for row in booked.used.get(one.row.account_id, []) if row.redeemed_for == one.facts.key],
        tiers=tiers_of(account),
        points=_points(timetable, account, read_at),
    )


def _points(timetable: Timetable, account: Account, read_at: datetime | None) -> list[MeterReading] | None:
    """What the account has at ``read_at``; nobody asks when an old order is brought in."""
    if read_at is None:
        return None
    programme = timetable.latest(read_at)
    return readings(programme, account, read_at) if programme else []
