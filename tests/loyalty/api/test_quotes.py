"""The checkout asks what a cart comes to; ``tests/loyalty/test_quotes.py`` holds the numbers."""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from drf_spectacular.utils import OpenApiExample
from rest_framework.test import APIClient

from loyalty.api import examples
from members.models import Activity, Order
from tests.loyalty.api import make

MAY = "2025-05-01T12:00:00+02:00"


@pytest.fixture(autouse=True)
def _a_programme_and_a_day(db: None) -> Iterator[None]:
    make.programme(make.AT_ONCE)
    with time_machine.travel(MAY, tick=False):
        yield


def ask(shop: APIClient, **facts: Any) -> Any:
    return shop.post("/api/v1/quotes/", {"lines": [make.line(600)]} | facts, format="json")


def check_of_anna(shop: APIClient) -> str:
    told = make.order("1", MAY, make.line(500), member={"number": make.member().number})
    [issued] = shop.post("/api/v1/orders/", told, format="json").json()["issued"]
    return str(issued["code"])


def test_a_quote_has_the_numbers_and_the_reason_of_each(shop: APIClient) -> None:
    check = check_of_anna(shop)
    told = ask(shop, member={"external_id": "customer-anna"}, vouchers=[check, "NONE"]).json()
    assert told == {
        "gross_ore": 60000,
        "discount_ore": 0,
        "voucher_ore": 5000,
        "payable_ore": 55000,
        "vouchers": [
            {
                "code": check,
                "is_usable": True,
                "discount_ore": 5000,
                "lost_ore": 0,
                "because": {
                    "key": "voucher_applies",
                    "sentence": "Takes 50 kr off.",
                    "facts": {"code": check, "value_ore": 5000},
                },
            },
            {
                "code": "NONE",
                "is_usable": False,
                "discount_ore": 0,
                "lost_ore": 0,
                "because": {
                    "key": "voucher_not_found",
                    "sentence": "There is no voucher NONE, or it is not this member's.",
                    "facts": {"code": "NONE"},
                },
            },
        ],
        "earned": [{"meter": "points", "name": "points", "amount": 550}],
        "because": [
            {
                "key": "earned",
                "sentence": "550 points for 550 kr.",
                "facts": {"rule": "purchases", "base": 55000, "of": "paid", "amount": 550, "meter": "points"},
            }
        ],
        "issued": [
            {
                "reward": "bonus",
                "name": "bonus check",
                "kind": "money_off",
                "value_ore": 5000,
                "because": told["issued"][0]["because"],
            }
        ],
        "would_earn": [],
        "proposal": None,
    }


def test_a_guest_is_told_what_a_member_would_earn(shop: APIClient) -> None:
    told = ask(shop).json()
    assert (told["payable_ore"], told["earned"]) == (60000, [])
    assert told["would_earn"] == [{"meter": "points", "name": "points", "amount": 600}]
    assert [one["sentence"] for one in told["because"]] == ["No points: the order has no member."]


def test_a_quote_stores_nothing_and_wakes_nobody(
    shop: APIClient, django_capture_on_commit_callbacks: Any
) -> None:
    anna = make.member()
    before = Activity.objects.count()
    with django_capture_on_commit_callbacks() as woken:
        assert ask(shop, member={"number": anna.number}).status_code == 200
    assert (woken, Order.objects.count(), Activity.objects.count()) == ([], 0, before)


def test_a_cart_is_held_to_the_same_rules_as_an_order(shop: APIClient) -> None:
    assert ask(shop, currency="EUR").status_code == 400
    assert ask(shop, member={"number": "1000000016"}).json()["type"] == "/problems/member_not_found"
    assert ask(shop, store="oslo").json()["type"] == "/problems/store_not_found"


@pytest.mark.parametrize(
    ("wrong", "key"),
    [
        ({"lines": [make.line(1), make.line(2)]}, "line_ref_used_twice"),
        ({"lines": [make.line(1, discount_ore=101)]}, "amount_is_not_valid"),
    ],
)
def test_amounts_that_cannot_be_are_refused(shop: APIClient, wrong: dict[str, Any], key: str) -> None:
    answer = ask(shop, **wrong)
    assert (answer.status_code, answer.json()["type"]) == (422, f"/problems/{key}")


@pytest.mark.parametrize(
    ("path", "example"),
    [("quotes/", examples.QUOTE[0]), ("orders/", examples.ORDER[0])],
    ids=["quote", "order"],
)
def test_the_examples_of_the_description_work(shop: APIClient, path: str, example: OpenApiExample) -> None:
    make.store("sthlm")
    told = example.value | {"member": {"number": make.member().number}}
    answer = shop.post(f"/api/v1/{path}", told, format="json")
    assert answer.status_code in (200, 201), answer.content


@pytest.mark.parametrize("example", examples.RETURN, ids=lambda example: str(example.summary or example.name))
def test_the_examples_of_returns_work(shop: APIClient, example: OpenApiExample) -> None:
    told = make.order("1", MAY)
    order = shop.post("/api/v1/orders/", told, format="json").json()
    answer = shop.post(f"/api/v1/orders/{order['id']}/returns/", example.value, format="json")
    assert answer.status_code == 201, answer.content
