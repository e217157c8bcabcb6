"""A real day of two shops' deliveries, doubled and shuffled: the books end the same, byte for byte.

``SHUFFLES=1000 .venv/bin/pytest tests/loyalty/test_shuffled_deliveries.py`` tries a thousand ways on the database of
``DATABASE_URL``; ``FIRST_SHUFFLE`` says with which seed to begin.
"""

import json
import os
import random
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from loyalty.models import Balance, Entry, Lot, ShopDelivery, Standing, Voucher
from members.models import Member, Order, OrderReturn
from tests.loyalty.api import make
from tests.loyalty.real_day import deliveries
from tests.loyalty.shop_door import SHOPIFY_ORDER, SHOPIFY_REFUND, WOO_DONE, WOO_LATER, Shop, work

FIRST = int(os.environ.get("FIRST_SHUFFLE", "1"))
SHUFFLES = int(os.environ.get("SHUFFLES", "2"))
TOLD_TWICE = 20
Day = list[tuple[Shop, str, Any]]


class Rolled(Exception):
    """Takes back what one shuffle has written."""


def a_day() -> Day:
    """The real payloads of both shops, and a real day's purchases as they tell them."""
    shops = {kind: Shop(kind) for kind in ("shopify", "woocommerce")}
    for shop in shops.values():  # connected long ago: what comes is news, not history
        shop.connection.created_at -= timedelta(days=30)
        shop.connection.save()
    return [
        (shops["shopify"], "customers/create", SHOPIFY_ORDER["customer"]),
        (shops["shopify"], "orders/create", SHOPIFY_ORDER),
        (shops["shopify"], "orders/updated", {**SHOPIFY_ORDER, "updated_at": "2008-01-10T11:05:00-05:00"}),
        (shops["shopify"], "refunds/create", SHOPIFY_REFUND),
        (shops["woocommerce"], "order.created", WOO_LATER),
        (shops["woocommerce"], "order.updated", WOO_DONE),
        *((shops[kind], topic, document) for kind, topic, document in deliveries()),
    ]


def ledger() -> bytes:
    """All that must not depend on the order of arrival.

    A correction is an entry of its own and says what came when, so entries are summed by what they are about. An order
    that ended may never have been recorded.
    """
    return written(
        entries=summed(
            Entry.objects.values_list(
                "account__members__email", "meter", "order__source", "order__number", "amount"
            )
        ),
        lots=summed(
            Lot.objects.filter(remaining__gt=0).values_list(
                "account__members__email", "meter", "earned_at", "available_from", "expires_at", "remaining"
            )
        ),
        balances=balances(),
        members=Member.objects.values_list("email", "first_name", "identities__external_id"),
        orders=Order.objects.counted().values_list(
            "source", "number", "revision", "member__email", "placed_at", "paid_ore"
        ),
        returns=OrderReturn.objects.values_list(
            "source", "number", "order_number", "returned_at", "amount_ore"
        ),
    )


def belongings() -> bytes:
    """What members have. Which purchase a check came of is history, and history is told as it was heard."""
    usable = Voucher.objects.filter(state="issued").values_list(
        "account__members__email", "reward", "value_ore"
    )
    tiers = Standing.objects.values_list("account__members__email", "tiers__level__tier")
    held = [(email, tier) for email, tier in tiers if tier]
    return written(balances=balances(), vouchers=usable, tiers=held)


def balances() -> Iterable[tuple[Any, ...]]:
    rows = Balance.objects.exclude(amount=0, debt=0)
    return rows.values_list("account__members__email", "meter", "amount", "debt")


def summed(rows: Iterable[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Rows with the same names, their amounts in one; nothing where that is nothing."""
    sums: Counter[tuple[Any, ...]] = Counter()
    for *names, amount in rows:
        sums[tuple(names)] += amount
    return [(*names, amount) for names, amount in sums.items() if amount]


def written(**told: Iterable[tuple[Any, ...]]) -> bytes:
    return json.dumps({name: sorted(map(repr, rows)) for name, rows in told.items()}, indent=1).encode()


def after(day: Day, chance: random.Random, books: Callable[[], bytes]) -> bytes:
    """Deliver the day as chance has it, worked in gulps of chance; answer the books, and take it all back."""
    found = b""
    try:
        with transaction.atomic():
            for index, (shop, topic, document) in enumerate(day):
                shop.post(topic, document, id=f"{index}-{chance.random()}")
                if chance.random() < 0.2:
                    work()
            work()
            assert not ShopDelivery.objects.filter(state="refused").exists()
            found = books()
            raise Rolled
    except Rolled:
        return found


def ways(day: Day) -> Iterator[tuple[int, Day, random.Random]]:
    """The day in other orders, some of it twice, by their seeds."""
    for seed in range(FIRST, FIRST + SHUFFLES):
        chance = random.Random(seed)
        twice = [*day, *chance.sample(day, TOLD_TWICE)]
        chance.shuffle(twice)
        yield seed, twice, chance


@pytest.mark.django_db
def test_the_ledger_ends_the_same_however_a_real_day_is_shuffled() -> None:
    make.programme({**make.QUARTERLY, "life": {}}, since=make.START.replace(year=2000))
    day = a_day()
    expected = after(day, random.Random(0), ledger)
    told = json.loads(expected)
    assert (len(told["orders"]), len(told["returns"]), len(told["members"])) == (38, 6, 16)
    for seed, shuffled, chance in ways(day):
        assert after(shuffled, chance, ledger) == expected, f"seed {seed}"


@pytest.mark.django_db
def test_members_end_with_the_same_points_checks_and_tiers_where_they_are_given_at_once() -> None:
    make.programme(make.AT_ONCE, since=make.START.replace(year=2000))
    day = a_day()
    expected = after(day, random.Random(0), belongings)
    told = json.loads(expected)
    assert (len(told["balances"]), len(told["vouchers"])) == (16, 91)
    for seed, shuffled, chance in ways(day):
        assert after(shuffled, chance, belongings) == expected, f"seed {seed}"
