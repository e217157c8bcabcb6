"""A shop that finds out that two of its customers are one tells the club, which keeps both histories."""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from rest_framework.test import APIClient

from members.models import Member
from tests.loyalty.api import make

MAY = "2025-05-01T10:00:00Z"


@pytest.fixture(autouse=True)
def _a_programme_and_a_day(db: None) -> Iterator[None]:
    make.programme(make.QUARTERLY)
    with time_machine.travel("2025-05-01T12:00:00Z", tick=False):
        yield


@pytest.fixture
def shop(db: None) -> APIClient:
    return make.client("read", "members", "orders")


def bought(shop: APIClient, name: str, kronor: int) -> Member:
    member = make.member(name)
    told = make.order(name, MAY, make.line(kronor), member={"number": member.number})
    assert shop.post("/api/v1/orders/", told, format="json").status_code == 201
    return member


def merge(shop: APIClient, member: Member, double: Any, reason: str = "The same phone and address") -> Any:
    path = f"/api/v1/members/{member.number}/merge/"
    return shop.post(path, {"double": double, "reason": reason}, format="json")


def test_what_both_had_is_the_members_and_both_ids_lead_to_them(shop: APIClient) -> None:
    anna, double = bought(shop, "anna", 300), bought(shop, "ann", 200)
    answer = merge(shop, anna, {"number": double.number})
    assert (answer.status_code, answer.json()["number"]) == (200, anna.number)
    [points] = shop.get(f"/api/v1/members/{anna.number}/points/").json()["points"]
    assert points["balance"] == 500
    for name in ("anna", "ann"):
        told = make.order(f"{name}-2", MAY, make.line(100), member={"external_id": f"customer-{name}"})
        assert shop.post("/api/v1/orders/", told, format="json").json()["member"] == anna.number


def test_what_cannot_be_one_is_refused_and_changes_nothing(shop: APIClient) -> None:
    anna = bought(shop, "anna", 300)
    for double, reason, status in (
        ({"number": anna.number}, "same", 409),
        ({"external_id": "nobody"}, "same", 422),
        ({"external_id": "customer-anna"}, " ", 400),
    ):
        assert merge(shop, anna, double, reason).status_code == status
    assert Member.objects.active().count() == 1
