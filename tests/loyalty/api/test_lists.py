"""Lists are narrowed by what they are asked, in pages, and tell a shop of its own orders only."""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from members.models import Member
from tests.loyalty.api import make


@pytest.fixture(autouse=True)
def clock(db: None) -> Iterator[time_machine.Traveller]:
    make.programme(make.AT_ONCE)
    with time_machine.travel("2025-05-05T12:00:00Z", tick=False) as clock:
        yield clock


@pytest.fixture
def anna(shop: APIClient) -> Member:
    """Bought for 600 kr on each of the first three days of May: each time a check of 50 kr, and once two."""
    member = make.member()
    for day in (1, 2, 3):
        told = make.order(f"no-{day}", f"2025-05-0{day}T10:00:00Z", member={"number": member.number})
        shop.post("/api/v1/orders/", told, format="json")
    return member


def listed(shop: APIClient, path: str, name: str) -> list[Any]:
    answer = shop.get(f"/api/v1/{path}")
    assert answer.status_code == 200, answer.content
    return [row[name] for row in answer.json()["results"]]


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("", ["no-3", "no-2", "no-1"]),
        ("?number=no-2", ["no-2"]),
        ("?since=2025-05-02T10:00:00Z", ["no-3", "no-2"]),
        ("?until=2025-05-02T10:00:00Z", ["no-1"]),
        ("?state=cancelled", []),
        ("?member=1000000008", []),
        ("?limit=1", ["no-3"]),
    ],
)
def test_orders_are_listed_the_newest_first(
    shop: APIClient, anna: Member, query: str, numbers: list[str]
) -> None:
    assert listed(shop, f"orders/{query}", "number") == numbers


def test_orders_of_a_member_are_listed_and_of_no_other_shop(shop: APIClient, anna: Member) -> None:
    assert len(listed(shop, f"orders/?member={anna.number}", "id")) == 3
    assert listed(make.client(source="till"), f"orders/?member={anna.number}", "id") == []


def test_a_list_of_orders_costs_the_same_however_many_there_are(shop: APIClient, anna: Member) -> None:
    costs = []
    for limit in (1, 1, 3):
        with CaptureQueriesContext(connection) as queries:
            shop.get(f"/api/v1/orders/?limit={limit}")
        costs.append(len(queries))
    assert costs[1] == costs[2]


def test_the_ledger_is_narrowed(shop: APIClient, anna: Member) -> None:
    path = f"members/{anna.number}/points/entries/"
    assert set(listed(shop, f"{path}?kind=earn", "kind")) == {"earn"}
    assert (
        len(listed(shop, f"{path}?kind=earn&since=2025-05-02T10:00:00Z&until=2025-05-03T10:00:00Z", "id"))
        == 1
    )
    assert listed(shop, f"{path}?meter=stars", "id") == []


def test_vouchers_are_found_by_the_state_that_they_are_in_now(
    shop: APIClient, anna: Member, clock: time_machine.Traveller
) -> None:
    path = f"members/{anna.number}/vouchers/"
    codes = listed(shop, path, "code")
    shop.post(f"/api/v1/vouchers/{codes[0]}/reserve/", {"order_number": "9"}, format="json")
    told = {"order_number": "8", "amount_ore": 5000}
    shop.post(f"/api/v1/vouchers/{codes[1]}/redeem/", told, format="json")
    states = ("issued", "reserved", "redeemed", "expired")
    found = {state: listed(shop, f"{path}?state={state}", "code") for state in states}
    assert found == {"issued": codes[2:], "reserved": codes[:1], "redeemed": codes[1:2], "expired": []}
    clock.shift(60 * 60)
    assert listed(shop, f"{path}?state=reserved", "code") == []
    assert set(listed(shop, f"{path}?state=issued", "code")) == {codes[0], *codes[2:]}
    clock.shift(60 * 60 * 24 * 400)
    assert set(listed(shop, f"{path}?state=expired", "state")) == {"expired"}
    assert listed(shop, f"{path}?state=issued", "code") == []
    assert listed(shop, f"{path}?reward=none", "code") == []


def test_an_order_of_last_month_counts_as_of_its_own_date(shop: APIClient, anna: Member) -> None:
    told = make.order("late", "2025-04-01T10:00:00Z", make.line(100), member={"number": anna.number})
    answer = shop.post("/api/v1/orders/", told, format="json")
    assert (answer.status_code, answer.json()["earned"][0]["amount"]) == (201, 100)
    path = f"members/{anna.number}/points/entries/?until=2025-05-01T00:00:00Z"
    assert listed(shop, path, "effective_at")[-1].startswith("2025-04-01T")
    [then] = shop.get(f"/api/v1/members/{anna.number}/points/?at=2025-04-02T00:00:00Z").json()["points"]
    assert then["balance"] == 100
