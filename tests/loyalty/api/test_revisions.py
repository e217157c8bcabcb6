"""Orders sent again with a higher revision, and the club's own prices on them."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
import time_machine
from rest_framework.test import APIClient

from loyalty.queries.laws import prove_laws
from members.models import Order
from tests.loyalty.api import make
from tests.loyalty.api.test_orders import problem, send

# A tenth off everything from 1,000 kr bought before this order.
PRICED: dict[str, Any] = deepcopy(make.AT_ONCE) | {
    "programme": "priced",
    "conversions": [],
    "meters": [
        *make.AT_ONCE["meters"],
        {
            "key": "bought",
            "name": {"sv": "kr", "nb": "kr", "en": "kr"},
            "is_money": True,
            "decimals": 2,
            "spendable": False,
            "mirrors": {"what": "money"},
        },
    ],
    "price_rules": [
        {
            "key": "regulars",
            "name": {"sv": "rabatt", "nb": "rabatt", "en": "discount"},
            "benefit": {
                "kind": "percent",
                "by_meter": {
                    "meter": "bought",
                    "includes_this": False,
                    "rows": [{"from": 1000, "value": 10}],
                },
            },
        }
    ],
    "tier_ladders": [],
}


@pytest.fixture(autouse=True)
def _a_programme_and_a_day(db: None) -> Iterator[None]:
    make.programme(PRICED)
    with time_machine.travel("2025-05-01T12:00:00Z", tick=False):
        yield


@pytest.fixture
def anna() -> dict[str, str]:
    return {"number": make.member().number}


def list_priced(number: str, kronor: int, **facts: Any) -> dict[str, Any]:
    return make.order(number, "2025-05-01T10:00:00+02:00", make.line(kronor), prices="list", **facts)


def test_a_revision_gets_the_prices_of_the_sale(shop: APIClient, anna: dict[str, str]) -> None:
    """What was bought after the sale makes the revision no cheaper, and what was bought before it no dearer."""
    paid = [
        send(shop, list_priced("1", 600, member=anna)).json()["paid_ore"],
        send(shop, list_priced("2", 500, member=anna)).json()["paid_ore"],
        send(shop, list_priced("3", 200, member=anna)).json()["paid_ore"],
        send(shop, list_priced("2", 400, member=anna, revision=2)).json()["paid_ore"],
        send(shop, list_priced("3", 300, member=anna, revision=2)).json()["paid_ore"],
    ]
    assert paid == [60000, 50000, 18000, 40000, 27000]
    assert all(proof.holds for proof in prove_laws())


def test_a_revision_may_say_what_the_lines_were_sold_for(shop: APIClient, anna: dict[str, str]) -> None:
    send(shop, list_priced("1", 600, member=anna))
    final = list_priced("1", 590, member=anna, revision=2) | {"prices": "final"}
    assert send(shop, final).json()["paid_ore"] == 59000
    told = problem(send(shop, list_priced("1", 590, member=anna, revision=3)), 422)
    assert told["type"] == "/problems/order_had_final_prices"
    assert Order.objects.get().revision == 2


def test_a_guests_revision_gets_prices_too(shop: APIClient) -> None:
    send(shop, list_priced("1", 600))
    assert send(shop, list_priced("1", 700, revision=2)).json()["paid_ore"] == 70000


def test_what_a_revision_comes_to_is_checked_against_what_the_shop_says(
    shop: APIClient, anna: dict[str, str]
) -> None:
    send(shop, list_priced("1", 1000, member=anna))
    send(shop, list_priced("2", 200, member=anna, paid_ore=18000))
    told = problem(send(shop, list_priced("2", 300, member=anna, paid_ore=30000, revision=2)), 422)
    assert (told["type"], told["facts"]) == (
        "/problems/paid_is_not_what_it_costs",
        {"sent": 30000, "computed": 27000},
    )
