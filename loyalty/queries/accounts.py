"""Accounts as the engine sees them, loaded in a constant number of queries."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from loyalty.engine import account as engine
from loyalty.engine.programme import Timetable
from loyalty.models import Allocation, Balance, Entry, Lot, Standing, Voucher
from loyalty.queries.programmes import stamp_rows, timetable_of
from members.models import Account
from members.models.ids import new_id
from members.models.together import fetch_together

_OWN = 5
_INSTANT = timedelta(microseconds=1)
_STANDING = ("account_id", "sequence", "computed_to", "last_purchase_at", "tiers")
# The engine's names of a lot's and a voucher's facts, and the columns that hold them.
_LOT_FACTS = {
    "ref": "entry_id",
    "meter": "meter",
    "amount": "amount",
    "remaining": "remaining",
    "earned_at": "entry__effective_at",
    "available_from": "available_from",
    "expires_at": "expires_at",
}
_LOT = ("account_id", "entry__order__source", "entry__order__number", *_LOT_FACTS.values())
_VOUCHER_FACTS = {
    "reward": "reward",
    "kind": "kind",
    "value": "value_ore",
    "issued_at": "issued_at",
    "available_from": "available_from",
    "expires_at": "expires_at",
    "debit": "debit_id",
    "code": "code",
    "used": "used_ore",
    "state": "state",
    "reserved_for": "reserved_for",
    "reserved_until": "reserved_until",
    "redeemed_for": "redeemed_for",
    "redeemed_at": "redeemed_at",
    "ended_because": "ended_because",
    "because": "because",
}
_VOUCHER = ("account_id", "pk", "version_id", "percent", *_VOUCHER_FACTS.values())
Opened = dict[int, engine.Account]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which accounts, and what of them beyond what is open.

    ``since`` is the earliest moment that will be computed; ``order_keys`` name orders that will be
    corrected, so that what they gave and paid with is loaded too; ``codes`` name vouchers that are
    loaded even when they are no longer open, so that a refusal can say why. Where ``is_locked``, the
    accounts are locked in primary-key order until the transaction ends.
    """

    account_ids: Collection[int]
    since: datetime
    order_keys: Collection[str] = ()
    codes: Collection[str] = ()
    is_locked: bool = False


@dataclass(frozen=True, slots=True)
class Books:
    """The rules in force, accounts by id, and the rows of the queries that came along."""

    timetable: Timetable
    accounts: Opened
    along: list[list[tuple[Any, ...]]]


def load_books(wanted: Wanted, *along: QuerySet[Any, tuple[Any, ...]]) -> Books:
    """Everything needed to compute, in one round trip; the rows of ``along`` are read under the lock."""
    rows = fetch_together(*_queries(wanted), stamp_rows(), *along)
    timetable = timetable_of(rows[_OWN])
    return Books(timetable, _accounts(timetable, wanted, rows[:_OWN]), rows[_OWN + 1 :])


def load_accounts(
    timetable: Timetable,
    account_ids: Collection[int],
    *,
    since: datetime,
    order_keys: Collection[str] = (),
    codes: Collection[str] = (),
    is_locked: bool = False,
) -> Opened:
    """The accounts by id; see ``Wanted``."""
    wanted = Wanted(account_ids, since, order_keys, codes, is_locked)
    return _accounts(timetable, wanted, fetch_together(*_queries(wanted)))


def _queries(wanted: Wanted) -> list[QuerySet[Any, tuple[Any, ...]]]:
    ids = sorted(wanted.account_ids)
    return [
        _account_rows(ids, is_locked=wanted.is_locked),
        Standing.objects.filter(account_id__in=ids).values_list(*_STANDING),
        Balance.objects.filter(account_id__in=ids).values_list("account_id", "meter", "amount", "debt"),
        _lot_rows(ids, wanted.order_keys),
        _voucher_rows(ids, wanted.order_keys, wanted.codes),
    ]


