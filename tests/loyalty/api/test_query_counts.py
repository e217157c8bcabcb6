"""What a call costs the database does not grow with what is in it, or with what was before it."""

from copy import deepcopy
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from loyalty import actions
from members.actions import NewLine, NewOrder
from members.models import Member
from tests.loyalty.api import make

APRIL, MAY = datetime(2025, 4, 1, tzinfo=UTC), "2025-05-01T10:00:00Z"
# Statements of one call; on PostgreSQL each is a round trip, and what can goes together but for 50 rows of a
# table or more, which are copied by themselves.
COSTS = {
    "sqlite": {"order": 14, "order with key": 21, "quote": 4, "return": 25, "points": 3, "entries": 4},
    "postgresql": {"order": 7, "order with key": 14, "quote": 4, "return": 20, "points": 3, "entries": 4},
}


def cost(call: str) -> int:
    return COSTS[connection.vendor][call]


def many_rules() -> dict[str, Any]:
    """The programme with twenty more rules, each for goods that nobody buys."""
    document = deepcopy(make.AT_ONCE)
    [rule] = document["earning_rules"]
    document["earning_rules"] += [
        rule | {"key": f"rule{number}", "scope": {"include": {"brands": [f"brand{number}"]}}}
        for number in range(20)
    ]
    return document


def bought(member: Member, count: int) -> None:
    """Orders of 1 krona each: points, and never enough for a check."""
    line = NewLine(ref="1", quantity=Decimal(1), gross_ore=100)
    for number in range(count):
        order = NewOrder(
            source="web", number=f"before-{number}", placed_at=APRIL, lines=(line,), member=member
        )
        actions.record_order(order=order, now=APRIL, actor="test")


def body(member: Member, number: str, lines: int) -> dict[str, Any]:
    rows = [make.line(1, str(position)) for position in range(lines)]
    return make.order(number, MAY, *rows, member={"number": member.number}, store="sthlm")


def count(shop: APIClient, path: str, told: Any = None, **headers: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        if told is None:
            answer = shop.get(path, headers=headers)
        else:
            answer = shop.post(path, told, format="json", headers=headers)
    assert answer.status_code < 300, answer.content
    return len(queries)


@pytest.mark.parametrize("lines", [1, 40])
@pytest.mark.parametrize("before", [0, 100])
@pytest.mark.parametrize("document", [make.AT_ONCE, many_rules()], ids=["one rule", "many rules"])
def test_an_order_costs_the_same_whatever_its_lines_its_past_and_its_rules(
    shop: APIClient, lines: int, before: int, document: dict[str, Any]
) -> None:
    make.programme(document)
    make.store()
    anna = make.member()
    for name in ("bo", "cia", "dan"):
        make.member(name)
    bought(anna, max(before, 1))
    count(shop, "/api/v1/quotes/", {"lines": [make.line(1)]})  # reads the programme, once per process
    assert count(shop, "/api/v1/orders/", body(anna, "plain", lines)) == cost("order")
    key = {"Idempotency-Key": "once"}
    assert count(shop, "/api/v1/orders/", body(anna, "keyed", lines), **key) == cost("order with key")


@pytest.mark.parametrize("size", [1, 50])
def test_reading_costs_the_same_whatever_there_is(shop: APIClient, size: int) -> None:
    make.programme(make.AT_ONCE)
    make.store()
    anna = make.member()
    bought(anna, size)
    cart: dict[str, Any] = {"lines": [make.line(1, str(number)) for number in range(size)]}
    cart["member"] = {"number": anna.number}
    count(shop, "/api/v1/quotes/", cart)
    assert count(shop, "/api/v1/quotes/", cart) == cost("quote")
    assert count(shop, f"/api/v1/members/{anna.number}/points/") == cost("points")
    assert count(shop, f"/api/v1/members/{anna.number}/entries/") == cost("entries")


@pytest.mark.parametrize("lines", [1, 50])
@pytest.mark.parametrize("before", [0, 100])
def test_a_return_costs_the_same_whatever_its_lines_and_its_past(
    shop: APIClient, lines: int, before: int
) -> None:
    make.programme(make.AT_ONCE)
    make.store()
    anna = make.member()
    bought(anna, before)
    answer = shop.post("/api/v1/orders/", body(anna, "order", lines), format="json").json()
    told = {"number": "back", "returned_at": "2025-05-02T10:00:00Z"}
    assert count(shop, f"/api/v1/orders/{answer['id']}/returns/", told) == cost("return")
