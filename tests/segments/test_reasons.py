"""Why a member is in a segment or not, and when that changes."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils.translation import override

from loyalty.models import Balance, Standing
from members.models import Member
from segments import queries
from segments.engine.clock import DAY, INSTANT, day_end, day_start
from tests.make import NOON, make_api_key, make_line_row, make_member, make_order_row, make_store
from tests.members.api.conftest import calling_with
from tests.segments.make import BOUGHT, make_segment

pytestmark = pytest.mark.django_db

ZONE = ZoneInfo("Europe/Stockholm")
NOW = datetime(2026, 3, 30, 12, tzinfo=ZONE)  # the day after the clocks went forward
ORDERS: dict[str, Any] = {"agg": "count", "of": "order"}


def reasons(definition: Any, member: Member, now: datetime = NOW) -> list[tuple[str, bool, date | None]]:
    with override("en"):
        told = queries.why(queries.read_definition(definition), member=member, now=now)
    return [(one.value, one.is_met, one.turns_on) for one in told.reasons]


@pytest.fixture
def anna() -> Member:
    """Three purchases, the first at the end of a long month."""
    shop = make_store("gbg")
    anna = make_member(
        "Anna", birth_date=date(1992, 2, 29), home_store=shop, joined_at=datetime(2024, 2, 29, 8, tzinfo=ZONE)
    )
    for day in (datetime(2025, 12, 31, 23, tzinfo=ZONE), datetime(2026, 2, 28, 12, tzinfo=ZONE), NOW - DAY):
        make_line_row(make_order_row(anna, placed_at=day, paid_ore=10_050, store=shop), ref="2", quantity=2)
    return anna


WINDOW = {"window": {"last": [90, "day"]}}
CASES: list[tuple[Any, str, bool, date | None]] = [
    ({**ORDERS, **WINDOW, "op": "gte", "value": 3}, "3", True, date(2026, 3, 31)),
    ({**ORDERS, **WINDOW, "op": "gte", "value": 2}, "3", True, date(2026, 5, 29)),
    ({**ORDERS, **WINDOW, "op": "eq", "value": 1}, "3", False, date(2026, 5, 29)),
    ({**ORDERS, **WINDOW, "op": "gte", "value": 4}, "3", False, None),
    ({"not": {**ORDERS, **WINDOW, "op": "gte", "value": 1}}, "3", False, date(2026, 6, 27)),
    ({**ORDERS, "window": {"last": [2, "month"]}, "op": "gte", "value": 2}, "2", True, date(2026, 4, 28)),
    ({**ORDERS, "window": {"calendar": ["this", "year"]}, "op": "gte", "value": 1}, "2", True, date(2027, 1, 1)),
    ({**ORDERS, "window": {"calendar": ["previous", "year"]}, "op": "gte", "value": 1}, "1", True, None),
    ({**ORDERS, "op": "gte", "value": 1}, "3", True, None),
    (
        {"agg": "sum", "of": "order", "field": "total", **WINDOW, "op": "gt", "value": 25_000},
        "301.50 kr", True, date(2026, 3, 31),
    ),
    ({"agg": "avg", "of": "order", "field": "total", "op": "gt", "value": 10_050}, "100.50 kr", False, None),
    ({"agg": "sum", "of": "order_line", "field": "qty", "op": "eq", "value": 9}, "9", True, None),
    ({"agg": "avg", "of": "return_line", "field": "total", "op": "gte", "value": 1}, "", False, None),
    ({"agg": "sum", "of": "return_line", "field": "total", "op": "lt", "value": 1}, "0 kr", True, None),
    ({"ratio": ["order", "order_line"], "op": "eq", "value": "0.5"}, "0.5", True, None),
    ({"ratio": ["order", "order_line"], "min_den": 7, "op": "eq", "value": 1}, "", False, None),
    (
        {"last": "order", "op": "at_least_ago", "value": [180, "day"]},
        "March 29, 2026 at 12:00", False, date(2026, 9, 25),
    ),
    (
        {"first": "order", "op": "within", "value": [2, "month"]},
        "Dec. 31, 2025 at 23:00", False, None,
    ),
    ({"last": "return_line", "op": "within", "value": [1, "day"]}, "", False, None),
    ({"field": "age", "op": "gte", "value": 35}, "34 years", False, date(2027, 2, 28)),
    ({"field": "age", "op": "between", "value": [30, 39]}, "34 years", True, date(2032, 2, 29)),
    ({"field": "age", "op": "gte", "value": 18}, "34 years", True, None),
    ({"field": "home_store", "op": "eq", "value": "gbg"}, "Butiken gbg", True, None),
    ({"field": "works_here", "op": "eq", "value": False}, "no", True, None),
    ({"field": "email", "op": "not_set"}, "“anna@post.example”", False, None),
    (
        {"field": "joined_at", "op": "within", "value": [3, "year"]},
        "Feb. 29, 2024 at 08:00", True, date(2027, 3, 1),
    ),
    ({"recurring": "birthday", "in": [0, 7]}, "Feb. 29, 1992", False, date(2027, 2, 21)),
    ({"recurring": "joined", "in": [-40, 0]}, "Feb. 29, 2024", True, date(2026, 4, 10)),
    ({"recurring": "joined", "in": [0, 0], "number": 4}, "Feb. 29, 2024", False, date(2028, 2, 29)),
    ({"recurring": "first_order", "in": [0, 0]}, "Dec. 31, 2025", False, date(2026, 12, 31)),
    ({"did": "order", "then_not": "return_line"}, "", True, None),
    ({"top": {"agg": "count", "of": "order"}, "percent": 50}, "3", True, None),
]  # fmt: skip


@pytest.mark.parametrize(("definition", "value", "is_met", "turns"), CASES)
def test_a_condition_tells_its_value_and_when_it_turns(
    anna: Member, definition: Any, value: str, is_met: bool, turns: date | None
) -> None:
    assert reasons(definition, anna) == [(value, is_met, turns)]


@pytest.mark.parametrize("definition", [case[0] for case in CASES if case[3]])
def test_on_the_day_that_is_told_it_turns_and_not_before(anna: Member, definition: Any) -> None:
    [(_value, is_met, turns)] = reasons(definition, anna)
    assert turns is not None
    node = queries.read_definition(definition)
    before, after = day_start(turns, ZONE) - INSTANT, day_end(turns, ZONE)
    assert queries.is_meant(node, member=anna, now=max(before, NOW)) is is_met
    assert queries.is_meant(node, member=anna, now=after) is not is_met


def test_a_share_of_chance_tells_the_lot_that_was_drawn(anna: Member) -> None:
    [(drawn, is_met, _turns)] = reasons({"bucket": ["may", 0, 5_000]}, anna)
    lot = int(drawn.replace(",", "").replace("\xa0", ""))
    assert is_met is (lot < 5_000)
    assert reasons({"bucket": ["may", lot, lot + 1]}, anna) == [(drawn, True, None)]


def test_every_part_of_a_group_is_told_and_what_is_denied_as_denied(anna: Member) -> None:
    young = {"field": "age", "op": "lt", "value": 30}
    make_segment("young", young)
    node = queries.read_definition(
        {"all": [BOUGHT, {"not": young}, {"not": {"any": [{"segment": "young"}, BOUGHT]}}]}
    )
    with override("en"):
        told = queries.why(node, member=anna, now=NOW)
    assert (told.is_meant, told.is_active) == (False, True)
    assert [(one.sentence, one.is_met) for one in told.reasons] == [
        ("Members whose number of orders is at least 1.", True),
        ("Members who are not among those whose age is less than 30 years.", True),
        ("Members whose age is less than 30 years.", False),
        ("Members whose number of orders is at least 1.", True),
    ]


def test_what_the_account_holds_is_told_too(anna: Member) -> None:
    Balance.objects.create(account=anna.account, meter="points", amount=500)
    Standing.objects.create(account=anna.account, computed_to=NOON, tiers={"level": {"tier": "gold"}})
    points = {"field": "points", "with": {"meter": "points"}, "op": "gte", "value": 501}
    assert reasons(points, anna) == [("500", False, None)]
    tier = {"field": "tier", "with": {"ladder": "level"}, "op": "eq", "value": "gold"}
    assert reasons(tier, anna) == [("“gold”", True, None)]
    other = make_member("Bo")
    assert (reasons(points, other), reasons(tier, other)) == ([("0", False, None)], [("", False, None)])


def test_the_number_of_queries_does_not_grow_with_what_a_member_did(
    anna: Member, django_assert_num_queries: Any
) -> None:
    node = queries.read_definition({**ORDERS, **WINDOW, "op": "gte", "value": 2})
    for days in range(20):
        make_order_row(anna, placed_at=NOW - timedelta(days=days))
    with django_assert_num_queries(5):
        queries.why(node, member=anna, now=NOW)


def test_a_shop_asks_why_and_is_told(alice: Member, bob: Member) -> None:
    make_order_row(alice)
    make_segment()
    shop = calling_with(make_api_key("read", name="Reader")[1])
    told = shop.get("/api/v1/segments/buyers/why/", {"member": alice.number}).json()
    assert told | {"now": ""} == {
        "member": alice.number,
        "is_meant": True,
        "is_active": True,
        "now": "",
        "sentence": "Members whose number of orders is at least 1.",
        "conditions": [
            {
                "sentence": "Members whose number of orders is at least 1.",
                "value": "1",
                "is_met": True,
                "turns_on": None,
            }
        ],
    }
    assert not shop.get("/api/v1/segments/buyers/why/", {"member": bob.number}).json()["is_meant"]


@pytest.mark.parametrize(
    ("asked", "status", "problem"),
    [({}, 400, "/problems/not_valid"), ({"member": "1"}, 404, "/problems/member_not_found")],
)
def test_who_is_not_told_or_not_there_is_answered(asked: Any, status: int, problem: str) -> None:
    make_segment()
    answer = calling_with(make_api_key("read")[1]).get("/api/v1/segments/buyers/why/", asked)
    assert (answer.status_code, answer.json()["type"]) == (status, problem)


def test_who_may_not_read_members_is_told_nothing(alice: Member) -> None:
    make_segment()
    others = calling_with(make_api_key("members", "orders", "vouchers")[1])
    answer = others.get("/api/v1/segments/buyers/why/", {"member": alice.number})
    assert answer.status_code == 403
    assert alice.number not in answer.content.decode()
