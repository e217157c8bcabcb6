"""A small club and definitions whose members were found by hand; each also by the oracle, and its opposite too."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from members.models import Member, Order, OrderReturn, OrderReturnLine
from segments import queries
from tests.make import make_line_row, make_member, make_store
from tests.segments.oracle import Club

pytestmark = pytest.mark.django_db

ZONE = ZoneInfo("Europe/Stockholm")
# Noon on the day after the clocks went forward: 30 days before it is noon by the wall, and 31 × 24 − 1 hours.
NOW = datetime(2026, 3, 30, 12, tzinfo=ZONE)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def buy(member: Member, when: str, *lines: tuple[int, str], **facts: Any) -> Order:
    paid = sum(amount for amount, _path in lines)
    order = Order.objects.create(
        source="web", number=f"{Order.objects.count()}", member=member, account=member.account, gross_ore=paid,
        paid_ore=paid, placed_at=at(when), recorded_at=at(when), **facts,
    )  # fmt: skip
    for ref, (amount, path) in enumerate(lines):
        make_line_row(
            order, paid_ore=amount, ref=str(ref), category_path=path, sku=path or "none", quantity=2
        )
    return order


def give_back(order: Order, when: str, quantity: int, amount: int) -> None:
    line = order.lines.order_by("ref")[0]
    back = OrderReturn.objects.create(
        source="web", number=order.number, member=order.member, amount_ore=amount, returned_at=at(when),
        recorded_at=at(when),
    )  # fmt: skip
    OrderReturnLine.objects.create(
        order_return=back, order_line=line, ref="1", sku=line.sku, quantity=quantity, amount_ore=amount
    )


@pytest.fixture(autouse=True)
def _club() -> None:
    """Anna buys often, Bo bought once and dear, Cia gives back more than she bought, Dan never bought, Eva has left."""
    joined: Any = {"joined_at": at("2024-02-29T08:00")}
    anna = make_member("Anna", birth_date=date(1992, 2, 29), last_name="Öst", **joined)
    bo = make_member(
        "Bo", birth_date=date(1990, 3, 30), language="en", referrer=anna, joined_at=at("2025-03-30T23:30")
    )
    cia = make_member("Cia", birth_date=date(1990, 12, 31), referrer=anna, joined_at=at("2026-03-30T09:00"))
    make_member("Dan", email="", joined_at=at("2023-01-01T00:00"))
    eva = make_member("Eva", state="closed", closed_at=NOW, **joined)
    shop = make_store("gbg")
    buy(anna, "2025-12-31T23:59:59", (10_000, "home/lamps"), (5_000, "fashion"), store=shop)
    buy(anna, "2026-02-28T12:00", (20_000, "home"))
    buy(anna, "2026-02-28T11:59:59", (10_001, "home/lamps/table"))
    buy(anna, "2026-03-29T00:00", (0, ""))
    buy(bo, "2026-01-01T00:00", (80_001, "fashion/shoes"), channel="web")
    buy(bo, "2026-03-01T00:00", (100, "home"), state="cancelled")
    give_back(buy(cia, "2026-03-30T12:00", (8_000, "home/lamps")), "2026-03-30T12:00", 3, 9_000)
    buy(eva, "2026-03-01T12:00", (90_000, "home"))


ORDERS: dict[str, Any] = {"agg": "count", "of": "order"}
LINES: dict[str, Any] = {"agg": "count", "of": "order_line"}
TOTAL: dict[str, Any] = {"of": "order", "field": "total"}
BACK: dict[str, Any] = {"agg": "sum", "of": "return_line", "field": "qty"}
RATE = [BACK, {"agg": "sum", "of": "order_line", "field": "qty"}]
ANY: dict[str, Any] = {**ORDERS, "op": "gte", "value": 1}

CASES: list[tuple[Any, str]] = [
    # Counts, also of nothing.
    (ANY, "Anna Bo Cia"),
    ({**ORDERS, "op": "eq", "value": 0}, "Dan"),
    ({**ORDERS, "op": "lt", "value": 1}, "Dan"),
    ({**ORDERS, "op": "lte", "value": 1}, "Bo Cia Dan"),
    ({**ORDERS, "op": "ne", "value": 1}, "Anna Dan"),
    ({**ORDERS, "op": "between", "value": [0, 1]}, "Bo Cia Dan"),
    ({**ORDERS, "op": "not_between", "value": [1, 3]}, "Anna Dan"),
    ({"not": ANY}, "Dan"),
    ({"not": {"not": ANY}}, "Anna Bo Cia"),
    # Windows, closed at both ends, by the clock on the wall across the change to summer time.
    ({**ORDERS, "window": {"last": [30, "day"]}, "op": "gte", "value": 2}, "Anna"),
    ({**ORDERS, "window": {"last": [30, "day"]}, "op": "gte", "value": 3}, "Nobody"),
    ({**ORDERS, "window": {"last": [1, "month"]}, "op": "gte", "value": 2}, "Anna"),
    ({**ORDERS, "window": {"last": [1, "month"]}, "op": "gte", "value": 3}, "Nobody"),
    ({**ORDERS, "window": {"last": [2, "day"]}, "op": "gte", "value": 1}, "Anna Cia"),
    ({**ORDERS, "window": {"last": [35, "hour"]}, "op": "gte", "value": 1}, "Anna Cia"),
    ({**ORDERS, "window": {"last": [34, "hour"]}, "op": "gte", "value": 1}, "Cia"),
    ({**ORDERS, "window": {"last": [1, "minute"]}, "op": "gte", "value": 1}, "Cia"),
    ({**ORDERS, "window": {"calendar": ["this", "year"]}, "op": "gte", "value": 1}, "Anna Bo Cia"),
    ({**ORDERS, "window": {"calendar": ["previous", "year"]}, "op": "gte", "value": 1}, "Anna"),
    ({**ORDERS, "window": {"calendar": ["previous", "quarter"]}, "op": "gte", "value": 1}, "Anna"),
    ({**ORDERS, "window": {"calendar": ["previous", "month"]}, "op": "eq", "value": 2}, "Anna"),
    ({**ORDERS, "window": {"calendar": ["previous", "week"]}, "op": "gte", "value": 1}, "Anna"),
    ({**ORDERS, "window": {"calendar": ["this", "day"]}, "op": "gte", "value": 1}, "Cia"),
    ({**ORDERS, "window": {"days": ["2026-01-01", "2026-01-01"]}, "op": "gte", "value": 1}, "Bo"),
    ({**ORDERS, "window": {"days": ["2025-12-31", "2026-01-01"]}, "op": "gte", "value": 1}, "Anna Bo"),
    (
        {
            **ORDERS,
            "window": {"between": ["2026-01-01T00:00:00+01:00", "2026-01-01T00:00:00+01:00"]},
            "op": "gte",
            "value": 1,
        },
        "Bo",
    ),
    # What facts are narrowed by.
    ({**LINES, "where": {"category_under": "home"}, "op": "gte", "value": 1}, "Anna Cia"),
    ({**LINES, "where": {"category_under": "home/lamps"}, "op": "gte", "value": 2}, "Anna"),
    ({**LINES, "where": {"category_under": "lamps"}, "op": "eq", "value": 1}, "Cia"),
    ({**LINES, "where": {"category_under": "lamp"}, "op": "gte", "value": 1}, "Nobody"),
    ({**LINES, "where": {"category_under": ["shoes", "table"]}, "op": "gte", "value": 1}, "Anna Bo"),
    ({**ORDERS, "where": {"store": "gbg"}, "op": "gte", "value": 1}, "Anna"),
    ({**ORDERS, "where": {"channel": ["web"]}, "op": "gte", "value": 1}, "Bo"),
    ({**ORDERS, "where": {"total": {"op": "gt", "value": 20_000}}, "op": "gte", "value": 1}, "Bo"),
    # Sums, averages, least and most; of nothing a sum is zero and the others are missing.
    ({"agg": "sum", **TOTAL, "op": "gte", "value": 45_001}, "Anna Bo"),
    ({"agg": "sum", **TOTAL, "op": "lt", "value": 8_001}, "Cia Dan"),
    ({"agg": "avg", **TOTAL, "op": "gt", "value": 80_000}, "Bo"),
    ({"agg": "avg", **TOTAL, "op": "eq", "value": "11250.25"}, "Anna"),
    ({"agg": "avg", **TOTAL, "op": "gt", "value": "11250.25"}, "Bo"),
    ({"agg": "avg", **TOTAL, "op": "lt", "value": 100_000}, "Anna Bo Cia"),
    ({"not": {"agg": "avg", **TOTAL, "op": "lt", "value": 100_000}}, "Dan"),
    ({"agg": "min", **TOTAL, "op": "lte", "value": 0}, "Anna"),
    ({"agg": "max", **TOTAL, "op": "between", "value": [8_000, 20_000]}, "Anna Cia"),
    ({**BACK, "op": "gte", "value": 3}, "Cia"),
    ({**BACK, "op": "eq", "value": 0}, "Anna Bo Dan"),
    # The value of the first and of the last; of two at one moment the order of recording decides.
    ({"agg": "first", **TOTAL, "op": "eq", "value": 15_000}, "Anna"),
    ({"agg": "last", **TOTAL, "op": "lte", "value": 8_000}, "Anna Cia"),
    ({"agg": "last", **TOTAL, "op": "gt", "value": 0}, "Bo Cia"),
    ({"not": {"agg": "last", **TOTAL, "op": "gt", "value": 0}}, "Anna Dan"),
    ({"agg": "last", **TOTAL, "window": {"days": ["2026-02-28", "2026-02-28"]}, "op": "eq", "value": 20_000}, "Anna"),
    ({"agg": "first", "of": "order", "field": "store", "op": "eq", "value": "gbg"}, "Anna"),
    ({"agg": "first", "of": "order_line", "field": "interest_area", "op": "in", "value": ["fashion"]}, "Bo"),
    # Since a moment of each member's own, which lies in the stretch itself.
    ({**ORDERS, "window": {"since": "joined"}, "op": "gte", "value": 1}, "Anna Bo Cia"),
    ({**LINES, "window": {"since": "last_order"}, "op": "gte", "value": 1}, "Anna Bo Cia"),
    ({**LINES, "window": {"since": "last_order"}, "op": "gte", "value": 2}, "Nobody"),
    ({**LINES, "window": {"since": "last_order"}, "op": "eq", "value": 0}, "Dan"),
    ({**BACK, "window": {"since": "last_order"}, "op": "gte", "value": 3}, "Cia"),
    ({"agg": "count", "of": "return_line", "window": {"since": "joined"}, "op": "gte", "value": 1}, "Cia"),
    # Different ones; two receipts of a day are one day, and a blank is none.
    ({"agg": "count_distinct", "of": "order", "field": "local_day", "op": "eq", "value": 3}, "Anna"),
    ({"agg": "count_distinct", "of": "order_line", "field": "interest_area", "op": "gte", "value": 2}, "Anna"),
    ({"agg": "count_distinct", "of": "order_line", "field": "category", "op": "eq", "value": 4}, "Anna"),
    # Shares: returned above bought, and a base that is too small.
    ({"ratio": RATE, "op": "gt", "value": 1}, "Cia"),
    ({"ratio": RATE, "op": "eq", "value": "1.5"}, "Cia"),
    ({"ratio": RATE, "op": "lte", "value": 0}, "Anna Bo"),
    ({"ratio": RATE, "min_den": 3, "op": "gte", "value": 0}, "Anna"),
    # First and last.
    ({"last": "order", "op": "at_least_ago", "value": [88, "day"]}, "Bo"),
    ({"last": "order", "op": "at_least_ago", "value": [1, "day"]}, "Anna Bo"),
    ({"last": "order", "op": "within", "value": [2, "day"]}, "Anna Cia"),
    ({"last": "order", "op": "at_least_ago", "value": [2112, "hour"]}, "Bo"),
    ({"last": "order", "op": "more_than_ago", "value": [1, "day"]}, "Anna Bo"),
    ({"last": "order", "op": "more_than_ago", "value": [89, "day"]}, "Nobody"),
    ({"last": "order", "op": "weekday", "value": [7]}, "Anna"),
    ({"last": "order", "op": "hour", "value": [0, 11]}, "Anna Bo"),
    ({"last": "order", "op": "hour", "value": [12, 12]}, "Cia"),
    ({"not": {"first": "order", "op": "weekday", "value": [3, 4]}}, "Cia Dan"),
    ({"first": "order", "op": "before", "value": "2026-01-01"}, "Anna"),
    ({"first": "order", "op": "on", "value": "2026-01-01"}, "Bo"),
    ({"first": "order", "op": "after", "value": "2025-12-31"}, "Bo Cia"),
    # One thing and not the other since.
    ({"did": "order", "then_not": "return_line"}, "Anna Bo Cia"),
    ({"did": "order", "then_not": "order", "mode": "since_first"}, "Bo Cia"),
    ({"did": "order", "then_not": "order", "mode": "each_within", "within": [30, "day"]}, "Anna Bo"),
    ({"did": "order", "then_not": "order", "within": [30, "day"]}, "Bo"),
    ({"did": "order_line", "then_not": "order_line", "mode": "since_first", "same": ["category"]}, "Anna Bo Cia"),
    ({"did": "order", "then": "return_line"}, "Nobody"),
    ({"did": "order", "then": "order", "mode": "since_first"}, "Anna"),
    ({"did": "order", "then": "order", "mode": "since_last"}, "Nobody"),
    ({"did": "order", "then": "order", "mode": "each_within", "within": [1, "minute"]}, "Anna"),
    ({"not": {"did": "order", "then": "order", "mode": "since_first"}}, "Bo Cia Dan"),
    # Dates of every year: born and joined on the 29th of February, and none on the day itself.
    ({"recurring": "birthday", "in": [0, 0]}, "Bo"),
    ({"recurring": "birthday", "in": [-30, -30]}, "Anna"),
    ({"recurring": "birthday", "in": [0, 276]}, "Bo Cia"),
    ({"recurring": "joined", "in": [0, 0]}, "Bo"),
    ({"recurring": "joined", "in": [-30, 0], "number": 2}, "Anna"),
    ({"recurring": "first_order", "in": [270, 280]}, "Anna Bo"),
    ({"recurring": "birthday", "in_month": [2, 12]}, "Anna Cia"),
    ({"recurring": "birthday", "in_month": ["this"]}, "Bo"),
    ({"recurring": "joined", "in_month": ["previous"]}, "Anna"),
    ({"recurring": "joined", "in_month": ["this", 1]}, "Bo Cia Dan"),
    ({"recurring": "first_order", "in_month": [1]}, "Bo"),
    ({"not": {"recurring": "birthday", "in_month": ["next", 3]}}, "Anna Cia Dan"),
    # Members' own fields.
    ({"field": "age", "op": "gte", "value": 36}, "Bo"),
    ({"field": "age", "op": "between", "value": [34, 35]}, "Anna Cia"),
    ({"not": {"field": "age", "op": "gte", "value": 36}}, "Anna Cia Dan"),
    ({"field": "last_name", "op": "is", "value": " öST "}, "Anna"),
    ({"field": "last_name", "op": "is_not", "value": "West"}, "Anna"),
    ({"field": "email", "op": "not_set"}, "Dan"),
    ({"field": "email", "op": "contains", "value": "A@POST."}, "Anna Cia"),
    ({"field": "language", "op": "in", "value": ["en"]}, "Bo"),
    ({"field": "joined_at", "op": "within", "value": [1, "year"]}, "Bo Cia"),
    ({"field": "joined_at", "op": "before", "value": "2024-02-29"}, "Dan"),
    ({"field": "joined_at", "op": "more_than_ago", "value": [1, "day"]}, "Anna Bo Dan"),
    ({"field": "joined_at", "op": "more_than_ago", "value": [3, "hour"]}, "Anna Bo Dan"),
    ({"field": "joined_at", "op": "at_least_ago", "value": [3, "hour"]}, "Anna Bo Cia Dan"),
    ({"field": "joined_at", "op": "hour", "value": [23, 23]}, "Bo"),
    ({"field": "birth_date", "op": "more_than_ago", "value": [36, "year"]}, "Nobody"),
    ({"field": "birth_date", "op": "at_least_ago", "value": [36, "year"]}, "Bo"),
    ({"field": "birth_date", "op": "weekday", "value": [1, 6]}, "Anna Cia"),
    ({"agg": "count", "of": "referral", "op": "gte", "value": 2}, "Anna"),
    ({"agg": "count", "of": "referral", "where": {"state": "pending"}, "op": "eq", "value": 0}, "Anna Bo Cia Dan"),
    # Groups in groups.
    ({"any": [{"field": "language", "op": "eq", "value": "en"}, {"not": ANY}]}, "Bo Dan"),
    ({"any": [{"all": [ANY, {"field": "email", "op": "not_set"}]}, {"not": ANY}]}, "Dan"),
    ({"not": {"any": [{"field": "language", "op": "eq", "value": "en"}, {"not": ANY}]}}, "Anna Cia"),
    ({"not": {"all": [ANY, {"not": {"field": "was_invited", "op": "eq", "value": True}}]}}, "Bo Cia Dan"),
]  # fmt: skip


@pytest.mark.parametrize(("document", "names"), CASES, ids=range(len(CASES)))
def test_who_is_meant(document: dict[str, Any], names: str) -> None:
    expected = set(names.split()) - {"Nobody"}
    node = queries.read_definition(document)
    assert set(queries.members_of(node, now=NOW).values_list("first_name", flat=True)) == expected
    opposite = queries.read_definition({"not": document})
    others = set(queries.members_of(opposite, now=NOW).values_list("first_name", flat=True))
    assert others == {"Anna", "Bo", "Cia", "Dan"} - expected
    known = dict(Member.objects.values_list("pk", "first_name"))
    assert {known[pk] for pk in Club(NOW).meant(document)} == expected


@pytest.mark.parametrize(
    ("now", "span"),
    [
        ("2026-03-29T04:30", "2026-03-28T04:30"),
        ("2026-03-30T02:30", "2026-03-29T03:00"),  # half past two did not exist
        ("2026-10-26T02:30", "2026-10-25T02:30"),  # and here came twice: the first
        ("2026-03-01T00:00", "2026-02-28T00:00"),
    ],
)
def test_a_day_ago_is_by_the_clock_on_the_wall(now: str, span: str) -> None:
    dan = Member.objects.get(first_name="Dan")
    buy(dan, span, (1, ""))
    node = queries.read_definition({**ORDERS, "window": {"last": [1, "day"]}, "op": "gte", "value": 1})
    assert queries.is_meant(node, member=dan, now=at(now))
    moved = Order.objects.get(member=dan)
    Order.objects.filter(pk=moved.pk).update(placed_at=moved.placed_at - timedelta(microseconds=1))
    assert not queries.is_meant(node, member=dan, now=at(now))
