"""Recording many acts in few statements: what a shop gathers during a day and tells at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from loyalty.actions.accounts import open_books
from loyalty.actions.acts import ActOutcome, NewAct, answers_before, check_act, facts_of, row_of, told_of
from loyalty.actions.booking import Context, book
from loyalty.engine.account import VoucherChange
from loyalty.engine.compute import place_order
from loyalty.engine.programme import Timetable
from loyalty.models import Act, Voucher
from loyalty.queries.stored import Opened
from loyalty.queries.told import kinds_told
from members.actions import UnableToRecordAct
from members.models.asked import asked
from members.models.together import Rows

Answer = ActOutcome | UnableToRecordAct
# A twin of the batch, or of one of its rows, may be first between our look and our write.
ATTEMPTS = 3


def record_acts(*, acts: Sequence[NewAct], now: datetime, actor: str) -> list[Answer]:
    """Record many acts and answer each in its place; one that cannot be is answered with its error.

    All that can be recorded are, in the order in which they happened. Sent again, they are answered again.
    """
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with transaction.atomic():
                return _record(acts, now)
        except IntegrityError:
            if attempt == ATTEMPTS:
                raise
    return []


def _record(acts: Sequence[NewAct], now: datetime) -> list[Answer]:
    answers: dict[int, Answer] = {}
    fresh: dict[str, int] = {}
    kinds = kinds_told()
    for place, act in enumerate(acts):
        try:
            check_act(act, kinds)
        except UnableToRecordAct as error:
            answers[place] = error
        else:
            fresh.setdefault(act.key, place)
    wanted = [acts[place] for place in fresh.values()]
    if wanted:
        answers |= _book_fresh(acts, fresh, wanted, now)
    again = [
        place for place in range(len(acts)) if place not in answers
    ]  # here before, or twice in the batch
    answers |= dict(zip(again, answers_before([acts[place] for place in again]), strict=True))
    return [answers[place] for place in range(len(acts))]


def _book_fresh(
    acts: Sequence[NewAct], fresh: dict[str, int], wanted: Sequence[NewAct], now: datetime
) -> dict[int, Answer]:
    books = open_books(
        {act.member.account_id for act in wanted},
        asked(_acts_here, sorted({act.source for act in wanted}), [act.number for act in wanted]),
        since=min(act.occurred_at for act in wanted),
    )
    here = {f"{source}:{number}" for source, number in books.along[0]}
    places = sorted(
        (place for key, place in fresh.items() if key not in here), key=lambda place: acts[place].occurred_at
    )
    placed = {place: _place(books.timetable, books.accounts, acts[place], now) for place in places}
    issued = _book(books.timetable, books.accounts, [one.row for one in placed.values()], now)
    return {place: one.outcome(issued) for place, one in placed.items()}


def _acts_here(sources: list[str], numbers: list[str]) -> QuerySet[Act, tuple[Any, ...]]:
    return Act.objects.filter(source__in=sources, number__in=numbers).values_list("source", "number")


@dataclass(frozen=True, slots=True)
class _Placed:
    """One act on its way into the books: what it earned, and the vouchers that came of it."""

    row: Act
    earned: Mapping[str, int]
    issued: Sequence[Any]

    def outcome(self, issued: Mapping[Any, Voucher]) -> ActOutcome:
        return ActOutcome(
            self.row,
            is_replay=False,
            earned=self.earned,
            because=self.row.because,
            issued=[issued[ref] for ref in self.issued],
            tiers=self.row.at_sale["tiers_after"],
        )


def _place(timetable: Timetable, accounts: Opened, new: NewAct, now: datetime) -> _Placed:
    account = accounts[new.member.account_id]
    before = len(account.effects)
    sale = place_order(timetable, account, facts_of(new, account))
    changes = [one for one in account.effects[before:] if isinstance(one, VoucherChange)]
    issued = [one.voucher.ref for one in changes if one.move == "issued"]
    return _Placed(row_of(new, sale, account, now), sale.award.told(), issued)


def _book(timetable: Timetable, accounts: Opened, rows: Sequence[Act], now: datetime) -> dict[Any, Voucher]:
    """Write it all; answers the vouchers that were issued, by their ids."""
    context = Context(
        timetable,
        now,
        members={row.account_id: row.member_id for row in rows if row.member_id},
        acts={row.key: row.pk for row in rows},
    )
    told = [told_of("act.recorded", row, row.occurred_at, now) for row in rows]
    booked = book(context, accounts, told, [Rows(Act, [vars(row) for row in rows])])
    return {voucher.pk: voucher for several in booked.issued.values() for voucher in several}
