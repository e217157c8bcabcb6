"""What comes after the sale: returns, new revisions, cancellations, claims.

Each is the same step: what still stands of the order, computed under the rules frozen at the sale,
minus what the order has given so far.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import F

from loyalty.actions.accounts import guest_account, open_accounts
from loyalty.actions.booking import Context, book, fund_row
from loyalty.actions.outcomes import uses_at_sale
from loyalty.engine import happening
from loyalty.engine.account import Account, Because, Effect
from loyalty.engine.account import Entry as EngineEntry
from loyalty.engine.account import FundEntry as FundGain
from loyalty.engine.compute import Posted, Sale, correct_order, reopen_vouchers
from loyalty.engine.given import Award as EngineAward
from loyalty.engine.menus import Used
from loyalty.engine.programme import Timetable
from loyalty.models import Award, Entry, FundEntry, Voucher
from loyalty.queries.facts import line_facts, recorded_facts
from loyalty.queries.programmes import timetable as published_timetable
from members import actions as members
from members.models import Order, OrderLine, OrderReturn, OrderReturnLine
from members.models.together import Row, Rows

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
        return recorded_facts(self.order, [line for line in lines if line.quantity or line.paid])


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
    moves: Sequence[Move], *, now: datetime, is_history: bool = False, activities: Sequence[Row] = ()
) -> dict[int, list[EngineEntry]]:
    """Carry out the corrections in their order; answers the reversing entries by ``index``.

    The orders are locked by the caller, so that what came back of them cannot change meanwhile.
    """
    orders = {move.remains.order.pk: move.remains.order for move in moves}
    timetable = published_timetable()
    accounts = open_accounts(
        timetable,
        {order.account_id for order in orders.values() if order.account_id},
        since=min((move.at for move in moves), default=now),
        order_keys=[order.key for order in orders.values()],
    )
    sales = sales_of(orders.values())
    taken: dict[int, list[EngineEntry]] = defaultdict(list)
    funds: list[FundEntry] = []
    told = list(activities)
    for move in moves:
        order = move.remains.order
        if order.pk not in sales:
            continue
        account = guest_account(move.at) if order.account_id is None else accounts[order.account_id]
        done = _corrected(timetable, account, move, sales)
        if order.account_id is None:
            funds += [fund_row(one, order, now) for one in done if isinstance(one, FundGain)]
            continue
        taken[move.index] += [one for one in done if isinstance(one, EngineEntry) and one.kind == "reverse"]
        told += _withdrawn(timetable, move, now)
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
    book(context, accounts, told, [Rows(FundEntry, [vars(row) for row in funds])])
    return taken


def _corrected(
    timetable: Timetable, account: Account, move: Move, sales: dict[Any, Sale]
) -> Sequence[Effect]:
    """Correct one order on ``account`` and answer what came of it."""
    order, before = move.remains.order, len(account.effects)
    used = sales[order.pk].uses
    back = str(move.order_return.pk) if move.order_return else ""
    sale = correct_order(timetable, account, move.facts, sales[order.pk], move.at, move.cause, back)
    sales[order.pk] = sale
    if not move.facts.lines:
        reopen_vouchers(timetable, account, order.key, move.at, move.is_cancelled)
    if sale.uses != used:
        award = Award.objects.get(order=order)
        award.at_sale["uses"] = uses_at_sale(sale)
        award.save(update_fields=["at_sale"])
    return account.effects[before:]


def _withdrawn(timetable: Timetable, move: Move, now: datetime) -> list[Row]:
    """Goods came back: who invited or leads their buyer may have been given something for them."""
    order = move.remains.order
    is_anothers = order.facts.get("leader") or (order.member and order.member.referrer_id)
    if not is_anothers:
        return []
    programme = timetable.latest(move.at)
    if programme is None or not programme.returns.retests_referrals:
        return []
    facts = {"order": order.key, "cause": move.cause["key"]}
    return [
        members.activity_row(
            kind="referral.withdrawn",
            member_id=order.member_id,
            account_id=order.account_id,
            facts=facts,
            occurred_at=move.at,
            now=now,
        )
    ]


def sales_of(orders: Iterable[Order]) -> dict[Any, Sale]:
    """The frozen side of each order and what it has given so far, by order id, in four queries."""
    rows = list(orders)
    found: dict[Any, Sale] = {}
    for row in Award.objects.filter(order__in=rows):
        found[row.order_id] = frozen_sale(row.version_id, row.at_sale, row.because)
    entries = Entry.objects.filter(order_id__in=found, kind__in=["earn", "reverse"])
    for entry in entries.order_by("account_id", "sequence"):
        if entry.order_id is not None:
            add_posted(found[entry.order_id], entry)
    keys = {row.key: found[row.pk] for row in rows if row.pk in found}
    add_vouchers(keys, {row.account_id for row in rows if row.account_id})
    for gained in FundEntry.objects.filter(order_id__in=found).exclude(rule="").order_by("pk"):
        add_gain(found[gained.order_id], gained)
    return found


def add_vouchers(sales: Mapping[str, Sale], account_ids: Collection[int]) -> None:
    """What stands of the vouchers that each order or act, by its key, has given."""
    rows = Voucher.objects.filter(account_id__in=account_ids, order_key__in=sales).exclude(rule="")
    for voucher in rows.exclude(state=Voucher.State.CANCELLED):
        # What a product or a service is worth is not what the rule came to.
        amount = voucher.because.get("amount", voucher.value_ore)
        given = Posted("", amount, voucher.pk, reward=voucher.reward)
        sales[voucher.order_key].posted[voucher.rule] = given


def add_gain(sale: Sale, gained: FundEntry) -> None:
    before = sale.posted.get(gained.rule) or Posted("", 0, fund=gained.fund)
    sale.posted[gained.rule] = before.changed(gained.amount_ore)


def frozen_sale(version_id: int | None, at_sale: Mapping[str, Any], because: Sequence[Because]) -> Sale:
    """A sale as its award stored it, before what stands in the books is added."""
    award = EngineAward(str(version_id) if version_id else "", because=list(because))
    uses = [Used(*used) for used in at_sale.get("uses", ())]
    return Sale(award, dict(at_sale.get("answers", {})), earns=at_sale.get("earns", ""), uses=uses)


def add_posted(sale: Sale, entry: Entry) -> None:
    """What one more line of the ledger has given for ``sale``, or taken back."""
    before = sale.posted.get(entry.rule) or Posted(entry.meter, 0)
    earned_by = before.earned_by or (entry.pk if entry.kind == "earn" else None)
    sale.posted[entry.rule] = Posted(entry.meter, before.amount + entry.amount, earned_by)