def _accounts(timetable: Timetable, wanted: Wanted, rows: Sequence[list[tuple[Any, ...]]]) -> Opened:
    found, standings, balances, lots, vouchers = rows
    accounts = {pk: _opened(opened_at, closed_at, wanted.since) for pk, opened_at, closed_at in found}
    for account_id, *standing in standings:
        _stand(accounts[account_id], *standing)
    for account_id, meter, amount, debt in balances:
        accounts[account_id].balances[meter] = amount
        if debt:
            accounts[account_id].debts.append(engine.Debt(None, meter, debt))
    for account_id, source, number, *facts in lots:
        lot = dict(zip(_LOT_FACTS, facts, strict=True))
        accounts[account_id].lots.append(engine.Lot(**lot, order=f"{source}:{number}" if source else ""))
    for account_id, *voucher in vouchers:
        accounts[account_id].vouchers.append(_voucher(*voucher))
    _load_debts(accounts)
    _load_history(timetable, accounts, wanted.since)
    if wanted.order_keys:
        _load_backing(accounts)
        _load_lapsed(accounts, wanted.order_keys)
    return accounts


def _account_rows(ids: Collection[int], *, is_locked: bool) -> QuerySet[Account, tuple[Any, ...]]:
    rows = Account.objects.filter(pk__in=ids).order_by("pk")
    locked = rows.select_for_update(no_key=True) if is_locked else rows
    return locked.values_list("pk", "opened_at", "closed_at")


def _lot_rows(ids: Collection[int], order_keys: Collection[str]) -> QuerySet[Lot, tuple[Any, ...]]:
    wanted = Q(remaining__gt=0)
    if order_keys:
        wanted |= Q(entry__order__number__in=[key.partition(":")[2] for key in order_keys])
    rows = Lot.objects.filter(wanted, account_id__in=ids)
    return rows.order_by("account_id", "entry__effective_at", "entry__sequence").values_list(*_LOT)


def _voucher_rows(
    ids: Collection[int], order_keys: Collection[str], codes: Collection[str]
) -> QuerySet[Voucher, tuple[Any, ...]]:
    wanted = Q(state__in=engine.OPEN_VOUCHERS)
    if codes:
        wanted |= Q(code__in=codes)
    if order_keys:
        wanted |= Q(redeemed_for__in=order_keys)
    rows = Voucher.objects.filter(wanted, account_id__in=ids)
    return rows.order_by("issued_at", "debit__sequence", "pk").values_list(*_VOUCHER)


def _opened(opened_at: datetime, closed_at: datetime | None, since: datetime) -> engine.Account:
    return engine.Account(
        joined_at=opened_at,
        computed_to=min(opened_at, since),
        new_ref=new_id,
        closed_at=closed_at,
    )


def _stand(
    account: engine.Account,
    sequence: int,
    computed_to: datetime,
    last_purchase_at: datetime | None,
    tiers: Mapping[str, Any],
) -> None:
    account.sequence = sequence
    account.computed_to = computed_to
    account.last_purchase_at = last_purchase_at
    account.tiers = {ladder: held_from(facts) for ladder, facts in tiers.items()}


def held_from(facts: Mapping[str, Any]) -> engine.Held:
    """A tier as a standing stores it."""
    return engine.Held(
        facts["tier"],
        datetime.fromisoformat(facts["valid_to"]) if facts["valid_to"] else None,
        datetime.fromisoformat(facts["reached_at"]),
        facts["origin"],
        facts["below"],
    )


def held_to(held: engine.Held) -> dict[str, Any]:
    return {
        "tier": held.tier,
        "valid_to": held.valid_to.isoformat() if held.valid_to else None,
        "reached_at": held.reached_at.isoformat(),
        "origin": held.origin,
        "below": held.below,
    }


