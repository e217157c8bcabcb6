"""What must be known besides what is open, where orders are corrected or a run is settled again."""

from bisect import insort
from collections.abc import Collection
from operator import attrgetter

from django.db.models import F

from loyalty.engine.programme import Timetable
from loyalty.models import Allocation, Entry, Lot, Voucher
from loyalty.queries.stored import LOT_FACTS, VOUCHER, Opened, lot_from, voucher_from


def load_corrected(timetable: Timetable, accounts: Opened, *, order_keys: Collection[str], rule: str) -> None:
    """What the orders with these keys gave, and the points behind vouchers: theirs, or those that ``rule`` issued."""
    if order_keys:
        _load_settled(timetable, accounts)
    if order_keys or rule:
        _load_backing(accounts)
    if order_keys:
        _load_lots_left_behind(accounts, order_keys)
        _load_lapsed(accounts, order_keys)


def _load_settled(timetable: Timetable, accounts: Opened) -> None:
    """What runs have given and is used, where a return may settle them again: it must not be paid twice."""
    versions = [programme for _start, _end, programme in timetable.versions]
    runs = {run.key for programme in versions if programme.returns.reopens_runs for run in programme.runs}
    if not runs:
        return
    known = {voucher.ref for account in accounts.values() for voucher in account.vouchers}
    rows = Voucher.objects.filter(rule__in=runs, account_id__in=accounts).exclude(pk__in=known)
    for account_id, *voucher in rows.order_by("issued_at", "pk").values_list(*VOUCHER):
        accounts[account_id].hold(voucher_from(*voucher))


def _load_backing(accounts: Opened) -> None:
    """Which lots the points behind each voucher came from."""
    debits = {
        voucher.debit: account
        for account in accounts.values()
        for voucher in account.vouchers
        if voucher.debit
    }
    if not debits:
        return
    known = {lot.ref: lot for account in accounts.values() for lot in account.lots}
    rows = Allocation.objects.filter(debit_id__in=debits)
    for debit, taken, *facts in rows.values_list(
        "debit_id", "amount", *(f"lot__{column}" for column in LOT_FACTS.values())
    ):
        lot = lot_from(facts)
        debits[debit].backing.setdefault(debit, []).append((known.get(lot.ref, lot), taken))
    came_back = Entry.objects.filter(reverses_id__in=debits, kind=Entry.Kind.RESTORE)
    for debit, source, amount in came_back.values_list("reverses_id", "source", "amount"):
        given_back = debits[debit].given_back
        given_back[debit, source] = given_back.get((debit, source), 0) + amount


def _load_lots_left_behind(accounts: Opened, order_keys: Collection[str]) -> None:
    """Lots that the orders of a mixed account opened on another: what of them lapsed was no gain."""
    mixed = [pk for pk, account in accounts.items() if account.is_mixed]
    for thing in ("order", "act") if mixed else ():
        home = f"entry__{thing}__account_id"
        rows = Lot.objects.filter(**{f"{home}__in": mixed}, source__in=list(order_keys))
        for account_id, *facts in rows.exclude(account_id=F(home)).values_list(home, *LOT_FACTS.values()):
            lot = lot_from(facts)
            insort(accounts[account_id].lots, lot, key=attrgetter("earned_at"))


def _load_lapsed(accounts: Opened, order_keys: Collection[str]) -> None:
    """How much of each order's own lots lapsed and has not been undone by a return since."""
    named = set(order_keys)
    own = (lot for account in accounts.values() for lot in account.lots if lot.order in named)
    lots = {lot.ref: lot for lot in own if lot.remaining < lot.amount}
    if not lots:
        return
    lapsed = Allocation.objects.filter(lot_id__in=lots, debit__kind=Entry.Kind.EXPIRE)
    for lot_id, amount in lapsed.values_list("lot_id", "amount"):
        lots[lot_id].lapsed += amount
    undone = Entry.objects.filter(kind=Entry.Kind.RESTORE).exclude(source="").exclude(rule="")
    mixed = [pk for pk, account in accounts.items() if account.is_mixed]
    elsewhere = undone.filter(order__account_id__in=mixed).exclude(account_id__in=accounts)
    facts = ("source", "meter", "amount")
    for source, meter, amount in (
        *undone.filter(account_id__in=accounts).values_list(*facts),
        *(elsewhere.values_list(*facts) if mixed else ()),
    ):
        for lot in lots.values():
            if lot.order == source and lot.meter == meter:
                taken = min(lot.lapsed, amount)
                lot.lapsed -= taken
                amount -= taken
