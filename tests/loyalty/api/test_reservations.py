"""What a quote has proposed is held for its order: until that order, or until the time is up."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from loyalty import actions
from loyalty.models import Standing, Voucher
from members.models import Activity, Member
from tests.loyalty.api import make

pytestmark = pytest.mark.django_db
PROGRAMME: dict[str, Any] = make.AT_ONCE | {
    "meters": [*make.AT_ONCE["meters"], {"key": "coins", "name": "mynt"}],
    "earning_rules": [
        *make.AT_ONCE["earning_rules"],
        {"key": "coins", "name": "mynt", "meter": "coins", "rate": {"kind": "per_unit", "value": 1}},
    ],
    "menus": [
        {"key": "pay", "name": "betala", "meter": "coins", "free_choice": {"unit_value": 0.1, "unit": 1}}
    ],
}
HOLD, RELEASE = "/api/v1/reservations/", "/api/v1/reservations/release/"


@pytest.fixture
def anna(shop: APIClient) -> Member:
    """She has a check of 50 kr and 600 coins worth 10 öre each."""
    make.programme(PROGRAMME)
    anna = make.member()
    buy(shop, "first", anna, 600)
    return anna


def buy(shop: APIClient, number: str, member: Member, kronor: int, **facts: Any) -> Any:
    at = timezone.now() - (timedelta(days=1) if number == "first" else timedelta(0))
    told = make.order(number, at.isoformat(), make.line(kronor), member={"number": member.number}, **facts)
    return shop.post("/api/v1/orders/", told, format="json")


def proposal(shop: APIClient, member: Member, kronor: int) -> dict[str, Any]:
    cart = {"member": {"number": member.number}, "lines": [make.line(kronor)], "propose": True}
    found: dict[str, Any] = shop.post("/api/v1/quotes/", cart, format="json").json()["proposal"]
    codes = [one["code"] for one in found["vouchers"]]
    return {
        "vouchers": codes,
        "uses": [{"menu": one["menu"], "amount": one["amount"]} for one in found["uses"]],
    }


def hold(shop: APIClient, number: str, member: Member, what: dict[str, Any], **facts: Any) -> Any:
    told = {"order_number": number, "member": {"number": member.number}, **what, **facts}
    return shop.post(HOLD, told, format="json")


def test_what_was_proposed_is_held_and_used_by_its_order_alone(shop: APIClient, anna: Member) -> None:
    proposed = proposal(shop, anna, 90)
    [code] = proposed["vouchers"]
    assert proposed["uses"] == [{"menu": "pay", "amount": 400}]
    held = hold(shop, "n1", anna, proposed).json()
    assert (held["vouchers"], held["points"]) == (
        [code],
        [{"meter": "coins", "name": "mynt", "amount": 400}],
    )
    refused = buy(shop, "other", anna, 90, uses=[{"menu": "pay", "amount": 201}])
    assert (refused.status_code, refused.json()["facts"]["available"]) == (422, 200)
    assert buy(shop, "other", anna, 90, vouchers=[code]).json()["type"] == "/problems/voucher_reserved"
    bought = buy(shop, "n1", anna, 90, **proposed)
    assert (bought.status_code, bought.json()["paid_ore"]) == (201, 0)
    assert Standing.objects.get().holds == []


def test_another_quote_leaves_alone_what_is_held_and_the_orders_own_still_has_it(
    shop: APIClient, anna: Member
) -> None:
    proposed = proposal(shop, anna, 90)
    hold(shop, "n1", anna, proposed)
    assert proposal(shop, anna, 90) == {"vouchers": [], "uses": [{"menu": "pay", "amount": 200}]}
    cart = {"member": {"number": anna.number}, "lines": [make.line(90)], "propose": True, "number": "n1"}
    assert shop.post("/api/v1/quotes/", cart, format="json").json()["proposal"]["payable_ore"] == 0


def test_the_order_ends_what_was_held_for_it_even_where_it_did_not_use_it(
    shop: APIClient, anna: Member
) -> None:
    proposed = proposal(shop, anna, 90)
    hold(shop, "n1", anna, proposed)
    buy(shop, "n1", anna, 90)
    assert proposal(shop, anna, 90)["vouchers"] == proposed["vouchers"]
    assert (Voucher.objects.get().state, Standing.objects.get().holds) == ("issued", [])
    assert Activity.objects.filter(kind="voucher.released").count() == 1


def test_what_is_held_ends_with_its_time_and_by_being_let_go_twice_as_once(
    shop: APIClient, anna: Member
) -> None:
    proposed = proposal(shop, anna, 90)
    before = timezone.now() - timedelta(minutes=31)
    actions.hold_for_order(
        member=anna, order_key="web:n1", codes=proposed["vouchers"], uses=(), until=before + timedelta(minutes=30),
        now=before, actor="test",
    )  # fmt: skip
    assert proposal(shop, anna, 90) == proposed
    hold(shop, "n2", anna, proposed)
    told = {"order_number": "n2", "member": {"number": anna.number}}
    assert [shop.post(RELEASE, told, format="json").status_code for _twice in range(2)] == [204, 204]
    assert proposal(shop, anna, 90) == proposed


def test_all_of_it_is_held_or_nothing(shop: APIClient, anna: Member) -> None:
    [code] = proposal(shop, anna, 90)["vouchers"]
    too_much = {"vouchers": [code], "uses": [{"menu": "pay", "amount": 601}]}
    refused = hold(shop, "n1", anna, too_much)
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/not_enough")
    assert Voucher.objects.get().state == "issued"
    assert hold(shop, "n1", anna, {"vouchers": ["NOSUCH"]}).json()["type"] == "/problems/voucher_not_found"


def test_held_again_it_is_just_what_is_named_now(shop: APIClient, anna: Member) -> None:
    proposed = proposal(shop, anna, 90)
    hold(shop, "n1", anna, proposed)
    assert hold(shop, "n1", anna, {"uses": [{"menu": "pay", "amount": 100}]}).json()["vouchers"] == []
    assert Voucher.objects.get().state == "issued"
    assert [one["amount"] for one in Standing.objects.get().holds] == [100]
