"""What a shop may tell of an order besides its lines: other days of it, a late claim, who leads the group."""

from collections.abc import Iterator
from copy import deepcopy
from datetime import datetime
from typing import Any

import pytest
import time_machine
from rest_framework.test import APIClient

from members.actions import deliver_activities
from members.models import Order
from tests.loyalty.api import make
from tests.loyalty.api.test_orders import problem, send

PLACED = "2025-05-01T10:00:00+02:00"


def rule(key: str, **settings: Any) -> dict[str, Any]:
    return {"key": key, "name": key, "meter": "points", "rate": {"kind": "per_unit", "value": 1}, **settings}


# A point for each krona, usable two weeks after delivery and given for receipts of thirty days; a tenth to who leads.
GROUPS: dict[str, Any] = deepcopy(make.AT_ONCE) | {
    "programme": "groups",
    "conversions": [],
    "tier_ladders": [],
    "earning_rules": [
        rule("purchases", late_claim_days=30, pending_days=14, credit={"from": "delivery"}),
        rule("leading", beneficiary="leader", event="purchase", rate={"kind": "percent", "value": 10}),
    ],
}


@pytest.fixture(autouse=True)
def _a_programme_and_a_day(db: None) -> Iterator[None]:
    make.programme(GROUPS)
    with time_machine.travel("2025-07-01T12:00:00Z", tick=False):
        yield


@pytest.fixture
def anna() -> dict[str, str]:
    return {"number": make.member().number}


def told_of(**facts: Any) -> dict[str, Any]:
    return make.order("1", PLACED, make.line(600), **facts)


def reading(shop: APIClient, member: dict[str, str], at: str) -> tuple[int, int]:
    """What is usable and what waits, at noon of a day."""
    answer = shop.get(f"/api/v1/members/{member['number']}/points/", {"at": f"{at}T12:00:00Z"})
    [points] = answer.json()["points"]
    return points["available"], points["pending"]


def test_points_are_usable_so_many_days_after_the_delivery(shop: APIClient, anna: dict[str, str]) -> None:
    answer = send(shop, told_of(member=anna, dates={"delivery": "2025-05-09"}))
    assert answer.status_code == 201, answer.content
    assert [reading(shop, anna, day) for day in ("2025-05-22", "2025-05-23")] == [(0, 600), (600, 0)]


@pytest.mark.parametrize(("claimed", "points"), [("2025-05-31", [600]), ("2025-06-01", [])])
def test_a_receipt_that_is_claimed_too_late_gives_nothing_and_says_why(
    shop: APIClient, anna: dict[str, str], claimed: str, points: list[int]
) -> None:
    answer = send(shop, told_of(member=anna, claimed_at=f"{claimed}T12:00:00+02:00")).json()
    assert [one["amount"] for one in answer["earned"]] == points
    assert ("claimed_too_late" in {one["key"] for one in answer["because"]}) is (points == [])


@pytest.mark.parametrize(("day", "points"), [("2025-05-31", [600]), ("2025-06-01", [])])
def test_a_guests_order_is_claimed_when_it_is_claimed(
    shop: APIClient, anna: dict[str, str], day: str, points: list[int]
) -> None:
    first = send(shop, told_of()).json()
    with time_machine.travel(f"{day}T12:00:00Z", tick=False):
        claim = shop.post(f"/api/v1/orders/{first['id']}/claim/", {"member": anna}, format="json")
    assert [one["amount"] for one in claim.json()["earned"]] == points
    revised = send(shop, told_of(member=anna, revision=2) | {"lines": [make.line(500)]}).json()
    assert sum(one["balance"] for one in revised["points"]) == (500 if points else 0)


def test_who_leads_the_group_gets_a_share_of_what_is_bought(shop: APIClient, anna: dict[str, str]) -> None:
    leader = make.member("lena")
    assert send(shop, told_of(member=anna, leader={"external_id": "customer-lena"})).status_code == 201
    deliver_activities(now=datetime.fromisoformat("2025-07-01T12:00:00+00:00"))
    assert reading(shop, {"number": leader.number}, "2025-07-01") == (60, 0)


@pytest.mark.parametrize("leader", [None, {"external_id": "customer-bo"}])
def test_another_leader_later_is_refused(
    shop: APIClient, anna: dict[str, str], leader: dict[str, str] | None
) -> None:
    make.member("lena")
    make.member("bo")
    send(shop, told_of(member=anna, leader={"external_id": "customer-lena"}))
    told = problem(send(shop, told_of(member=anna, leader=leader, revision=2)), 422)
    assert told["type"] == "/problems/leader_cannot_change_later"


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"dates": "2025-05-09"}, "#/dates"),
        ({"dates": ["2025-05-09"]}, "#/dates"),
        ({"dates": {"delivered": "2025-05-09"}}, "#/dates/delivered"),
        ({"dates": {"delivery": "9/5"}}, "#/dates/delivery"),
        ({"dates": {"delivery": 20250509}}, "#/dates/delivery"),
        ({"dates": {"delivery": None}}, "#/dates/delivery"),
        ({"dates": {"delivery": "2025-02-30"}}, "#/dates/delivery"),
        ({"dates": {"delivery": "9999-12-31"}}, "#/dates/delivery"),
        ({"dates": {"delivery": "2025-05-09T10:00:00Z"}}, "#/dates/delivery"),
        ({"claimed_at": "2025-05-31"}, "#/claimed_at"),
        ({"claimed_at": "2025-04-30T10:00:00Z"}, "#/claimed_at"),
        ({"claimed_at": "2025-07-03T10:00:00Z"}, "#/claimed_at"),
        ({"leader": "lena"}, "#/leader"),
        ({"leader": {}}, "#/leader"),
        ({"leader": {"email": "not an address"}}, "#/leader/email"),
    ],
    ids=str,
)
def test_what_cannot_be_is_refused_with_its_place(
    shop: APIClient, wrong: dict[str, Any], pointer: str
) -> None:
    told = problem(send(shop, told_of(**wrong)), 400)
    assert (told["type"], [one["pointer"] for one in told["errors"]]) == ("/problems/not_valid", [pointer])
    assert Order.objects.count() == 0


def test_a_leader_nobody_knows_is_refused(shop: APIClient, anna: dict[str, str]) -> None:
    told = problem(send(shop, told_of(member=anna, leader={"external_id": "nobody"})), 422)
    assert told["type"] == "/problems/member_not_found"
    assert Order.objects.count() == 0
