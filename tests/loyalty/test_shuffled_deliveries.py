"""A day of two shops' deliveries, doubled and shuffled: the books end the same."""

import random
from typing import Any

import pytest
from django.db import transaction

from loyalty.models import Balance, Lot
from members.models import Order, OrderReturn
from tests.loyalty.shop_door import (
    SHOPIFY_ORDER,
    SHOPIFY_REFUND,
    WOO_DONE,
    WOO_LATER,
    Shop,
    publish,
    woo_order,
    work,
)

SEEDS = 12
Day = list[tuple[Shop, str, Any]]


class Rolled(Exception):
    """Takes back what one shuffle has written."""


def a_day(shopify: Shop, woo: Shop) -> Day:
    refund = {"id": 77, "reason": "", "total": "-125.00"}
    return [
        (shopify, "customers/create", SHOPIFY_ORDER["customer"]),
        (shopify, "orders/create", SHOPIFY_ORDER),
        (shopify, "orders/updated", {**SHOPIFY_ORDER, "updated_at": "2008-01-10T11:05:00-05:00"}),
        (shopify, "refunds/create", SHOPIFY_REFUND),
        (woo, "order.created", WOO_LATER),
        (woo, "order.updated", WOO_DONE),
        (woo, "order.created", woo_order(status="pending")),
        (woo, "order.updated", woo_order(after=5)),
        (woo, "order.updated", woo_order(after=60, total="375.00")),
        (woo, "order.updated", woo_order(after=90, total="375.00", refunds=[refund])),
        (woo, "order.created", woo_order(id=901)),
        (woo, "order.updated", woo_order(id=901, after=60, status="cancelled")),
        (woo, "order.created", woo_order(id=902)),
        (woo, "order.updated", woo_order(id=902, after=60, status="refunded")),
    ]


def books() -> dict[str, Any]:
    """What must not depend on the order of arrival; an order that ended may never have been recorded."""
    return {
        "points": sorted(Balance.objects.values_list("account__members__email", "meter", "amount")),
        "left": sum(Lot.objects.values_list("remaining", flat=True)),
        "orders": sorted(Order.objects.counted().values_list("source", "number", "revision", "paid_ore")),
        "returns": sorted(OrderReturn.objects.values_list("source", "number", "amount_ore")),
    }


def books_after(day: Day, chance: random.Random) -> dict[str, Any]:
    """Deliver the day as chance has it, some of it twice, worked in gulps of chance; and take it back."""
    found: dict[str, Any] = {}
    try:
        with transaction.atomic():
            for index, (shop, topic, document) in enumerate(day):
                shop.post(topic, document, id=f"{index}-{chance.random()}")
                if chance.random() < 0.5:
                    work()
            work()
            found = books()
            raise Rolled
    except Rolled:
        return found


@pytest.mark.django_db
def test_the_books_end_the_same_however_a_day_is_shuffled() -> None:
    publish()
    day = a_day(Shop("shopify"), Shop("woocommerce"))
    expected = books_after(day, random.Random(0))
    assert [one[:2] for one in expected["orders"]] == [
        ("shopify", "450789469"), ("woocommerce", "723"), ("woocommerce", "727"), ("woocommerce", "900"),
        ("woocommerce", "902"),
    ]  # fmt: skip
    assert expected["points"] == [
        ("bob.norman@hostmail.com", "points", 136), ("joao.silva@example.com", "points", 20),
        ("joao@post.example", "points", 250),
    ]  # fmt: skip
    for seed in range(1, SEEDS + 1):
        chance = random.Random(seed)
        twice = [*day, *chance.sample(day, 5)]
        chance.shuffle(twice)
        assert books_after(twice, chance) == expected, f"seed {seed}"
