"""The laws of the ledger, proved on the database as it is. Each law is a few set-based queries."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import DatabaseError, transaction
from django.db.models import Count, F, Max, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from loyalty.models import Allocation, Balance, Entry, Lot, Standing, TierChange, Voucher
from loyalty.queries.rebuilding import rebuilt_balances
from members.models import Order

SHOWN = 20
# Of these the points may have come back: nobody can use them any more.
_GONE = (Voucher.State.CANCELLED, Voucher.State.EXPIRED)


@dataclass(frozen=True, slots=True)
class Proof:
    """One law: how many rows were looked at, and the first rows that break it, as sentences."""

    law: int
    title: str
    checked: int
    breaks: tuple[str, ...]

    @property
    def holds(self) -> bool:
        return not self.breaks


def prove_laws() -> list[Proof]:
    """Every law in order. Reads only: the attempt to change an entry is undone even if it succeeds."""
    return [law(number) for number, law in enumerate(_LAWS, start=1)]


def _proof(law: int, title: str, rows: QuerySet[Any], *broken: Iterable[str]) -> Proof:
    breaks = tuple(sentence for some in broken for sentence in some)
    return Proof(law, title, rows.count(), breaks)


def _append_only(law: int) -> Proof:
    gaps = (
        Entry.objects.values("account_id")
        .annotate(entries=Count("pk"), last=Max("sequence"))
        .exclude(entries=F("last"))[:SHOWN]
    )
    told = (
        f"account {row['account_id']}: {row['entries']} entries up to number {row['last']}" for row in gaps
    )
    return _proof(law, "entries are only ever added", Entry.objects.all(), _changeable(), told)


def _changeable() -> Iterable[str]:
    first = Entry.objects.order_by().first()
    if first is None:
        return
    for what, attempt in (
        ("changed", lambda: Entry.objects.filter(pk=first.pk).update(amount=first.amount)),
        ("deleted", lambda: Entry.objects.filter(pk=first.pk)._raw_delete(using="default")),
    ):
        if not _is_refused(attempt):
            yield f"the database lets an entry be {what}"


def _is_refused(attempt: Callable[[], object]) -> bool:
    try:
        with transaction.atomic():
            attempt()
            transaction.set_rollback(True)
    except DatabaseError:
        return True
    return False


def _lots(law: int) -> Proof:
    lots = Lot.objects.annotate(taken=Coalesce(Sum("allocations__amount"), 0))
    wrong = lots.exclude(remaining=F("amount") - F("taken"))[:SHOWN]
    foreign = Lot.objects.exclude(
        amount=F("entry__amount"), meter=F("entry__meter"), account_id=F("entry__account_id")
    )[:SHOWN]
    over = (
        Entry.objects.filter(amount__lt=0)
        .annotate(taken=Coalesce(Sum("allocations__amount"), 0))
        .filter(taken__gt=-F("amount"))[:SHOWN]
    )
    return _proof(
        law,
        "every credit opens a lot and every debit is taken from lots",
        Lot.objects.all(),
        (f"lot {lot.pk}: {lot.remaining} left of {lot.amount}" for lot in wrong),
        (f"lot {lot.pk} is not what its entry says" for lot in foreign),
        (f"entry {entry.pk} took more from lots than it is" for entry in over),
        _credits_without_lot(),
    )


def _credits_without_lot() -> Iterable[str]:
    spendable = Lot.objects.order_by().values_list("meter", flat=True).distinct()
    missing = Entry.objects.filter(amount__gt=0, lot__isnull=True, meter__in=set(spendable))
    return (f"entry {entry.pk} opened no lot" for entry in missing[:SHOWN])


def _balances(law: int) -> Proof:
    rebuilt = rebuilt_balances()
    left = _sums(Lot.objects.filter(remaining__gt=0), "remaining")
    with_lots = set(Lot.objects.order_by().values_list("meter", flat=True).distinct())
    breaks = []
    for row in Balance.objects.iterator():
        key = (row.account_id, row.meter)
        total, debt = rebuilt.pop(key, (0, 0))
        if total != row.amount:
            breaks.append(f"account {key[0]}: {row.meter} stands at {row.amount}, entries sum to {total}")
        if debt != row.debt:
            breaks.append(f"account {key[0]}: {row.meter} owes {row.debt}, what no lot paid is {debt}")
        if row.meter in with_lots and left.get(key, 0) - row.debt != row.amount:
            breaks.append(f"account {key[0]}: {row.meter} {row.amount} is not its lots less {row.debt} debt")
    breaks += [f"account {key[0]}: {key[1]} has entries and no balance" for key in rebuilt]
    return _proof(law, "balance = entries = open lots − debt", Balance.objects.all(), breaks[:SHOWN])


def _sums(rows: QuerySet[Any], column: str) -> dict[tuple[int, str], int]:
    grouped = rows.order_by().values("account_id", "meter").annotate(total=Sum(column))
    return {(row["account_id"], row["meter"]): row["total"] for row in grouped.iterator()}


def _returns(law: int) -> Proof:
    of_orders = Entry.objects.filter(order__isnull=False, kind__in=["earn", "reverse"])
    net = of_orders.order_by().values("order_id", "rule").annotate(net=Sum("amount"))
    below = net.filter(net__lt=0)[:SHOWN]
    kept = net.filter(order__state=Order.State.CANCELLED).exclude(net=0)[:SHOWN]
    return _proof(
        law,
        "a return takes back what was given, never more",
        of_orders,
        (f"order {row['order_id']}: {row['rule']} took back more than it gave" for row in below),
        (f"order {row['order_id']} is cancelled and keeps {row['net']}" for row in kept),
    )


def _once(law: int) -> Proof:
    doubled = (
        Order.objects.order_by().values("source", "number").annotate(times=Count("pk")).filter(times__gt=1)
    )[:SHOWN]
    return _proof(
        law,
        "the same order has one effect",
        Order.objects.all(),
        (f"order {row['source']} {row['number']} stands {row['times']} times" for row in doubled),
    )


def _vouchers(law: int) -> Proof:
    rows = Voucher.objects.all()
    over = rows.filter(kind="money_off", used_ore__gt=F("value_ore"))
    own = Q(debit__account_id=F("account_id")) | Q(debit__account__merged_into_id=F("account_id"))
    unpaid = rows.filter(debit__isnull=False).exclude(own, debit__kind=Entry.Kind.REDEEM)
    twice = (
        rows.filter(debit__isnull=False).order_by().values("debit_id").annotate(n=Count("pk")).filter(n__gt=1)
    )
    back = Coalesce(Sum("debit__reversals__amount", filter=Q(debit__reversals__kind=Entry.Kind.RESTORE)), 0)
    returned = rows.filter(debit__isnull=False).annotate(back=back, taken=-F("debit__amount"))
    both = returned.filter(back__gte=F("taken")).exclude(state__in=_GONE)
    more = returned.filter(back__gt=F("taken"))
    return _proof(
        law,
        "a voucher is used once and stands for points that are gone",
        rows,
        (f"voucher {row.pk} paid more than it is worth" for row in over[:SHOWN]),
        (f"voucher {row.pk} has no points behind it" for row in unpaid[:SHOWN]),
        (f"entry {row['debit_id']} became {row['n']} vouchers" for row in twice[:SHOWN]),
        (f"voucher {row.pk} stands although its points came back" for row in both[:SHOWN]),
        (f"voucher {row.pk} gave back more points than it took" for row in more[:SHOWN]),
    )


def _tiers(law: int) -> Proof:
    last: dict[tuple[int, str], str] = {}
    for row in TierChange.objects.order_by("pk").values_list("account_id", "ladder", "tier").iterator():
        last[row[0], row[1]] = row[2]
    breaks = []
    for account_id, tiers in Standing.objects.exclude(tiers={}).values_list("account_id", "tiers").iterator():
        for ladder, held in tiers.items():
            if last.pop((account_id, ladder), "") != held["tier"]:
                breaks.append(
                    f"account {account_id}: {ladder} stands at {held['tier']} without a change to it"
                )
    breaks += [f"account {key[0]}: {key[1]} changed and does not stand" for key, tier in last.items() if tier]
    return _proof(law, "the tier held is the last change", TierChange.objects.all(), breaks[:SHOWN])


def _reasons(law: int) -> Proof:
    by_hand = Entry.objects.filter(kind=Entry.Kind.ADJUST)
    silent = by_hand.filter(Q(actor="") | Q(reason=""))
    manual = TierChange.objects.filter(origin=TierChange.Origin.MANUAL).filter(Q(actor="") | Q(reason=""))
    return _proof(
        law,
        "every manual change has who and why",
        by_hand,
        (f"entry {row.pk} has no actor or no reason" for row in silent[:SHOWN]),
        (f"tier change {row.pk} has no actor or no reason" for row in manual[:SHOWN]),
    )


def _times(law: int) -> Proof:
    early = Allocation.objects.filter(
        debit__kind=Entry.Kind.REDEEM,
        lot__available_from__gt=F("debit__effective_at"),
    )
    late = Allocation.objects.filter(
        debit__kind=Entry.Kind.REDEEM, lot__expires_at__lte=F("debit__effective_at")
    )
    return _proof(
        law,
        "nothing is used before it can be or after it has lapsed",
        Allocation.objects.all(),
        (f"allocation {row.pk} took from a lot that was not usable yet" for row in early[:SHOWN]),
        (f"allocation {row.pk} took from a lot that had lapsed" for row in late[:SHOWN]),
    )


def _whole(law: int) -> Proof:
    """Integers are the columns' type; what is left to prove is that shares add up to the award."""
    uneven = Order.objects.annotate(
        lines_ore=Coalesce(Sum("lines__paid_ore", filter=Q(lines__revision=F("revision"))), 0)
    ).exclude(paid_ore=F("lines_ore"))
    return _proof(
        law,
        "amounts are whole and lines add up to their order",
        Order.objects.all(),
        (
            f"order {pk}: lines sum to {lines_ore}, paid {paid_ore}"
            for pk, lines_ore, paid_ore in uneven.values_list("pk", "lines_ore", "paid_ore")[:SHOWN]
        ),
    )


_LAWS = (
    _append_only,
    _lots,
    _balances,
    _returns,
    _once,
    _vouchers,
    _tiers,
    _reasons,
    _times,
    _whole,
)
