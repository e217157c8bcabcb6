"""The numbers this floor can tell. Pure reads; the console's home composes them."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db.models import Count, Min, Q, QuerySet, Sum
from django.db.models.functions import Coalesce, TruncMonth
from django.utils import timezone

from members.models import Activity, Member, Order, OrderReturn, OrderReturnLine, Subscription

# A worker that is well hands activities out within seconds.
PATIENCE = timedelta(minutes=5)
# Counting further would tell nobody anything new.
COUNTED = 10_000


@dataclass(frozen=True, slots=True)
class Membership:
    members: int
    joined_this_month: int


@dataclass(frozen=True, slots=True)
class Sales:
    orders: int
    paid_ore: int


@dataclass(frozen=True, slots=True)
class Month:
    """``start`` is the first day; orders placed and members who joined in it."""

    start: date
    orders: int
    joined: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many wait, at most ``COUNTED``, and since when the oldest does."""

    count: int
    since: datetime | None


@dataclass(frozen=True, slots=True)
class ClubFigures:
    """The whole club since it began. Cancelled orders are left out, those of guests are not.

    The repeat rate is how many of those who have bought have done so twice or more.
    """

    members: int
    members_with_orders: int
    orders: int
    orders_sum_ore: int
    returns: int
    return_lines: int
    returns_sum_ore: int
    repeat_rate_percent: Decimal


def club_figures() -> ClubFigures:
    orders = Order.objects.counted()
    per_member = orders.filter(member__isnull=False).values("member").annotate(number=Count("pk"))
    buyers = per_member.aggregate(all=Count("member"), again=Count("member", filter=Q(number__gte=2)))
    return ClubFigures(
        members=Member.objects.count(),
        members_with_orders=buyers["all"],
        **orders.aggregate(orders=Count("pk"), orders_sum_ore=Coalesce(Sum("paid_ore"), 0)),
        **OrderReturn.objects.aggregate(returns=Count("pk"), returns_sum_ore=Coalesce(Sum("amount_ore"), 0)),
        return_lines=OrderReturnLine.objects.count(),
        repeat_rate_percent=percent(buyers["again"], buyers["all"]),
    )


def percent(part: int, whole: int) -> Decimal:
    """Exact to four decimals; of nothing it is 0."""
    return (Decimal(100 * part) / (whole or 1)).quantize(Decimal("0.0001"), ROUND_HALF_UP)


def membership(now: datetime) -> Membership:
    return Membership(
        **Member.objects.aggregate(
            members=Count("pk", filter=Q(state=Member.State.ACTIVE)),
            joined_this_month=Count("pk", filter=Q(joined_at__gte=month_start(now))),
        )
    )


def sales_today(now: datetime) -> Sales:
    """Orders placed since midnight in the club's time zone."""
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    placed = Order.objects.counted().filter(placed_at__gte=midnight)
    return Sales(**placed.aggregate(orders=Count("pk"), paid_ore=Coalesce(Sum("paid_ore"), 0)))


def months(now: datetime, first: int, last: int) -> list[Month]:
    """Calendar months counted back from this one, which is 0: ``months(now, 11, 1)`` are the eleven before it.

    Cancelled orders are left out.
    """
    starts = [month_start(now)]
    for _number in range(first):
        starts.append(month_start(starts[-1] - timedelta(days=1)))
    start, end = starts[first], starts[last - 1] if last else None
    orders = _by_month(Order.objects.counted(), "placed_at", start, end)
    joined = _by_month(Member.objects.all(), "joined_at", start, end)
    days = [start.date() for start in reversed(starts[last:])]
    return [Month(day, orders.get(day, 0), joined.get(day, 0)) for day in days]


def undelivered(now: datetime) -> Waiting:
    """Activities that should have been handed out long ago."""
    late = Activity.objects.undelivered().filter(recorded_at__lt=now - PATIENCE)
    count = late.order_by()[:COUNTED].count()
    return Waiting(count, late.aggregate(since=Min("recorded_at"))["since"] if count else None)


def parked_returns() -> int:
    """Returns that wait for an order the club has not heard of."""
    waiting = OrderReturnLine.objects.filter(order_line__isnull=True)
    number: int = waiting.aggregate(number=Count("order_return", distinct=True))["number"]
    return number


def month_start(at: datetime) -> datetime:
    return timezone.localtime(at).replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def _by_month(rows: QuerySet[Any], field: str, start: datetime, end: datetime | None) -> dict[date, int]:
    rows = rows.filter(**{f"{field}__gte": start})
    if end:
        rows = rows.filter(**{f"{field}__lt": end})
    counted = rows.order_by().values_list(TruncMonth(field)).annotate(number=Count("pk"))
    return {timezone.localtime(first).date(): number for first, number in counted}


def webhooks_given_up() -> list[str]:
    """The names of the webhooks that were switched off because nobody answered them."""
    given_up = Subscription.objects.filter(is_given_up=True, disabled_at__isnull=False)
    return list(given_up.order_by("name").values_list("name", flat=True))
