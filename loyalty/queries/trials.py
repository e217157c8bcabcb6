"""What a trial run reads: what members of the shop really did, a chunk of accounts at a time."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import chain
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, F, Q, QuerySet

from loyalty.engine.calendar import add_months, day_start, local_day
from loyalty.engine.happening import Line, act
from loyalty.engine.happening import Order as OrderFacts
from loyalty.engine.parsing import Document, parse
from loyalty.engine.trial import Back, Bought, Figures, History, Rules, Terms, compare, replay, taken_of
from loyalty.models import ProgrammeVersion, TrialPart, TrialRun, Voucher
from loyalty.queries.facts import line_facts
from loyalty.queries.people import consents_of, members_of, people_of, segments_of
from loyalty.queries.programmes import point_value
from loyalty.queries.trial_acts import JOIN, People, acts_done, offers_accepted, points_used
from members.models import Account, Order, OrderLine, OrderReturnLine

THOUSAND = 1000
SIDES = ("draft", "today", "change")
_ORDER = (
    "pk", "account_id", "member_id", "source", "number", "placed_at", "channel", "cancelled_at", "facts",
    "store__code", "store__chain", "store__region", "store__country",
)  # fmt: skip
_LINE = (
    "order_id", "ref", "quantity", "gross_ore", "discount_ore", "vat_rate", "sku", "brand", "category_path",
    "flags", "attributes",
)  # fmt: skip
_BACK = (
    "order_line__order_id", "order_line__ref", "order_line__quantity", "order_line__paid_ore",
    "order_line__gross_ore", "order_line__discount_ore", "order_return__returned_at", "quantity", "amount_ore",
)  # fmt: skip
Trial = dict[str, Figures]


@dataclass(frozen=True, slots=True)
class Chunk:
    """``accounts`` accounts up to and with ``last``, and what those of them did that did anything."""

    last: int
    accounts: int
    histories: list[History]


def first_moment(months: int, now: datetime, zone: ZoneInfo) -> datetime:
    """When a trial of ``months`` begins: the month of ``now`` is the last of them."""
    this_month = local_day(now, zone).replace(day=1)
    return day_start(add_months(this_month, 1 - months), zone)


def terms_of(run: TrialRun) -> Terms:
    return Terms(run.since, run.asked_at, run.used_percent)


def rules_of(document: Document) -> Rules:
    """The programme of a document in which nothing is wrong, and what its points are worth."""
    programme = parse(document, key="trial")
    worth = {meter: point_value(programme, meter) for meter in programme.meters}
    return Rules(programme, {meter: value for meter, value in worth.items() if value is not None})


def version_in_force(now: datetime) -> ProgrammeVersion | None:
    """The published version that counts today's orders."""
    in_force = ProgrammeVersion.objects.published().filter(valid_from__lte=now)
    return in_force.exclude(valid_to__lte=now).order_by("-valid_from").first()


def has_orders(since: datetime, until: datetime) -> bool:
    """Whether members bought anything that a trial could count."""
    return _counted(since, until).exists()


def usual_used_percent() -> int:
    """Of every hundred checks that were used or lapsed, how many were used; all until the first is used."""
    ended = Voucher.objects.aggregate(
        used=Count("pk", filter=Q(state=Voucher.State.REDEEMED)),
        lapsed=Count("pk", filter=Q(state=Voucher.State.EXPIRED)),
    )
    used, lapsed = ended["used"], ended["lapsed"]
    return round(100 * used / (used + lapsed)) if used else 100


def next_chunk(terms: Terms, part: TrialPart, size: int) -> Chunk | None:
    """The next ``size`` accounts of ``part``, in a constant number of queries."""
    wanted = Account.objects.filter(pk__gt=part.reached, pk__lte=part.last_account)
    rows = wanted.filter(opened_at__lt=terms.until).order_by("pk")
    joined = dict(rows.values_list("pk", "opened_at")[:size])
    if not joined:
        return None
    last = max(joined)
    found = _histories(terms, joined)
    active = [one for one in found if one.orders or one.used or one.accepted]
    return Chunk(last, len(joined), active)


def _histories(terms: Terms, joined: Mapping[int, datetime]) -> list[History]:
    """What each of the accounts did, by when it was opened."""
    span, ids = (min(joined), max(joined) + 1), list(joined)
    people = people_of(list(members_of(ids)), list(consents_of(ids)), list(segments_of(ids)))
    found = {pk: History(pk, at, [], people=people.get(pk, {})) for pk, at in joined.items()}
    orders = _counted(terms.since, terms.until).filter(account_id__gte=span[0], account_id__lt=span[1])
    for account_id, bought in chain(
        _bought(terms, orders, people), acts_done(terms, span, people), _joined(terms, people)
    ):
        found[account_id].orders.append(bought)
    for account_id, used in points_used(terms, span):
        found[account_id].used.append(used)
    for account_id, at, offer in offers_accepted(terms, span):
        found[account_id].accepted.append((at, offer))
    return list(found.values())


