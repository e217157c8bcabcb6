"""What is derived in the ledger, worked out anew from what is only ever added to."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Sum

from loyalty.models import Allocation, Entry
from loyalty.queries.programmes import timetable

Rebuilt = dict[tuple[int, str], tuple[int, int]]


def rebuilt_balances() -> Rebuilt:
    """Balance and debt by account and meter, in smallest parts, of entries and allocations alone.

    Debt is what debits of a meter that can be spent could not take from any lot.
    """
    spendable = {
        key
        for *_dates, one in timetable().versions
        for key, meter in one.meters.items()
        if meter.is_spendable
    }
    entries = Entry.objects.order_by().values_list("account_id", "meter")
    wanted = _sums(entries.filter(amount__lt=0, meter__in=spendable).annotate(Sum("amount")))
    debits = Allocation.objects.order_by().values_list("debit__account_id", "debit__meter")
    taken = _sums(debits.annotate(Sum("amount")))
    return {
        key: (amount, -wanted.get(key, 0) - taken.get(key, 0))
        for key, amount in _sums(entries.annotate(Sum("amount"))).items()
    }


def _sums(rows: Iterable[Any]) -> dict[tuple[int, str], int]:
    return {(account, meter): total for account, meter, total in rows}
