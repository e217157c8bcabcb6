"""Accounts as the engine sees them, loaded in a constant number of queries."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from loyalty.engine import account as engine
from loyalty.engine.programme import Timetable
from loyalty.models import Balance, Entry, Lot, Standing, Voucher
from loyalty.queries.corrected import load_corrected
from loyalty.queries.past import NOTHING, Past, fill_past, past_of
from loyalty.queries.programmes import last_timetable, stamp_rows, timetable_of
from loyalty.queries.stock import put_shelf
from loyalty.queries.stored import LOT, VOUCHER, Opened, lot_from, voucher_from
from members.actions import UnableTo
from members.models import Account
from members.models.asked import Asked, asked
from members.models.ids import new_id
from members.models.together import fetch_together

FEW = 10
USUALLY_COMPUTED_WITHIN = timedelta(days=366)
_OWN = 5
_STANDING = ("account_id", "sequence", "computed_to", "last_at", "choices", "tiers", "holds")


class AccountHasMoved(UnableTo):
    """The account became part of another between the call's first look and its lock: asked again, it finds the other."""

    status = 409


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which accounts, and what of them beyond what is open.

    ``since`` is the earliest moment that will be computed; ``order_keys`` name orders that will be
    corrected, so that what they gave and paid with is loaded too; ``codes`` name vouchers that are
    loaded even when they are no longer open, so that a refusal can say why, and ``rule`` what one rule has ever
    issued, with the points behind it. Where ``is_locked``, the accounts are locked in primary-key order until the
    transaction ends.
    """

    account_ids: Collection[int]
    since: datetime
    order_keys: Collection[str] = ()
    codes: Collection[str] = ()
    rule: str = ""
    is_locked: bool = False


@dataclass(frozen=True, slots=True)
class Books:
    """The rules in force, accounts by id, and the rows of the queries that came along."""

    timetable: Timetable
    accounts: Opened
    along: list[list[tuple[Any, ...]]]


@dataclass(frozen=True, slots=True)
class Answered:
    """A past that was asked for, and the rows that were found."""

    past: Past
    rows: Sequence[list[Any]]


def load_books(wanted: Wanted, *along: Asked) -> Books:
    """Everything needed to compute, in one round trip; the rows of ``along`` are read under the lock.

    The past is asked for by the rules that this process has seen last, and again where they have changed.
    """
    assumed = _assumed_past(last_timetable(), wanted)
    asking = [*_questions(wanted), asked(stamp_rows), *along]
    rows = fetch_together(*asking, *assumed.questions(sorted(wanted.account_ids)))
    timetable = timetable_of(rows[_OWN])
    past = Answered(assumed, rows[len(asking) :])
    return Books(timetable, _accounts(timetable, wanted, rows[:_OWN], past), rows[_OWN + 1 : len(asking)])


def load_accounts(
    timetable: Timetable,
    account_ids: Collection[int],
    *,
    since: datetime,
    order_keys: Collection[str] = (),
    codes: Collection[str] = (),
    rule: str = "",
    is_locked: bool = False,
) -> Opened:
    """The accounts by id; see ``Wanted``."""
    wanted = Wanted(account_ids, since, order_keys, codes, rule, is_locked)
    assumed = _assumed_past(timetable, wanted)
    rows = fetch_together(*_questions(wanted), *assumed.questions(sorted(account_ids)))
    return _accounts(timetable, wanted, rows[:_OWN], Answered(assumed, rows[_OWN:]))


def _assumed_past(timetable: Timetable | None, wanted: Wanted) -> Past:
    """What will be needed of the pasts of a few accounts, unless they were computed long before ``since``.

    For many accounts a longer past than needed costs more than the round trip that it spares.
    """
    if timetable is None or len(wanted.account_ids) > FEW:
        return NOTHING
    return past_of(timetable, wanted.since - USUALLY_COMPUTED_WITHIN)


def _questions(wanted: Wanted) -> list[Asked]:
    ids = sorted(wanted.account_ids)
    return [
        asked(_account_rows, ids, wanted.is_locked),
        asked(_standing_rows, ids),
        asked(_balance_rows, ids),
        asked(_lot_rows, ids, list(wanted.order_keys)),
        asked(_voucher_rows, ids, list(wanted.order_keys), list(wanted.codes), wanted.rule),
    ]


def _accounts(
    timetable: Timetable, wanted: Wanted, rows: Sequence[list[tuple[Any, ...]]], told: Answered
) -> Opened:
    found, standings, balances, lots, vouchers = rows
    accounts = _opened(found, wanted)
    for account_id, *standing in standings:
        _stand(accounts[account_id], *standing)
    for account_id, meter, amount, debt in balances:
        accounts[account_id].balances[meter] = amount
        if debt:
            accounts[account_id].debts.append(engine.Debt(None, meter, debt))
    for account_id, *facts in lots:
        accounts[account_id].lots.append(lot_from(facts))
    for account_id, *voucher in vouchers:
        accounts[account_id].vouchers.append(voucher_from(*voucher))
    put_shelf(timetable, accounts, is_locked=wanted.is_locked)
    _load_rest(timetable, accounts, wanted.since, told)
    load_corrected(timetable, accounts, order_keys=wanted.order_keys, rule=wanted.rule)
    return accounts


def _load_rest(timetable: Timetable, accounts: Opened, since: datetime, told: Answered) -> None:
    """The past, where what was ``told`` of it is not enough, and what makes up debts, in one round trip."""
    mixed = sorted(pk for pk, account in accounts.items() if account.is_mixed)
    earliest = min((account.computed_to for account in accounts.values()), default=since)
    needed = past_of(timetable, min(earliest, since))
    is_told = not mixed and told.past.covers(needed)
    indebted = sorted(pk for pk, account in accounts.items() if account.debts)
    meters = sorted({debt.meter for pk in indebted for debt in accounts[pk].debts})
    missing = [] if is_told else needed.questions(sorted(accounts), mixed)
    debits, *rows = fetch_together(asked(_debit_rows, indebted, meters), *missing)
    if is_told:
        fill_past(accounts, told.past, told.rows)
    else:
        fill_past(accounts, needed, rows, mixed)
    if indebted:
        _name_debts(accounts, debits)


def _account_rows(ids: list[int], is_locked: bool) -> QuerySet[Account, tuple[Any, ...]]:
    rows = Account.objects.filter(pk__in=ids).order_by("pk")
    locked = rows.select_for_update(no_key=True) if is_locked else rows
    return locked.values_list("pk", "opened_at", "closed_at", "is_mixed", "merged_into_id")


def _standing_rows(ids: list[int]) -> QuerySet[Standing, tuple[Any, ...]]:
    return Standing.objects.filter(account_id__in=ids).values_list(*_STANDING)


def _balance_rows(ids: list[int]) -> QuerySet[Balance, tuple[Any, ...]]:
    return Balance.objects.filter(account_id__in=ids).values_list("account_id", "meter", "amount", "debt")


def _lot_rows(ids: list[int], order_keys: list[str]) -> QuerySet[Lot, tuple[Any, ...]]:
    wanted = Q(remaining__gt=0)
    if order_keys:
        wanted |= Q(source__in=order_keys)
    rows = Lot.objects.filter(wanted, account_id__in=ids)
    return rows.order_by("account_id", "earned_at", "pk").values_list(*LOT)


def _voucher_rows(
    ids: list[int], order_keys: list[str], codes: list[str], rule: str
) -> QuerySet[Voucher, tuple[Any, ...]]:
    wanted = Q(state__in=engine.OPEN_VOUCHERS)
    if rule:
        wanted |= Q(rule=rule)
    if codes:
        wanted |= Q(code__in=codes)
    if order_keys:
        wanted |= Q(redeemed_for__in=order_keys) | Q(order_key__in=order_keys) | Q(state="expired")
    rows = Voucher.objects.filter(wanted, account_id__in=ids)
    return rows.order_by("issued_at", "pk").values_list(*VOUCHER)


def _opened(rows: Iterable[tuple[Any, ...]], wanted: Wanted) -> Opened:
    accounts = {}
    for pk, opened_at, closed_at, is_mixed, merged_into in rows:
        if merged_into is not None and wanted.is_locked:
            raise AccountHasMoved("account_has_moved", account=pk)
        accounts[pk] = engine.Account(
            joined_at=opened_at,
            computed_to=min(opened_at, wanted.since),
            new_ref=new_id,
            closed_at=closed_at,
            is_mixed=is_mixed,
        )
    return accounts


def _stand(
    account: engine.Account,
    sequence: int,
    computed_to: datetime,
    last_at: Mapping[str, str],
    choices: Mapping[str, int],
    tiers: Mapping[str, Any],
    holds: Sequence[Mapping[str, Any]],
) -> None:
    account.sequence = sequence
    account.computed_to = computed_to
    account.last_at = {name: datetime.fromisoformat(moment) for name, moment in last_at.items()}
    account.choices = dict(choices)
    account.tiers = {ladder: held_from(facts) for ladder, facts in tiers.items()}
    account.holds = [hold_from(facts) for facts in holds]


def hold_from(facts: Mapping[str, Any]) -> engine.Hold:
    """Points held for an order as a standing stores them."""
    until = datetime.fromisoformat(facts["until"])
    return engine.Hold(facts["order"], facts["meter"], facts["amount"], until)


def hold_to(hold: engine.Hold) -> dict[str, Any]:
    return {
        "order": hold.order,
        "meter": hold.meter,
        "amount": hold.amount,
        "until": hold.until.isoformat(),
    }


def held_from(facts: Mapping[str, Any]) -> engine.Held:
    """A tier as a standing stores it."""
    return engine.Held(
        facts["tier"],
        datetime.fromisoformat(facts["valid_to"]) if facts["valid_to"] else None,
        datetime.fromisoformat(facts["reached_at"]),
        facts["origin"],
        facts["below"],
        facts.get("source", ""),
        held_from(facts["under"]) if facts.get("under") else None,
    )


def held_to(held: engine.Held) -> dict[str, Any]:
    return {
        "tier": held.tier,
        "valid_to": held.valid_to.isoformat() if held.valid_to else None,
        "reached_at": held.reached_at.isoformat(),
        "origin": held.origin,
        "below": held.below,
        "source": held.source,
        "under": held_to(held.under) if held.under else None,
    }


def _debit_rows(indebted: list[int], meters: list[str]) -> QuerySet[Entry, tuple[Any, ...]]:
    """The debits that make up the accounts' debts, oldest first."""
    rows = Entry.objects.filter(account_id__in=indebted, meter__in=meters, amount__lt=0)
    missing = -F("amount") - Coalesce(Sum("allocations__amount"), 0)
    rows = rows.annotate(missing=missing).filter(missing__gt=0).order_by("account_id", "sequence")
    return rows.values_list("account_id", "pk", "meter", "missing")


def _name_debts(accounts: Opened, debits: Iterable[tuple[Any, ...]]) -> None:
    """Replace each account's debt sums by the debits that make them up."""
    for account in accounts.values():
        account.debts = []
    for account_id, pk, meter, missing in debits:
        accounts[account_id].debts.append(engine.Debt(pk, meter, missing))
