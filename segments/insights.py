"""The numbers this floor can tell: sizes over time, what segments share, and who buys how lately and how often."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import combinations
from typing import Any

from django.conf import settings
from django.db.models import Count, Max, Q, Sum
from django.db.models.functions import TruncMonth
from django.utils import timezone

from members.models import Member
from segments.engine.tree import Facts
from segments.engine.window import Window
from segments.filters import Moment
from segments.models import FullRun, Membership, Segment, Snapshot
from segments.queries import club_zone
from segments.queries.facts import OWNER, rows_of

KEPT_DAYS = 365
FULL_RUNS = 10
# No task runs longer than this, so a run without an end has lost its worker.
LONGEST_RUN = timedelta(seconds=settings.CELERY_TASK_TIME_LIMIT)
# Days since the last order, and orders: the first and the last of each class, both included.
RECENCY = ((0, 30), (31, 90), (91, 180), (181, 365), (366, None))
FREQUENCY = ((1, 1), (2, 2), (3, 4), (5, 9), (10, None))
MOST_COMPARED = 4
COHORTS = 12


def runs_of(segment_ids: Collection[int], *, now: datetime) -> Mapping[int, Sequence[Snapshot]]:
    """The runs of the last year of each segment, oldest first, without their definitions; in one query."""
    found: dict[int, list[Snapshot]] = {}
    since = now - timedelta(days=KEPT_DAYS)
    rows = Snapshot.objects.filter(segment_id__in=list(segment_ids), now__gte=since).defer("definition")
    for run in rows.order_by("segment_id", "now", "pk"):
        found.setdefault(run.segment_id, []).append(run)
    return found


def full_runs() -> Sequence[FullRun]:
    """The last times that all segments were run, the newest first."""
    return list(FullRun.objects.order_by("-started_at", "-pk")[:FULL_RUNS])


def is_going(run: FullRun, *, now: datetime) -> bool:
    """Whether a run has not ended, nor lost its worker."""
    return run.finished_at is None and now - run.started_at < LONGEST_RUN


def held() -> Sequence[Segment]:
    """The segments of which a large change waits for a person, the longest waiting first."""
    return list(Segment.objects.filter(held_at__isnull=False).order_by("held_at", "pk"))


@dataclass(frozen=True, slots=True)
class Shared:
    """How many are in all of ``segments`` and in none of the others compared."""

    segments: frozenset[int]
    members: int


def overlap(segments: Sequence[Segment]) -> list[Shared]:
    """Every part of the picture of up to four segments as of their last runs; one query for each part of two or more."""
    ids = [one.pk for one in segments]
    within = {part: _in_all(part) for size in range(1, len(ids) + 1) for part in combinations(ids, size)}
    return [Shared(frozenset(part), _only(frozenset(part), within)) for part in within]


def _in_all(ids: tuple[int, ...]) -> int:
    members = Member.objects.active().filter(segment_memberships__segment=ids[0])
    for one in ids[1:]:
        members = members.filter(pk__in=Membership.objects.filter(segment=one).values("member_id"))
    return members.count()


def _only(part: frozenset[int], within: Mapping[tuple[int, ...], int]) -> int:
    """By inclusion and exclusion over what contains the part."""
    around = ((frozenset(other), count) for other, count in within.items())
    return sum(count * (-1) ** len(other - part) for other, count in around if other >= part)


@dataclass(frozen=True, slots=True)
class Cell:
    """Members whose last order and number of orders fall into a class, what they have paid, and who they are."""

    recency: int
    frequency: int
    members: int
    paid_ore: int
    definition: Any


def rfm(*, now: datetime) -> list[Cell]:
    """Every class of how lately and how often, the latest and rarest first; one query.

    Each tells its definition, which means the very members that are counted.
    """
    moment = Moment(now.astimezone(UTC), club_zone())
    buyers = rows_of(Facts("order"), moment).filter(member__state=Member.State.ACTIVE).values(OWNER)
    buyers = buyers.annotate(last=Max("placed_at"), orders=Count("pk"), paid=Sum("paid_ore"))
    classes = [(recency, frequency) for recency in range(len(RECENCY)) for frequency in range(len(FREQUENCY))]
    wanted: dict[str, Any] = {}
    for recency, frequency in classes:
        among = _lately(recency, moment) & _often(frequency)
        wanted[f"members_{recency}_{frequency}"] = Count(OWNER, filter=among)
        wanted[f"paid_{recency}_{frequency}"] = Sum("paid", filter=among)
    found = buyers.aggregate(**wanted)
    return [
        Cell(
            recency,
            frequency,
            found[f"members_{recency}_{frequency}"],
            found[f"paid_{recency}_{frequency}"] or 0,
            definition_of(recency, frequency),
        )
        for recency, frequency in classes
    ]


def _lately(recency: int, moment: Moment) -> Q:
    first, last = RECENCY[recency]
    found = Q(last__gte=_days_ago(last, moment)) if last else Q()
    return found & Q(last__lt=_days_ago(first - 1, moment)) if first else found


def _days_ago(days: int, moment: Moment) -> datetime | None:
    return Window("last", days, "day").span(moment.now, moment.zone).start


def _often(frequency: int) -> Q:
    least, most = FREQUENCY[frequency]
    return Q(orders__gte=least) & (Q(orders__lte=most) if most else Q())


def definition_of(recency: int, frequency: int) -> Any:
    """What the builder writes for a class."""
    first, last = RECENCY[recency]
    least, most = FREQUENCY[frequency]
    number = {"op": "between", "value": [least, most]} if most else {"op": "gte", "value": least}
    parts: list[Any] = [{"agg": "count", "of": "order", **number}]
    if last:
        parts.append({"last": "order", "op": "within", "value": [last, "day"]})
    if first:
        parts.append({"not": {"last": "order", "op": "within", "value": [first - 1, "day"]}})
    return {"all": parts}


@dataclass(frozen=True, slots=True)
class Cohort:
    """Who joined in a month: how many, and how many of them bought in that month and in each that followed."""

    month: date
    members: int
    buyers: Sequence[int]


def cohorts(*, now: datetime) -> list[Cohort]:
    """The last twelve months of joining, the oldest first; two queries."""
    months = _months(now)
    joined = Member.objects.active().filter(joined_at__gte=months[0])
    sizes = dict(joined.order_by().values_list(TruncMonth("joined_at")).annotate(members=Count("pk")))
    moment = Moment(now.astimezone(UTC), club_zone())
    orders = rows_of(Facts("order"), moment).filter(
        member__state=Member.State.ACTIVE, member__joined_at__gte=months[0]
    )
    counted = orders.values_list(TruncMonth("member__joined_at"), TruncMonth("placed_at"))
    bought = {
        (since, at): number for since, at, number in counted.annotate(number=Count(OWNER, distinct=True))
    }
    return [
        Cohort(
            start.date(),
            sizes.get(start, 0),
            [bought.get((start, month), 0) for month in months if month >= start],
        )
        for start in months
    ]


def _months(now: datetime) -> list[datetime]:
    """The first moments of the last twelve months, this one last, by the club's clock."""
    first = timezone.localtime(now, club_zone()).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    found = [first]
    while len(found) < COHORTS:
        before = found[0] - timedelta(days=1)
        found.insert(0, before.replace(day=1))
    return found
