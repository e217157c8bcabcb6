"""What an account has: now, and as of any time."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from loyalty.engine import account as engine
from loyalty.engine.calendar import last_day
from loyalty.engine.expansion import COUNTING, is_hidden
from loyalty.engine.objects import Meter
from loyalty.engine.programme import Programme
from loyalty.models import Balance, Entry, Lot, Voucher
from loyalty.queries.programmes import recent_timetable
from members.models import Account
from members.models.asked import asked
from members.models.together import fetch_together


@dataclass(frozen=True, slots=True)
class Lapse:
    """The next amount to lapse, and the last day on which it can be used."""

    amount: int
    last_day: date


@dataclass(frozen=True, slots=True)
class MeterReading:
    """Amounts in the smallest part of the meter, ``unit`` of them to one.

    ``balance`` = ``available`` + ``pending`` - ``debt`` for a meter that can be spent.
    """

    meter: str
    unit: int
    is_spendable: bool
    balance: int
    available: int
    pending: int
    debt: int
    pending_from: datetime | None = None
    lapses_next: Lapse | None = None
    is_money: bool = False


def points(account_id: int, at: datetime) -> list[MeterReading]:
    """Every meter of the account as it stands; what has lapsed by ``at`` no longer counts."""
    programme = recent_timetable().latest(at)
    if programme is None:
        return []
    rows, lots = fetch_together(asked(_balances, account_id), asked(_open_lots, account_id))
    balances = {row.meter: row for row in rows}
    return [
        _reading(
            programme,
            meter,
            balances[meter.key].amount if meter.key in balances else 0,
            balances[meter.key].debt if meter.key in balances else 0,
            [(lot, lot.remaining) for lot in lots if lot.meter == meter.key],
            at,
        )
        for meter in _seen(programme)
    ]


def _balances(account_id: int) -> QuerySet[Balance]:
    return Balance.objects.filter(account_id=account_id)


def _open_lots(account_id: int) -> QuerySet[Lot]:
    return Lot.objects.filter(account_id=account_id, remaining__gt=0)


def points_at(account_id: int, at: datetime) -> list[MeterReading]:
    """Every meter of the account as it stood at ``at``, by when things happened."""
    programme = recent_timetable().latest(at)
    if programme is None:
        return []
    happened = Entry.objects.filter(account_id=account_id, effective_at__lte=at)
    sums = dict(happened.values_list("meter").annotate(total=Sum("amount")).values_list("meter", "total"))
    then = Q(allocations__debit__effective_at__lte=at)
    lots = Lot.objects.filter(account_id=account_id, entry__effective_at__lte=at).annotate(
        then=F("amount") - Coalesce(Sum("allocations__amount", filter=then), 0)
    )
    open_lots = [(lot, lot.then) for lot in lots if lot.then > 0]
    found = []
    for meter in _seen(programme):
        own = [(lot, left) for lot, left in open_lots if lot.meter == meter.key]
        total = sums.get(meter.key, 0)
        debt = max(sum(left for _lot, left in own) - total, 0) if meter.is_spendable else 0
        found.append(_reading(programme, meter, total, debt, own, at))
    return found


def readings(programme: Programme, account: engine.Account, at: datetime) -> list[MeterReading]:
    """The same for an account that is being computed."""
    return [
        _reading(
            programme,
            meter,
            account.balance(meter.key),
            account.debt(meter.key),
            [(lot, lot.remaining) for lot in account.open_lots(meter.key)],
            at,
        )
        for meter in _seen(programme)
    ]


def _seen(programme: Programme) -> list[Meter]:
    """Without meters that only count for another object."""
    return [meter for meter in programme.meters.values() if not is_hidden(meter.key)]


def _reading(
    programme: Programme,
    meter: Meter,
    balance: int,
    debt: int,
    lots: Iterable[tuple[Lot | engine.Lot, int]],
    at: datetime,
) -> MeterReading:
    if not meter.is_spendable:
        return MeterReading(
            meter=meter.key,
            unit=meter.unit,
            is_spendable=False,
            balance=balance,
            available=balance,
            pending=0,
            debt=0,
            is_money=meter.is_money,
        )
    alive = [(lot, left) for lot, left in lots if lot.expires_at is None or at < lot.expires_at]
    pending = [(lot, left) for lot, left in alive if at < lot.available_from]
    available = sum(left for lot, left in alive if lot.available_from <= at)
    waiting = sum(left for _lot, left in pending)
    return MeterReading(
        meter=meter.key,
        unit=meter.unit,
        is_spendable=True,
        balance=available + waiting - debt,
        available=available,
        pending=waiting,
        debt=debt,
        pending_from=min((lot.available_from for lot, _left in pending), default=None),
        lapses_next=_next_lapse(programme, alive),
        is_money=meter.is_money,
    )


def _next_lapse(programme: Programme, alive: Iterable[tuple[Lot | engine.Lot, int]]) -> Lapse | None:
    dated = [(lot.expires_at, left) for lot, left in alive if lot.expires_at]
    if not dated:
        return None
    first = min(expires_at for expires_at, _left in dated)
    amount = sum(left for expires_at, left in dated if expires_at == first)
    return Lapse(amount, last_day(first, programme.zone))


def entries(account: Account) -> QuerySet[Entry]:
    """The ledger of ``account``, newest first, without what only counts for the rules."""
    return seen(Entry.objects.filter(account=account)).order_by("-sequence")


def seen(entries: QuerySet[Entry]) -> QuerySet[Entry]:
    return entries.exclude(meter__contains=".").exclude(rule__startswith=COUNTING)


def shown_entries(account: Account) -> QuerySet[Entry]:
    """The same without what only counts for a challenge, a draw or a rule."""
    return entries(account).exclude(meter__contains=".")


def vouchers(account: Account) -> QuerySet[Voucher]:
    """Every voucher of ``account``: usable ones first, soonest to lapse on top."""
    is_open = Q(state__in=[Voucher.State.ISSUED, Voucher.State.RESERVED, Voucher.State.SCHEDULED])
    return (
        Voucher.objects.filter(account=account)
        .annotate(is_open=is_open)
        .order_by("-is_open", F("expires_at").asc(nulls_last=True), "-issued_at", "pk")
    )
