"""What members did besides buying, as a trial run lets it happen again."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from loyalty.engine.happening import Line, Order, Person
from loyalty.engine.trial import Back, Bought, Terms, Used
from loyalty.models import Acceptance, Act, Entry
from loyalty.queries.facts import THOUSAND

JOIN = "join"
People = Mapping[int, Mapping[str, Person]]
Span = tuple[int, int]
_ACT = (
    "account_id", "member_id", "source", "number", "kind", "quantity", "amount_ore", "facts", "occurred_at",
    "undone_at", "store__code", "store__chain", "store__region", "store__country",
)  # fmt: skip


def acts_done(terms: Terms, span: Span, people: People) -> Iterator[tuple[int, Bought]]:
    """What was recorded of the accounts in ``span``; joining is told by the members themselves."""
    acts = Act.objects.filter(account_id__gte=span[0], account_id__lt=span[1]).exclude(kind=JOIN)
    in_time = acts.filter(occurred_at__gte=terms.since, occurred_at__lt=terms.until)
    row: Any
    for row in in_time.order_by("occurred_at", "pk").values_list(*_ACT, named=True):
        is_undone = row.undone_at is not None and row.undone_at < terms.until
        backs = [Back(row.undone_at, is_cancelled=True)] if is_undone else []
        yield row.account_id, Bought(_act(row, people.get(row.account_id, {})), backs)


def _act(row: Any, people: Mapping[str, Person]) -> Order:
    told = row.facts
    line = Line(
        "1",
        int(row.quantity * THOUSAND),
        row.amount_ore,
        categories=tuple(told["category_path"].split("/")) if "category_path" in told else (),
        flags=frozenset(told.get("flags", ())),
        attributes=told.get("attributes", {}),
    )
    return Order(
        f"{row.source}:{row.number}",
        row.occurred_at,
        [line],
        row.store__code or "",
        told.get("channel", "shop"),
        event=row.kind,
        person=people.get(str(row.member_id)),
        chain=row.store__chain or "",
        region=row.store__region or "",
        country=row.store__country or "",
    )


def points_used(terms: Terms, span: Span) -> Iterator[tuple[int, Used]]:
    """What members took of redemption menus, in points."""
    entries = Entry.objects.filter(account_id__gte=span[0], account_id__lt=span[1], kind=Entry.Kind.REDEEM)
    used = entries.filter(
        because__key="points_used", effective_at__gte=terms.since, effective_at__lt=terms.until
    )
    for account_id, at, menu, amount, source in used.order_by("effective_at", "sequence").values_list(
        "account_id", "effective_at", "rule", "amount", "source"
    ):
        yield account_id, Used(at, menu, -amount, source)


def offers_accepted(terms: Terms, span: Span) -> Iterator[tuple[int, datetime, str]]:
    rows = Acceptance.objects.filter(account_id__gte=span[0], account_id__lt=span[1])
    in_time = rows.filter(accepted_at__gte=terms.since, accepted_at__lt=terms.until).order_by("pk")
    yield from in_time.values_list("account_id", "accepted_at", "offer")
