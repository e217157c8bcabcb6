"""Recording goods that came back, before or after their order is known."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import OuterRef, Q, Subquery

from loyalty.actions.corrections import (
    THOUSAND,
    Move,
    Remains,
    add_return,
    correct,
    lock_orders,
    remains_of,
)
from loyalty.actions.outcomes import ReturnOutcome
from loyalty.engine.account import Entry as EngineEntry
from loyalty.engine.expansion import COUNTING, is_hidden
from loyalty.engine.shares import split
from loyalty.queries.balances import seen
from members import actions as members
from members.actions import NewReturn, NewReturnLine, UnableToRecordReturn
from members.models import Order, OrderLine, OrderReturn, OrderReturnLine
from members.models.together import Row
from segments import actions as segments

Matched = tuple[NewReturnLine, OrderLine | None, int]


@transaction.atomic
def record_return(*, new_return: NewReturn, now: datetime, actor: str) -> ReturnOutcome:
    """Record goods that came back and take back what they had given, no more and no less.

    A return whose order is not known is parked and counted when the order arrives. Sent again, it
    is answered again. Raises ``UnableToRecordReturn`` and then nothing is stored.
    """
    known = OrderReturn.objects.filter(source=new_return.source, number=new_return.number).first()
    if known is not None:
        return _answered_before(new_return, known)
    try:
        with transaction.atomic():
            [outcome] = _record([new_return], now=now, is_history=False)
    except IntegrityError:  # a twin of this call was first
        known = OrderReturn.objects.filter(source=new_return.source, number=new_return.number).first()
        if known is None:
            raise
        return _answered_before(new_return, known)
    if isinstance(outcome, UnableToRecordReturn):
        raise outcome
    return outcome


@transaction.atomic
def record_returns(
    *, returns: Sequence[NewReturn], now: datetime, actor: str, is_history: bool = False
) -> list[ReturnOutcome | UnableToRecordReturn]:
    """Record many returns in few statements; one that cannot be is answered with its error."""
    answers: dict[str, ReturnOutcome | UnableToRecordReturn] = {}
    fresh: list[NewReturn] = []
    rows = OrderReturn.objects.filter(
        source__in={one.source for one in returns}, number__in=[one.number for one in returns]
    )
    known = {f"{row.source}:{row.number}": row for row in rows}
    for one in returns:
        row = known.get(_key(one))
        if row is None:
            fresh.append(one)
            continue
        try:
            answers[_key(one)] = _answered_before(one, row)
        except UnableToRecordReturn as error:
            answers[_key(one)] = error
    recorded = _record(fresh, now=now, is_history=is_history)
    answers.update(zip(map(_key, fresh), recorded, strict=True))
    return [answers[_key(one)] for one in returns]


def _key(new: NewReturn) -> str:
    return f"{new.source}:{new.number}"


def _answered_before(new: NewReturn, known: OrderReturn) -> ReturnOutcome:
    if members.fingerprint(new) != known.fingerprint:
        raise UnableToRecordReturn("return_number_used_for_something_else", order_return=str(known.pk))
    return return_answered_before(known)


def return_answered_before(known: OrderReturn) -> ReturnOutcome:
    """What recording the return took back when it was first sent."""
    taken: dict[str, int] = defaultdict(int)
    because = []
    for entry in seen(known.entries.filter(kind="reverse")).order_by("sequence"):
        taken[entry.meter] -= entry.amount
        because.append(entry.because)
    is_parked = not known.lines.filter(order_line__isnull=False).exists()
    return ReturnOutcome(known, is_replay=True, is_parked=is_parked, taken_back=dict(taken), because=because)


@dataclass(slots=True)
class _Batch:
    """Returns on their way into the books, with all that stands of the orders they are about."""

    found: Mapping[Any, Remains]
    now: datetime
    rows: list[OrderReturn] = field(default_factory=list)
    lines: list[OrderReturnLine] = field(default_factory=list)
    moves: list[Move] = field(default_factory=list)

    def order(self, source: str, number: str) -> Remains | None:
        if not number:
            return None
        key = f"{source}:{number}"
        return next((one for one in self.found.values() if one.order.key == key), None)


def _record(
    returns: Sequence[NewReturn], *, now: datetime, is_history: bool
) -> list[ReturnOutcome | UnableToRecordReturn]:
    if not returns:
        return []
    batch = _Batch(remains_of(_orders_of(returns)), now)
    outcomes: dict[int, ReturnOutcome | UnableToRecordReturn] = {}
    for index in sorted(range(len(returns)), key=lambda index: returns[index].returned_at):
        try:
            outcomes[index] = _take_in(batch, returns[index], index)
        except UnableToRecordReturn as error:
            outcomes[index] = error
    members.save_returns(batch.rows, batch.lines)
    told = [_returned(row, now) for row in batch.rows]
    taken = correct(batch.moves, now=now, is_history=is_history, activities=told)
    if is_history:  # of which the stream tells nobody
        segments.note_purchases(member_ids=[row.member_id for row in batch.rows], now=now)
    return [_with_taken(outcomes[index], taken.get(index, [])) for index in range(len(returns))]


def _orders_of(returns: Sequence[NewReturn]) -> list[Order]:
    """The orders that the returns name, or that their lines are known to belong to; locked."""
    wanted = Q(lines__in=[line.order_line for one in returns for line in one.lines if line.order_line])
    numbers: dict[str, list[str]] = defaultdict(list)
    for one in returns:
        if one.order_number:
            numbers[one.source].append(one.order_number)
    for source, named in numbers.items():
        wanted |= Q(source=source, number__in=named)
    return lock_orders(Order.objects.filter(wanted).values("pk"))


def _take_in(batch: _Batch, new: NewReturn, index: int) -> ReturnOutcome:
    remains = batch.order(new.source, new.order_number)
    matched = _match(batch, new, remains)
    orders = {line.order_id for _new, line, _amount in matched if line}
    owners = [batch.found[pk].order.member for pk in sorted(orders)]
    row, lines = members.return_rows(new, matched, member=owners[0] if owners else new.member, now=batch.now)
    batch.rows.append(row)
    batch.lines += lines
    for pk in sorted(orders):
        of = batch.found[pk]
        at = max(new.returned_at, of.order.placed_at)
        batch.moves.append(Move(of, of.facts(), at, {"key": "returned"}, row, index))
    return ReturnOutcome(row, is_replay=False, is_parked=not orders)


def _match(batch: _Batch, new: NewReturn, remains: Remains | None) -> list[Matched]:
    """Each line with its order line and its worth; counted against what is left of the order."""
    if remains and remains.order.state == Order.State.CANCELLED:
        raise UnableToRecordReturn("order_is_cancelled", order=remains.order.number)
    lines = _lines_of(new, remains)
    if not lines and (remains or not new.order_number):
        raise UnableToRecordReturn("nothing_left_to_return", order=new.order_number)
    touched = {line.order_line.order_id for line in lines if line.order_line}
    touched |= {remains.order.pk} if remains else set()
    before = {pk: dict(batch.found[pk].came_back) for pk in touched}
    try:
        return [_match_line(batch, line, remains) for line in lines]
    except UnableToRecordReturn:
        for pk, came_back in before.items():
            batch.found[pk].came_back = came_back
        raise


def _match_line(batch: _Batch, line: NewReturnLine, remains: Remains | None) -> Matched:
    of = batch.found[line.order_line.order_id] if line.order_line else remains
    if of is None:
        return line, None, line.amount_ore or 0
    order_line = line.order_line or _named(of, line)
    amount = _worth(of, order_line, line)
    add_return(of.came_back, order_line.pk, int(line.quantity * THOUSAND), amount)
    return line, order_line, amount


def _lines_of(new: NewReturn, remains: Remains | None) -> tuple[NewReturnLine, ...]:
    if new.lines or remains is None:
        return new.lines
    return _everything(remains) if new.amount_ore is None else _shared(remains, new.amount_ore)


def _shared(remains: Remains, amount_ore: int) -> tuple[NewReturnLine, ...]:
    """Money for goods that are kept: every line bears its share by what is left of what was paid for it."""
    paid = [remains.left(line).paid for line in remains.lines]
    if amount_ore > sum(paid):
        raise UnableToRecordReturn("more_than_is_left_to_pay_back", left_ore=sum(paid))
    return tuple(
        NewReturnLine(ref=line.ref, quantity=Decimal(0), amount_ore=share, order_line_ref=line.ref)
        for line, share in zip(remains.lines, split(amount_ore, paid), strict=True)
        if share
    )


def _everything(remains: Remains) -> tuple[NewReturnLine, ...]:
    left = [(line, remains.left(line)) for line in remains.lines]
    return tuple(
        NewReturnLine(ref=line.ref, quantity=Decimal(facts.quantity) / THOUSAND, order_line_ref=line.ref)
        for line, facts in left
        if facts.quantity
    )


def _named(remains: Remains, line: NewReturnLine) -> OrderLine:
    """The order line named by its ref, or else one of that article with enough left."""
    if line.order_line_ref:
        found = remains.refs().get(line.order_line_ref)
    else:
        wanted = int(line.quantity * THOUSAND)
        of_article = [one for one in remains.lines if line.sku and one.sku == line.sku]
        enough = [one for one in of_article if remains.left(one).quantity >= wanted]
        found = next(iter(enough or of_article), None)
    if found is None:
        raise UnableToRecordReturn("order_line_not_found", line=line.order_line_ref or line.sku or line.ref)
    return found


def _worth(remains: Remains, order_line: OrderLine, line: NewReturnLine) -> int:
    """Öre that come back for ``line``; raises when more comes back than is left."""
    left, quantity = remains.left(order_line), int(line.quantity * THOUSAND)
    if quantity < 0 or not (quantity or line.amount_ore):
        raise UnableToRecordReturn("quantity_is_not_valid", line=line.ref)
    if quantity > left.quantity:
        at_most = str(Decimal(left.quantity) / THOUSAND)
        raise UnableToRecordReturn("more_than_was_bought", line=line.ref, left=at_most)
    if line.amount_ore is None:
        return left.paid - left.worth(left.quantity - quantity)
    if not 0 <= line.amount_ore <= left.paid:
        raise UnableToRecordReturn("more_than_was_paid", line=line.ref, left_ore=left.paid)
    return line.amount_ore


def correct_waiting(orders: Sequence[Order], *, now: datetime, is_history: bool) -> None:
    """Count the returns that were parked until one of ``orders``, just recorded, would come.

    One that cannot be right (more than was bought) stays parked for staff to see.
    """
    parked = _parked_for(orders)
    if not parked:
        return
    batch = _Batch(remains_of(lock_orders([order.pk for order in orders])), now)
    for index, row in enumerate(parked):
        remains = batch.order(row.source, row.order_number)
        waiting = [line for line in row.lines.all() if line.order_line_id is None]
        with suppress(UnableToRecordReturn):
            _unpark(batch, row, waiting, remains, index)
    OrderReturnLine.objects.bulk_create([line for line in batch.lines if line._state.adding])
    OrderReturnLine.objects.bulk_update(
        [line for line in batch.lines if not line._state.adding], ["order_line", "amount_ore", "sku"]
    )
    OrderReturn.objects.bulk_update(batch.rows, ["member", "amount_ore"])
    correct(batch.moves, now=now, is_history=is_history)


@transaction.atomic
def match_parked_returns(*, now: datetime, limit: int = 500) -> int:
    """Count parked returns whose order is here after all: the two were recorded at the same moment."""
    same = Order.objects.filter(source=OuterRef("source"), number=OuterRef("order_number"))
    parked = OrderReturn.objects.filter(lines__order_line__isnull=True).annotate(
        order_id=Subquery(same.values("pk"))
    )
    wanted = parked.filter(order_id__isnull=False).order_by("pk").values_list("order_id", flat=True)[:limit]
    orders = lock_orders(list(wanted))
    correct_waiting(orders, now=now, is_history=False)
    segments.note_purchases(member_ids=[order.member_id for order in orders], now=now)
    return len(orders)


def _parked_for(orders: Sequence[Order]) -> list[OrderReturn]:
    numbers: dict[str, list[str]] = defaultdict(list)
    for order in orders:
        numbers[order.source].append(order.number)
    wanted = Q()
    for source, named in numbers.items():
        wanted |= Q(source=source, order_number__in=named)
    found = OrderReturn.objects.filter(wanted, lines__order_line__isnull=True).distinct()
    return list(found.prefetch_related("lines").order_by("returned_at"))


def _unpark(
    batch: _Batch,
    row: OrderReturn,
    waiting: Sequence[OrderReturnLine],
    remains: Remains | None,
    index: int,
) -> None:
    if remains is None:
        return
    known = {line.ref: line for line in waiting}
    new = NewReturn(
        source=row.source,
        number=row.number,
        order_number=row.order_number,
        returned_at=row.returned_at,
        lines=tuple(
            NewReturnLine(
                ref=line.ref,
                quantity=line.quantity,
                sku=line.sku,
                order_line_ref=line.order_line_ref,
                amount_ore=line.amount_ore or None,
            )
            for line in waiting
        ),
        amount_ore=(row.amount_ore or None) if not waiting else None,
    )
    for new_line, order_line, amount in _match(batch, new, remains):
        line = known.get(new_line.ref) or OrderReturnLine(
            order_return=row, ref=new_line.ref, quantity=new_line.quantity
        )
        line.order_line, line.amount_ore = order_line, amount
        line.sku = order_line.sku if order_line else line.sku
        batch.lines.append(line)
    row.member = remains.order.member
    row.amount_ore = sum(line.amount_ore for line in batch.lines if line.order_return_id == row.pk)
    batch.rows.append(row)
    at = max(row.returned_at, remains.order.placed_at)
    batch.moves.append(Move(remains, remains.facts(), at, {"key": "returned"}, row, index))


def _with_taken(
    outcome: ReturnOutcome | UnableToRecordReturn, entries: Sequence[EngineEntry]
) -> ReturnOutcome | UnableToRecordReturn:
    if isinstance(outcome, UnableToRecordReturn):
        return outcome
    taken: dict[str, int] = defaultdict(int)
    told = [one for one in entries if not is_hidden(one.meter) and not one.rule.startswith(COUNTING)]
    for entry in told:
        taken[entry.meter] -= entry.amount
    return replace(outcome, taken_back=dict(taken), because=[entry.because for entry in told])


def _returned(row: OrderReturn, now: datetime) -> Row:
    return members.activity_row(
        kind="return.recorded",
        member_id=row.member_id,
        account_id=row.member.account_id if row.member else None,
        facts={"order_return": str(row.pk), "amount_ore": row.amount_ore},
        occurred_at=row.returned_at,
        now=now,
    )
