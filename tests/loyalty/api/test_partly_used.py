"""A voucher that may be used in parts, and one that is open again when its goods come back."""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from rest_framework.test import APIClient

from tests.loyalty.api import make

MAY = "2025-05-01T10:00:00Z"
PARTLY: dict[str, Any] = make.AT_ONCE | {
    "rewards": [
        {**make.AT_ONCE["rewards"][0], "use": {"partly": True}, "on_return": "restored"},
    ]
}


@pytest.fixture(autouse=True)
def _a_programme_and_a_day(db: None) -> Iterator[None]:
    make.programme(PARTLY)
    with time_machine.travel("2025-05-01T12:00:00Z", tick=False):
        yield


@pytest.fixture
def check(shop: APIClient) -> str:
    """The code of a check of 50 kr, won by a purchase of 500 kr."""
    told = make.order("1", MAY, make.line(500), member={"number": make.member().number})
    [issued] = shop.post("/api/v1/orders/", told, format="json").json()["issued"]
    return str(issued["code"])


def redeem(shop: APIClient, code: str, number: str, amount_ore: int) -> Any:
    told = {"order_number": number, "amount_ore": amount_ore}
    return shop.post(f"/api/v1/vouchers/{code}/redeem/", told, format="json")


def test_what_an_order_does_not_need_is_left_for_the_next(shop: APIClient, check: str) -> None:
    first = redeem(shop, check, "2", 2000).json()
    assert (first["discount_ore"], first["payable_ore"]) == (2000, 0)
    assert (first["voucher"]["state"], first["voucher"]["used_ore"]) == ("issued", 2000)
    second = redeem(shop, check, "3", 9000).json()
    assert (second["discount_ore"], second["payable_ore"]) == (3000, 6000)
    assert (second["voucher"]["state"], second["voucher"]["used_ore"]) == ("redeemed", 5000)
    assert redeem(shop, check, "4", 9000).status_code == 409


def test_a_voucher_is_open_again_when_all_that_it_paid_for_has_come_back(shop: APIClient, check: str) -> None:
    told = make.order("2", MAY, make.line(200), vouchers=[check], member={"external_id": "customer-anna"})
    bought = shop.post("/api/v1/orders/", told, format="json").json()
    assert shop.get(f"/api/v1/vouchers/{check}/").json()["state"] == "redeemed"
    back = {"number": "r1", "returned_at": MAY}
    answer = shop.post(f"/api/v1/orders/{bought['id']}/returns/", back, format="json")
    assert (answer.status_code, answer.json()["amount_ore"]) == (201, 15000)
    path = f"/api/v1/members/{bought['member']}/vouchers/?usable=true"
    assert [one["value_ore"] for one in shop.get(path).json()["results"]] == [5000]
