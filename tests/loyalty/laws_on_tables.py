"""The laws of the ledger as they stand on the tables, looked at after each happening of a story."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Sum

from loyalty import actions
from loyalty.engine.outcome import State
from loyalty.engine.programme import Timetable
from loyalty.models import Allocation, Balance, Entry, LedgerCheck, Voucher
from loyalty.queries.rebuilding import rebuilt_balances
from members.models import Order
from tests.loyalty.database_club import DatabaseClub

Burns = set[tuple[Any, Any, int]]


@dataclass(slots=True)
class LawfulClub(DatabaseClub):
    """A club on the tables whose laws hold whenever somebody looks at it."""

    timetable: Timetable = field(default_factory=Timetable)
    burns: Burns = field(default_factory=set)

    def state(self, member: str, at: datetime) -> State:
        found = DatabaseClub.state(self, member, at)
        check_balances()
        check_backing(self.timetable)
        self.burns = check_burns(self.burns)
        return found


def check_balances() -> None:
    """What is kept of balances and debts is what entries and allocations come to."""
    kept = Balance.objects.values_list("account_id", "meter", "amount", "debt")
    assert {row[:2]: row[2:] for row in kept} == rebuilt_balances()


def check_burns(before: Burns) -> Burns:
    """What was used of which lots stays so; answers all of it."""
    used = Allocation.objects.filter(debit__kind=Entry.Kind.REDEEM)
    after = set(used.values_list("debit_id", "lot_id", "amount"))
    assert before <= after
    return after


def check_backing(timetable: Timetable) -> None:
    """No voucher without the points that it says it was turned from."""
    conversions = {one.key: one for _from, _to, version in timetable.versions for one in version.conversions}
    for voucher in Voucher.objects.filter(rule__in=conversions).exclude(debit=None):
        points = Allocation.objects.filter(debit_id=voucher.debit_id).aggregate(sum=Sum("amount"))["sum"]
        assert points == voucher.because["points"]


def check_ledger(at: datetime) -> None:
    actions.check_ledger(now=at)
    assert LedgerCheck.objects.latest("pk").breaks == []


def left_of_orders_given_back() -> dict[tuple[Any, ...], int]:
    """What orders of which nothing is left still give, by order, meter and rule."""
    left: Counter[tuple[Any, ...]] = Counter()
    for order in Order.objects.prefetch_related("lines__return_lines"):
        if any(
            line.quantity > sum(one.quantity for one in line.return_lines.all()) for line in order.lines.all()
        ):
            continue
        for meter, rule, amount in Entry.objects.filter(
            order=order, kind__in=(Entry.Kind.EARN, Entry.Kind.REVERSE)
        ).values_list("meter", "rule", "amount"):
            left[order.pk, meter, rule] += amount
    return {what: amount for what, amount in left.items() if amount}
