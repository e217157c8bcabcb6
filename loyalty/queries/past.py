"""What of accounts' pasts the rules ask for: one round trip, whatever the rules are."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache, partial
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
from members.models.asked import Asked, asked

# An account, the name of what is remembered, when it counts, how much, and what it came of.
Row = tuple[int, str, datetime, int, str]
Found = QuerySet[Any, Any]
Read = Callable[[list[Any]], Iterator[Row]]
RULE, EVENT, ACCEPTED = "rule.", "event.", "accepted."
EVER = datetime(1900, 1, 1, tzinfo=UTC)
_ENTRY = ("meter", "rule", "counts_at", "amount", "source")
_OF_NONE = Q(order__isnull=True, act__isnull=True)


@dataclass(frozen=True, slots=True)
class Past:
    """What is asked of accounts' pasts: ``starts`` has each name with the first moment that matters."""

    starts: Mapping[str, datetime]
    needs_people: bool = False
    needs_tiers: bool = False

    def covers(self, other: "Past") -> bool:
        """Whether whoever has asked for this need not ask for ``other``."""
        return (
            self.needs_people >= other.needs_people
            and self.needs_tiers >= other.needs_tiers
            and all(name in self.starts and self.starts[name] <= at for name, at in other.starts.items())
        )

    def questions(self, ids: list[int], mixed: Sequence[int] = ()) -> list[Asked]:
        """What to ask about the accounts, some of them ``mixed``; ``fill_past`` takes the answers."""
        whose = ids if self.needs_people else []
        people = [asked(build, whose) for build in (members_of, consents_of, segments_of)]
        tiers = asked(_tier_changes, ids if self.needs_tiers else [])
        tiers_before = asked(_tier_changes_before, list(mixed) if self.needs_tiers else [])
        told = [question for question, _read in _told(self.starts, ids, mixed)]
        return [*people, tiers, tiers_before, *told]


NOTHING = Past({})


def past_of(timetable: Timetable, since: datetime) -> Past:
    """What the rules of any version ask for when something is computed from ``since`` on."""
    asking = _asking(timetable)
    return Past(
        _joined([one.starts(since) for one in asking]),
        any(one.needs_people for one in asking),
        any(one.needs_tiers for one in asking),
    )


def fill_past(
    accounts: Mapping[int, Account], past: Past, rows: Sequence[list[Any]], mixed: Sequence[int] = ()
) -> None:
    """Let ``accounts`` know what the ``rows`` of the questions of ``past`` tell."""
    members, consents, segments, tiers, tiers_before, *found = rows
    for account_id, people in people_of(members, consents, segments).items():
        accounts[account_id].people = people
        accounts[account_id].person = next(iter(people.values()))
    for account_id, at, ladder, tier in sorted([*tiers, *tiers_before], key=lambda one: one[1]):
        accounts[account_id].tier_history.append((at, ladder, tier))
    for (_question, read), told in zip(_told(past.starts, [], mixed), found, strict=True):
        for account_id, name, at, amount, source in read(told):
            accounts[account_id].remember(name, at, amount, source)
    for pk in mixed:
        for happened in accounts[pk].history.values():
            happened.sort(key=lambda one: one.at)


@lru_cache(maxsize=8)
def _asking(timetable: Timetable) -> tuple[Remembered, ...]:
    return tuple(remembered(programme) for _start, _end, programme in timetable.versions)


def _joined(asking: list[dict[str, datetime | None]]) -> dict[str, datetime]:
    """Per name the earliest moment that any version asks for."""
    found: dict[str, datetime] = {}
    for starts in asking:
        for name, start in starts.items():
            found[name] = min(found.get(name, start or EVER), start or EVER)
    return found


