"""Accounts as the engine sees them, loaded in a constant number of queries."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import F, Q, Sum
from django.db.models.functions import Coalesce

from loyalty.engine import account as engine
from loyalty.engine.programme import Timetable
from loyalty.models import Allocation, Balance, Entry, Lot, Standing, Voucher
from members.models import Account
from members.models.ids import new_id

_INSTANT = timedelta(microseconds=1)
Opened = dict[int, engine.Account]


def load_accounts(
    timetable: Timetable,
    account_ids: Collection[int],
    *,
    since: datetime,
    order_keys: Collection[str] = (),
    codes: Collection[str] = (),
    is_locked: bool = False,
) -> Opened:
    """The accounts by id; where ``is_locked``, in primary-key order until the transaction ends.

    ``since`` is the earliest moment that will be computed; ``order_keys`` name orders that will be
    corrected, so that what they gave and paid with is loaded too; ``codes`` name vouchers that are
    loaded even when they are no longer open, so that a refusal can say why.
    """
    rows = Account.objects.filter(pk__in=account_ids).order_by("pk")
    if is_locked:
        rows = rows.select_for_update(no_key=True)
    accounts = {row.pk: _opened(row, since) for row in rows}
    _load_standings(accounts)
    _load_balances(accounts)
    _load_lots(accounts, order_keys)
    _load_debts(accounts)
    _load_history(timetable, accounts, since)
    _load_vouchers(accounts, order_keys, codes)
    return accounts


def _opened(row: Account, since: datetime) -> engine.Account:
    return engine.Account(
        joined_at=row.opened_at,
        computed_to=min(row.opened_at, since),
        new_ref=new_id,
        closed_at=row.closed_at,
    )


def _load_standings(accounts: Opened) -> None:
    for row in Standing.objects.filter(account_id__in=accounts):
        account = accounts[row.account_id]
        account.computed_to = row.computed_to
        account.sequence = row.sequence
        account.last_purchase_at = row.last_purchase_at
        account.tiers = {ladder: held_from(facts) for ladder, facts in row.tiers.items()}


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


def _load_balances(accounts: Opened) -> None:
    for row in Balance.objects.filter(account_id__in=accounts):
        accounts[row.account_id].balances[row.meter] = row.amount
        if row.debt:
            accounts[row.account_id].debts.append(engine.Debt(None, row.meter, row.debt))


def _load_lots(accounts: Opened, order_keys: Collection[str]) -> None:
    wanted = Q(remaining__gt=0)
    if order_keys:
        wanted |= Q(entry__order__number__in=[key.partition(":")[2] for key in order_keys])
    rows = (
        Lot.objects.filter(wanted, account_id__in=accounts)
        .select_related("entry__order")
        .order_by("account_id", "entry__effective_at", "entry__sequence")
    )
    for row in rows:
        order = row.entry.order
        accounts[row.account_id].lots.append(
            engine.Lot(
                row.pk,
                row.meter,
                row.amount,
                row.remaining,
                row.entry.effective_at,
                row.available_from,
                row.expires_at,
                order.key if order else "",
            )
        )


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


def _load_vouchers(accounts: Opened, order_keys: Collection[str], codes: Collection[str]) -> None:
    wanted = Q(state__in=engine.OPEN_VOUCHERS)
    if codes:
        wanted |= Q(code__in=codes)
    if order_keys:
        wanted |= Q(redeemed_for__in=order_keys)
    rows = Voucher.objects.filter(wanted, account_id__in=accounts).order_by(
        "issued_at", "debit__sequence", "pk"
    )
    debits: dict[Any, int] = {}
    for row in rows:
        accounts[row.account_id].vouchers.append(voucher_from(row))
        if row.debit_id:
            debits[row.debit_id] = row.account_id
    if order_keys and debits:
        _load_backing(accounts, debits)


def _load_backing(accounts: Opened, debits: Mapping[Any, int]) -> None:
    found: dict[Any, list[tuple[Any, int]]] = defaultdict(list)
    rows = Allocation.objects.filter(debit_id__in=debits).values_list("debit_id", "lot_id", "amount")
    for debit, lot, amount in rows:
        found[debit].append((lot, amount))
    for debit, taken in found.items():
        accounts[debits[debit]].backing[debit] = taken


def voucher_from(row: Voucher) -> engine.Voucher:
    return engine.Voucher(
        ref=row.pk,
        reward=row.reward,
        version=str(row.version_id),
        kind=row.kind,
        value=row.value_ore,
        percent=row.percent or Decimal(0),
        issued_at=row.issued_at,
        available_from=row.available_from,
        expires_at=row.expires_at,
        debit=row.debit_id,
        code=row.code,
        used=row.used_ore,
        state=row.state,
        reserved_for=row.reserved_for,
        reserved_until=row.reserved_until,
        redeemed_for=row.redeemed_for,
        redeemed_at=row.redeemed_at,
        ended_because=row.ended_because,
        because=row.because,
    )