def trial_of(
    terms: Terms, draft: Rules, today: Rules | None, histories: Iterable[History], before: Trial
) -> Trial:
    """What all of them together would have got under the draft, under today's programme, and the change.

    ``before`` is what those that were tried before them came to: of rewards with a stock they have what is left."""
    trial: Trial = {side: Figures() for side in SIDES}
    taken = {side: taken_of(figures) for side, figures in before.items()}
    for history in histories:
        new = replay(draft, terms, history, taken["draft"])
        taken["draft"].update(taken_of(new.figures))
        trial["draft"].update(new.figures)
        if today is not None:
            old = replay(today, terms, history, taken["today"])
            taken["today"].update(taken_of(old.figures))
            trial["today"].update(old.figures)
            trial["change"].update(compare(new, old))
    return trial


def has_stock(document: Document) -> bool:
    """Whether there are only so many of any reward."""
    return any("stock" in row for row in document.get("rewards", ()))


def merged(trials: Iterable[Trial]) -> Trial:
    """What several trials come to together."""
    total: Trial = {side: Figures() for side in SIDES}
    for trial in trials:
        for side, figures in total.items():
            figures.update(trial[side])
    return total


def to_json(trial: Trial) -> dict[str, list[list[Any]]]:
    """In the order of the keys: the same figures are the same bytes."""
    return {side: [[*key, figures[key]] for key in sorted(figures)] for side, figures in trial.items()}


def from_json(stored: dict[str, list[list[Any]]]) -> Trial:
    return {side: Figures({tuple(row[:-1]): row[-1] for row in stored.get(side, ())}) for side in SIDES}


def _joined(terms: Terms, people: People) -> Iterator[tuple[int, Bought]]:
    """Who joined in the time tried: told by the members themselves, whatever was counted for it then."""
    for account_id, members in people.items():
        for person in members.values():
            if person.joined_at and terms.since <= person.joined_at < terms.until:
                joining = act(JOIN, f"{JOIN}:{person.ref}", person.joined_at)
                yield account_id, Bought(replace(joining, person=person))


def _counted(since: datetime, until: datetime) -> QuerySet[Order]:
    return Order.objects.filter(account__isnull=False, placed_at__gte=since, placed_at__lt=until)


def _bought(terms: Terms, orders: QuerySet[Order], people: People) -> Iterable[tuple[int, Bought]]:
    lines, backs = _lines(orders), _backs(terms, orders)
    row: Any
    for row in orders.order_by("placed_at", "pk").values_list(*_ORDER, named=True):
        told = row.facts
        facts = OrderFacts(
            f"{row.source}:{row.number}",
            row.placed_at,
            lines[row.pk],
            row.store__code or "",
            row.channel,
            person=people.get(row.account_id, {}).get(str(row.member_id)),
            chain=row.store__chain or "",
            region=row.store__region or "",
            country=row.store__country or "",
            payments=told.get("payments", {}),
            dates={name: date.fromisoformat(day) for name, day in told.get("dates", {}).items()},
            claimed_at=datetime.fromisoformat(told["claimed_at"]) if told.get("claimed_at") else None,
        )
        came_back = backs[row.pk]
        if row.cancelled_at and row.cancelled_at < terms.until:
            came_back.append(Back(row.cancelled_at, is_cancelled=True))
        yield row.account_id, Bought(facts, came_back)


def _lines(orders: QuerySet[Order]) -> dict[Any, list[Line]]:
    """The lines of each order as it was last revised."""
    found: dict[Any, list[Line]] = defaultdict(list)
    rows = OrderLine.objects.filter(order__in=orders.order_by().values("pk"), revision=F("order__revision"))
    row: Any
    for row in rows.order_by("position").values_list(*_LINE, named=True):
        found[row.order_id].append(line_facts(row))
    return found


def _backs(terms: Terms, orders: QuerySet[Order]) -> dict[Any, list[Back]]:
    """What came back of each order, each time with what had come back before, at the price before checks."""
    found: dict[Any, list[Back]] = defaultdict(list)
    gone: dict[Any, dict[str, tuple[int, int]]] = defaultdict(dict)
    refunded: dict[tuple[Any, str], int] = defaultdict(int)
    rows = OrderReturnLine.objects.filter(
        order_line__order__in=orders.order_by().values("pk"), order_return__returned_at__lt=terms.until
    )
    in_time = rows.order_by("order_return__returned_at", "pk").values_list(*_BACK)
    for order, ref, bought, paid, gross, discount, at, quantity, amount in in_time:
        refunded[order, ref] += amount
        came_back = gone[order].get(ref, (0, 0))[0] + int(quantity * THOUSAND)
        price = gross - discount
        worth = price * refunded[order, ref] // paid if paid else price * came_back // int(bought * THOUSAND)
        gone[order][ref] = (came_back, worth)
        found[order].append(Back(at, dict(gone[order])))
    return found
