"""What comes after the sale: returns, new revisions, cancellations, claims.

Each is the same step: what still stands of the order, computed under the rules frozen at the sale,
minus what the order has given so far.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import F

from loyalty.actions.accounts import open_accounts
from loyalty.actions.booking import Context, book
from loyalty.engine import happening
from loyalty.engine.account import Because
from loyalty.engine.account import Entry as EngineEntry
from loyalty.engine.compute import Posted, Sale, correct_order, reopen_vouchers
from loyalty.engine.earning import AtSale
from loyalty.engine.earning import Award as EngineAward
from loyalty.models import Award, Entry
from loyalty.queries.facts import line_facts
from loyalty.queries.programmes import timetable as published_timetable
from members.models import Activity, Order, OrderLine, OrderReturn, OrderReturnLine

THOUSAND = 1000


@dataclass(slots=True)
class Remains:
    """One order and what has come back of each line: (thousandths, öre) by line id."""

    order: Order
    lines: list[OrderLine]
    came_back: dict[Any, tuple[int, int]]

    def refs(self) -> dict[str, OrderLine]:
        return {line.ref: line for line in self.lines}

    def left(self, line: OrderLine) -> happening.Line:
        """What is still with the buyer of ``line``."""
        facts = replace(line_facts(line), voucher=line.voucher_ore)
        quantity, amount = self.came_back.get(line.pk, (0, 0))
        return facts.without(quantity, amount) if quantity or amount else facts

    def facts(self) -> happening.Order:
        lines = [self.left(line) for line in self.lines]
        return happening.Order(
            self.order.key,
            self.order.placed_at,
            [line for line in lines if line.quantity or line.paid],
            self.order.store.code if self.order.store else "",
            self.order.channel,
        )


def lock_orders(wanted: Any) -> list[Order]:
    """The orders whose keys are in ``wanted``, locked in primary-key order until the transaction ends."""
    return list(
        Order.objects.filter(pk__in=wanted)
        .select_related("store", "member")
        .select_for_update(of=("self",), no_key=True)
        .order_by("pk")
    )


def remains_of(orders: Iterable[Order]) -> dict[Any, Remains]:
    """What stands of each order, by order id, in two queries."""
    found = {order.pk: Remains(order, [], {}) for order in orders}
    lines = OrderLine.objects.filter(order_id__in=found, revision=F("order__revision"))
    for line in lines.order_by("order_id", "position"):
        found[line.order_id].lines.append(line)
    returned = OrderReturnLine.objects.filter(order_line__order_id__in=found).values_list(
        "order_line__order_id", "order_line_id", "quantity", "amount_ore"
    )
    for order_id, line_id, quantity, amount in returned:
        add_return(found[order_id].came_back, line_id, int(quantity * THOUSAND), amount)
    return found


def add_return(came_back: dict[Any, tuple[int, int]], line_id: Any, quantity: int, amount: int) -> None:
    before = came_back.get(line_id, (0, 0))
    came_back[line_id] = (before[0] + quantity, before[1] + amount)


@dataclass(slots=True)
class Move:
    """One correction of one order, in the state it had right after its cause."""

    remains: Remains
    facts: happening.Order
    at: datetime
    cause: Because
    order_return: OrderReturn | None = None
    index: int = 0
    is_cancelled: bool = False


def correct(
    moves: Sequence[Move], *, now: datetime, is_history: bool = False, activities: Sequence[Activity] = ()
) -> dict[int, list[EngineEntry]]:
    """Carry out the corrections in their order; answers the reversing entries by ``index``.

    The orders are locked by the caller, so that what came back of them cannot change meanwhile.
    """
    orders = {move.remains.order.pk: move.remains.order for move in moves}
    keys = [order.key for order in orders.values()]
    timetable = published_timetable()
    accounts = open_accounts(
        timetable,
        {order.account_id for order in orders.values() if order.account_id},
        since=min((move.at for move in moves), default=now),
        order_keys=keys,
    )
    sales = sales_of(orders.values())
    taken: dict[int, list[EngineEntry]] = defaultdict(list)
    for move in moves:
        order = move.remains.order
        if order.account_id is None or order.pk not in sales:
            continue
        account = accounts[order.account_id]
        before = len(account.effects)
        back = str(move.order_return.pk) if move.order_return else ""
        sales[order.pk] = correct_order(
            timetable, account, move.facts, sales[order.pk], move.at, move.cause, back
        )
        if not move.facts.lines:
            reopen_vouchers(timetable, account, order.key, move.at, move.is_cancelled)
        taken[move.index] += [
            effect
            for effect in account.effects[before:]
            if isinstance(effect, EngineEntry) and effect.kind == "reverse"
        ]
    context = Context(
        timetable,
        now,
        is_history,
        orders={order.key: order for order in orders.values()},
        returns={str(move.order_return.pk): move.order_return for move in moves if move.order_return},
        members={
            order.account_id: order.member_id
            for order in orders.values()
            if order.account_id and order.member_id
        },
    )
    book(context, accounts, activities)
    return taken


def sales_of(orders: Iterable[Order]) -> dict[Any, Sale]:
    """The frozen side of each order and what it has given so far, by order id, in two queries."""
    found: dict[Any, Sale] = {}
    awards = Award.objects.filter(order__in=list(orders))
    for row in awards:
        version = str(row.version_id) if row.version_id else ""
        at_sale = AtSale(row.at_sale.get("balances", {}), row.at_sale.get("tiers", {}))
        found[row.order_id] = Sale(EngineAward(version), at_sale)
    entries = Entry.objects.filter(order_id__in=found, kind__in=["earn", "reverse"])
    for entry in entries.order_by("account_id", "sequence"):
        posted = found[entry.order_id].posted
        before = posted.get(entry.rule) or Posted(entry.meter, 0)
        earned_by = before.earned_by or (entry.pk if entry.kind == "earn" else None)
        posted[entry.rule] = Posted(entry.meter, before.amount + entry.amount, earned_by)
    return found
