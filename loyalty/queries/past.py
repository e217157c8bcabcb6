"""What of accounts' pasts the rules ask for: loaded in one round trip, whatever the rules are."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any

from django.db.models import F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from loyalty.engine.account import Account
from loyalty.engine.expansion import thing_of
from loyalty.engine.programme import Timetable
from loyalty.engine.remembered import Remembered, remembered
from loyalty.engine.transfers import MERGED
from loyalty.models import Acceptance, Act, Entry, TierChange, Voucher
from loyalty.queries.people import consents_of, members_of, people_of, segments_of
from members.models import Order, OrderLine, OrderReturnLine
from members.models.together import fetch_together

Accounts = Mapping[int, Account]
# An account, the name of what is remembered, when it counts, how much, and what it came of.
Row = tuple[int, str, datetime, int, str]
Found = QuerySet[Any, Any]
Read = Callable[[list[Any]], Iterator[Row]]
RULE, EVENT, ACCEPTED = "rule.", "event.", "accepted."


def load_past(
    timetable: Timetable, accounts: Accounts, since: datetime, *along: Found
) -> list[list[tuple[Any, ...]]]:
    """Fill in the history, the people and the tiers that some version's rules ask about, in one round trip.

    Answers the rows of the queries that came ``along``.
    """
    mixed = [pk for pk, account in accounts.items() if account.is_mixed]
    earliest = min((account.computed_to for account in accounts.values()), default=since)
    asked = [remembered(programme, min(earliest, since)) for _start, _end, programme in timetable.versions]
    ids = sorted(accounts)
    whose = ids if any(one.needs_people for one in asked) else []
    tiered = ids if any(one.needs_tiers for one in asked) else []
    told = list(_told(_joined(asked), ids, mixed))
    if not (whose or tiered or told or along):
        return []
    members, consents, segments, tiers, tiers_before, *found = fetch_together(
        members_of(whose),
        consents_of(whose),
        segments_of(whose),
        _tier_changes(tiered),
        _tier_changes_before(mixed if tiered else []),
        *(rows for rows, _read in told),
        *along,
    )
    for account_id, people in people_of(members, consents, segments).items():
        accounts[account_id].people = people
        accounts[account_id].person = next(iter(people.values()))
    for account_id, at, ladder, tier in sorted([*tiers, *tiers_before], key=lambda one: one[1]):
        accounts[account_id].tier_history.append((at, ladder, tier))
    for (_rows, read), rows in zip(told, found, strict=False):
        for account_id, name, at, amount, source in read(rows):
            accounts[account_id].remember(name, at, amount, source)
    for pk in mixed:
        for past in accounts[pk].history.values():
            past.sort(key=lambda one: one.at)
    return found[len(told) :]


def _joined(asked: list[Remembered]) -> dict[str, datetime | None]:
    """Per name the earliest moment that any version asks for; ``None`` is from the start."""
    found: dict[str, datetime | None] = {}
    for one in asked:
        for name, start in one.names.items():
            known = found.get(name, start)
            found[name] = None if start is None or known is None else min(start, known)
    return found


def _told(
    names: Mapping[str, datetime | None], ids: list[int], mixed: list[int]
) -> Iterator[tuple[Found, Read]]:
    """The rows to ask for, and what each of them tells."""
    events = {name.removeprefix(EVENT) for name in names if name.startswith(EVENT)}
    rules = {name.removeprefix(RULE) for name in names if name.startswith(RULE)}
    meters = {name for name in names if not name.startswith((EVENT, RULE, ACCEPTED))}
    if meters or rules:
        for entries in _entries(names, meters, rules, ids, mixed):
            yield entries, partial(_of_entries, meters, rules)
    if rules:
        yield _vouchers(rules, ids), _of_vouchers
    if "purchase" in events:
        yield _purchases(ids), _of_purchases
    if "return" in events:
        yield _returns(ids), _of_returns
    if acts := events - {"purchase", "return"}:
        yield _acts(acts, ids), _of_acts
    if offers := {name.removeprefix(ACCEPTED) for name in names if name.startswith(ACCEPTED)}:
        yield _acceptances(offers, ids), _of_acceptances


def _entries(
    names: Mapping[str, datetime | None], meters: set[str], rules: set[str], ids: list[int], mixed: list[int]
) -> Iterator[Found]:
    """What was earned counts where its order or act is: almost always on the account that it was written on."""
    wanted = Q()
    for name, start in names.items():
        if name in meters or name.removeprefix(RULE) in rules:
            of_name = Q(meter=name) if name in meters else Q(rule=name.removeprefix(RULE))
            wanted |= of_name & Q(counts_at__gte=start) if start else of_name
    earned = Entry.objects.filter(wanted, kind__in=["earn", "reverse"]).order_by("account_id", "sequence")
    facts = ("meter", "rule", "counts_at", "amount", "source")
    own = earned.filter(account_id__in=[pk for pk in ids if pk not in mixed])
    yield own.values_list("account_id", *facts)
    if mixed:
        of_none, here = Q(order__isnull=True, act__isnull=True), Q(account_id__in=mixed)
        of_own = Q(order__account_id=F("account_id")) | Q(act__account_id=F("account_id"))
        yield earned.filter(here, of_none | of_own).values_list("account_id", *facts)
        yield (
            earned.filter(of_none, account__merged_into__in=mixed).values_list(
                "account__merged_into_id", *facts
            )
        )
        for thing in ("order", "act"):
            elsewhere = earned.filter(**{f"{thing}__account_id__in": mixed})
            moved = elsewhere.exclude(account_id=F(f"{thing}__account_id"))
            yield moved.values_list(f"{thing}__account_id", *facts)


def _of_entries(meters: set[str], rules: set[str], rows: list[Any]) -> Iterator[Row]:
    for account_id, meter, rule, at, amount, source in rows:
        if meter in meters:
            yield account_id, meter, at, amount, thing_of(rule) or source
        if rule in rules:
            yield account_id, f"{RULE}{rule}", at, amount, source


def _vouchers(rules: set[str], ids: list[int]) -> Found:
    rows = Voucher.objects.filter(account_id__in=ids, rule__in=rules).order_by("issued_at", "pk")
    return rows.values_list("account_id", "rule", "issued_at", "value_ore", "order_key", "pk", "state")


def _of_vouchers(rows: list[Any]) -> Iterator[Row]:
    for account_id, rule, at, value, order, pk, state in rows:
        name, amount, source = f"{RULE}{rule}", max(value, 1), order or str(pk)
        yield account_id, name, at, amount, source
        if state == Voucher.State.CANCELLED:
            yield account_id, name, at, -amount, source


def _purchases(ids: list[int]) -> Found:
    """Each order, and what of its price no longer stands."""
    return (
        Order.objects.filter(account_id__in=ids)
        .annotate(back=Coalesce(Sum("lines__return_lines__amount_ore"), 0), left=F("paid_ore") - F("back"))
        .order_by("placed_at", "pk")
        .values_list("pk", "account_id", "placed_at", "paid_ore", "left", "state", "source", "number")
    )


def _of_purchases(rows: list[Any]) -> Iterator[Row]:
    empty = _empty([row[0] for row in rows if row[4] <= 0])
    for pk, account_id, at, paid, left, state, source, number in rows:
        key, was = f"{source}:{number}", max(paid, 1)
        stands = 0 if state == Order.State.CANCELLED or pk in empty else max(left, 1)
        yield account_id, f"{EVENT}purchase", at, was, key
        if stands != was:
            yield account_id, f"{EVENT}purchase", at, stands - was, key


def _empty(order_ids: list[Any]) -> set[Any]:
    """Which of these orders, with nothing left of their price, have no goods left either."""
    if not order_ids:
        return set()
    lines = OrderLine.objects.filter(order_id__in=order_ids, revision=F("order__revision"))
    kept = lines.annotate(back=Coalesce(Sum("return_lines__quantity"), Decimal(0))).filter(
        quantity__gt=F("back")
    )
    return set(order_ids) - set(kept.values_list("order_id", flat=True))


def _returns(ids: list[int]) -> Found:
    """What came back of each order at each time."""
    return (
        OrderReturnLine.objects.filter(order_line__order__account_id__in=ids)
        .values("order_return_id", "order_line__order_id")
        .annotate(amount=Sum("amount_ore"))
        .order_by("order_return__returned_at", "order_return_id")
        .values_list(
            "order_line__order__account_id",
            "order_return__returned_at",
            "order_line__order__placed_at",
            "amount",
            "order_line__order__source",
            "order_line__order__number",
        )
    )


def _of_returns(rows: list[Any]) -> Iterator[Row]:
    for account_id, at, placed_at, amount, source, number in rows:
        yield account_id, f"{EVENT}return", max(at, placed_at), max(amount, 1), f"{source}:{number}"


def _acts(kinds: set[str], ids: list[int]) -> Found:
    rows = Act.objects.filter(account_id__in=ids, kind__in=kinds).order_by("occurred_at", "pk")
    return rows.values_list(
        "account_id", "kind", "occurred_at", "amount_ore", "source", "number", "undone_at"
    )


def _of_acts(rows: list[Any]) -> Iterator[Row]:
    for account_id, kind, at, amount, source, number, undone_at in rows:
        name, key = f"{EVENT}{kind}", f"{source}:{number}"
        yield account_id, name, at, max(amount, 1), key
        if undone_at is not None:
            yield account_id, name, at, -max(amount, 1), key


def _acceptances(offers: set[str], ids: list[int]) -> Found:
    rows = Acceptance.objects.filter(account_id__in=ids, offer__in=offers).order_by("accepted_at")
    return rows.values_list("account_id", "offer", "accepted_at")


def _of_acceptances(rows: list[Any]) -> Iterator[Row]:
    for account_id, offer, at in rows:
        yield account_id, f"{ACCEPTED}{offer}", at, 1, ""


def _tier_changes(ids: list[int]) -> Found:
    rows = TierChange.objects.filter(account_id__in=ids).order_by("effective_at", "id")
    return rows.values_list("account_id", "effective_at", "ladder", "tier")


def _tier_changes_before(ids: list[int]) -> Found:
    """Those of accounts that have become part of these, but not that they ended with that."""
    rows = TierChange.objects.filter(account__merged_into__in=ids).exclude(because__key=MERGED)
    rows = rows.order_by("effective_at", "id")
    return rows.values_list("account__merged_into_id", "effective_at", "ladder", "tier")