def _told(
    starts: Mapping[str, datetime], ids: list[int], mixed: Sequence[int]
) -> Iterator[tuple[Asked, Read]]:
    """The questions about what has happened, and what the answers to each of them tell."""
    events = _named(EVENT, starts)
    rules = _named(RULE, starts)
    meters = sorted(name for name in starts if not name.startswith((EVENT, RULE, ACCEPTED)))
    if meters or rules:
        of_meters = [starts[meter] for meter in meters]
        of_rules = [starts[f"{RULE}{rule}"] for rule in rules]
        own = [pk for pk in ids if pk not in mixed]
        for build, whose in ((_entries, own), *((one, list(mixed)) for one in _OF_MIXED if mixed)):
            question = asked(build, whose, meters, of_meters, rules, of_rules)
            yield question, partial(_of_entries, set(meters), set(rules))
    if rules:
        yield asked(_vouchers, ids, rules), _of_vouchers
    if "purchase" in events:
        yield asked(_purchases, ids), _of_purchases
    if "return" in events:
        yield asked(_returns, ids), _of_returns
    if acts := [event for event in events if event not in ("purchase", "return")]:
        yield asked(_acts, ids, acts), _of_acts
    if offers := _named(ACCEPTED, starts):
        yield asked(_acceptances, ids, offers), _of_acceptances


def _named(prefix: str, names: Mapping[str, Any]) -> list[str]:
    return sorted(name.removeprefix(prefix) for name in names if name.startswith(prefix))


def _earned(
    meters: list[str], of_meters: list[datetime], rules: list[str], of_rules: list[datetime]
) -> QuerySet[Entry]:
    """What was earned of each meter and by each rule from its own moment on.

    It counts where its order or act is: almost always on the account that it was written on.
    """
    wanted = Q()
    for meter, start in zip(meters, of_meters, strict=True):
        wanted |= Q(meter=meter, counts_at__gte=start)
    for rule, start in zip(rules, of_rules, strict=True):
        wanted |= Q(rule=rule, counts_at__gte=start)
    return Entry.objects.filter(wanted, kind__in=["earn", "reverse"]).order_by("account_id", "sequence")


def _entries(ids: list[int], *names: Any) -> Found:
    return _earned(*names).filter(account_id__in=ids).values_list("account_id", *_ENTRY)


def _entries_of_own(mixed: list[int], *names: Any) -> Found:
    of_own = Q(order__account_id=F("account_id")) | Q(act__account_id=F("account_id"))
    return _earned(*names).filter(_OF_NONE | of_own, account_id__in=mixed).values_list("account_id", *_ENTRY)


def _entries_before(mixed: list[int], *names: Any) -> Found:
    before = _earned(*names).filter(_OF_NONE, account__merged_into__in=mixed)
    return before.values_list("account__merged_into_id", *_ENTRY)


def _entries_of_orders_elsewhere(mixed: list[int], *names: Any) -> Found:
    elsewhere = _earned(*names).filter(order__account_id__in=mixed)
    return elsewhere.exclude(account_id=F("order__account_id")).values_list("order__account_id", *_ENTRY)


def _entries_of_acts_elsewhere(mixed: list[int], *names: Any) -> Found:
    elsewhere = _earned(*names).filter(act__account_id__in=mixed)
    return elsewhere.exclude(account_id=F("act__account_id")).values_list("act__account_id", *_ENTRY)


_OF_MIXED = (
    _entries_of_own,
    _entries_before,
    _entries_of_orders_elsewhere,
    _entries_of_acts_elsewhere,
)


def _of_entries(meters: set[str], rules: set[str], rows: list[Any]) -> Iterator[Row]:
    for account_id, meter, rule, at, amount, source in rows:
        if meter in meters:
            yield account_id, meter, at, amount, thing_of(rule) or source
        if rule in rules:
            yield account_id, f"{RULE}{rule}", at, amount, source


def _vouchers(ids: list[int], rules: list[str]) -> Found:
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


def _acts(ids: list[int], kinds: list[str]) -> Found:
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


def _acceptances(ids: list[int], offers: list[str]) -> Found:
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