def _load_debts(accounts: Opened) -> None:
    """Replace each account's debt sums by the debits that make them up, oldest first."""
    indebted = [pk for pk, account in accounts.items() if account.debts]
    if not indebted:
        return
    meters = {debt.meter for pk in indebted for debt in accounts[pk].debts}
    for pk in indebted:
        accounts[pk].debts = []
    rows = (
        Entry.objects.filter(account_id__in=indebted, meter__in=meters, amount__lt=0)
        .annotate(missing=-F("amount") - Coalesce(Sum("allocations__amount"), 0))
        .filter(missing__gt=0)
        .order_by("account_id", "sequence")
    )
    for row in rows:
        accounts[row.account_id].debts.append(engine.Debt(row.pk, row.meter, row.missing))


def _load_history(timetable: Timetable, accounts: Opened, since: datetime) -> None:
    horizons = _horizons(timetable, accounts, since)
    if not horizons:
        return
    wanted = Q()
    for meter, horizon in horizons.items():
        of_meter = Q(meter=meter)
        wanted |= of_meter & Q(counts_at__gte=horizon) if horizon else of_meter
    rows = (
        Entry.objects.filter(account_id__in=accounts, kind__in=["earn", "reverse"])
        .annotate(counts_at=Coalesce("order__placed_at", "effective_at"))
        .filter(wanted)
        .order_by("account_id", "sequence")
        .values_list("account_id", "meter", "counts_at", "amount")
    )
    for account_id, meter, counts_at, amount in rows:
        accounts[account_id].history.setdefault(meter, []).append((counts_at, amount))


def _horizons(timetable: Timetable, accounts: Opened, since: datetime) -> dict[str, datetime | None]:
    """Per meter that a tier counts: from when on its earnings matter; ``None`` is from the start."""
    earliest = min((account.computed_to for account in accounts.values()), default=since)
    earliest = min(earliest, since)
    found: dict[str, datetime | None] = {}
    for programme in timetable.by_key.values():
        for ladder in programme.ladders:
            start = ladder.window.span(earliest, programme.zone).start
            if start is not None:
                start = ladder.window.span(start - _INSTANT, programme.zone).start
            known = found.get(ladder.meter, start)
            found[ladder.meter] = None if start is None or known is None else min(start, known)
    return found


def _load_backing(accounts: Opened) -> None:
    """Which lots the points behind each open voucher came from."""
    debits = {
        voucher.debit: account
        for account in accounts.values()
        for voucher in account.vouchers
        if voucher.debit
    }
    if not debits:
        return
    rows = Allocation.objects.filter(debit_id__in=debits).values_list("debit_id", "lot_id", "amount")
    for debit, lot, amount in rows:
        debits[debit].backing.setdefault(debit, []).append((lot, amount))


def _load_lapsed(accounts: Opened, order_keys: Collection[str]) -> None:
    """How much of each order's own lots lapsed and has not been undone by a return since."""
    lots = {
        lot.ref: lot for account in accounts.values() for lot in account.lots if lot.order in set(order_keys)
    }
    lapsed = Allocation.objects.filter(lot_id__in=lots, debit__kind=Entry.Kind.EXPIRE)
    for lot_id, amount in lapsed.values_list("lot_id", "amount"):
        lots[lot_id].lapsed += amount
    undone = Entry.objects.filter(account_id__in=accounts, kind=Entry.Kind.RESTORE, order__isnull=False)
    for source, number, meter, amount in undone.values_list(
        "order__source", "order__number", "meter", "amount"
    ):
        for lot in lots.values():
            if lot.order == f"{source}:{number}" and lot.meter == meter:
                taken = min(lot.lapsed, amount)
                lot.lapsed -= taken
                amount -= taken


def _voucher(ref: Any, version: int, percent: Decimal | None, *facts: Any) -> engine.Voucher:
    named = dict(zip(_VOUCHER_FACTS, facts, strict=True))
    return engine.Voucher(ref=ref, version=str(version), percent=percent or Decimal(0), **named)
