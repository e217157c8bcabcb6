"""A shop's past is fetched page by page, goes on where it stopped, and counts without a word to anybody."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from loyalty import actions
from loyalty.actions.pulls import ShopDidNotAnswer
from loyalty.connectors.history import asked, pull_page
from loyalty.models import Balance, ShopDelivery, ShopPull
from members.models import Activity, Member, Order
from tests.loyalty.connectors.payloads import sample
from tests.loyalty.past_shop import KEY, SECRET, PastShop, past_shop
from tests.loyalty.shop_door import SHOPIFY_ORDER, Shop, points, publish, woo_order, work

pytestmark = pytest.mark.django_db


@pytest.fixture
def past(settings: Settings) -> Iterator[PastShop]:
    settings.WEBHOOKS_MAY_BE_LOCAL = True
    publish()
    with past_shop() as shop:
        yield shop


def connect(past: PastShop, kind: str = "woocommerce") -> Shop:
    return Shop(kind, api_url=past.url, api_key=KEY, api_secret=SECRET)


def run(*, later: timedelta = timedelta(0)) -> int:
    return actions.run_pulls(ask=pull_page, now=timezone.now() + later).pages


def start(shop: Shop, **facts: Any) -> ShopPull:
    told: dict[str, Any] = {"since": None, "now": timezone.now(), "actor": "vera", **facts}
    return actions.start_pull(shop=shop.connection, **told)


def test_woocommerces_customers_and_orders_come_in_pages_and_count_as_history(past: PastShop) -> None:
    past.rows["orders"] = [woo_order(id=number) for number in range(1, 6)]
    past.rows["customers"] = sample("woocommerce/customers_03_list-all-customers.json")
    pull = start(connect(past))
    assert run() == 4
    pull.refresh_from_db()
    assert (pull.state, pull.pages, pull.found) == ("finished", 4, 7)
    work()
    assert (points(), Order.objects.count()) == ({"João": 2500}, 5)
    assert not Activity.objects.filter(kind="order.recorded", delivered_at__isnull=True).exists()
    assert set(ShopDelivery.objects.values_list("state", flat=True)) == {"done"}


def test_shopifys_pages_are_followed_at_the_shops_own_address_and_at_the_pace_it_can_bear(
    past: PastShop,
) -> None:
    past.rows["orders"] = [{**SHOPIFY_ORDER, "id": number, "refunds": []} for number in range(1, 4)]
    pull = start(connect(past, "shopify"))
    assert run() == 1  # customers; then it waits, as 30 of 40 calls are used
    pull.refresh_from_db()
    assert (pull.stage, pull.due_at is not None and pull.due_at > timezone.now()) == ("orders", True)
    assert [run(later=timedelta(seconds=6 * turn)) for turn in (1, 2)] == [1, 1]
    pull.refresh_from_db()
    assert (pull.state, pull.found) == ("finished", 3)
    assert "page_info=2" in past.asked[-1]
    work(later=timedelta(minutes=1))
    assert Order.objects.filter(source="shopify").count() == 3


def test_what_the_shop_asks_for_is_kept_to_and_costs_no_attempt(past: PastShop) -> None:
    past.troubles = [(429, {"Retry-After": "2.0"})] * 12
    past.rows["orders"] = [woo_order()]
    pull = start(connect(past))
    for turn in range(12):
        assert run(later=timedelta(seconds=3 * turn)) == 1
    pull.refresh_from_db()
    assert (pull.state, pull.attempts, pull.problem) == ("running", 0, "shop_asks_to_wait")
    run(later=timedelta(seconds=60))
    pull.refresh_from_db()
    assert (pull.state, pull.problem, pull.found) == ("finished", "", 1)


def test_a_shop_in_trouble_is_asked_again_later_and_in_the_end_no_more(past: PastShop) -> None:
    past.troubles = [(502, {})] * 10
    pull = start(connect(past))
    assert [run(), run()] == [1, 0]
    for turn in range(1, 10):
        run(later=timedelta(hours=2 * turn))
    pull.refresh_from_db()
    assert (pull.state, pull.problem, pull.facts) == ("failed", "shop_is_in_trouble", {"status": "502"})


def test_a_key_that_is_refused_stops_it_at_once_and_with_a_new_one_it_goes_on_where_it_was(
    past: PastShop,
) -> None:
    past.rows["orders"] = [woo_order(id=number) for number in range(1, 6)]
    shop = connect(past)
    pull = start(shop)
    actions.run_pulls(ask=pull_page, now=timezone.now(), limit=2)
    past.troubles = [(401, {})]
    assert run() == 1
    pull.refresh_from_db()
    assert (pull.state, pull.problem, pull.pages) == ("failed", "shop_refuses_the_key", 2)
    actions.resume_pull(shop=shop.connection, now=timezone.now())
    assert run() == 2
    pull.refresh_from_db()
    assert (pull.state, pull.found) == ("finished", 5)


def test_a_worker_that_dies_on_a_page_leaves_it_to_the_next_and_nothing_counts_twice(past: PastShop) -> None:
    past.rows["orders"] = [woo_order(id=number) for number in range(1, 4)]
    pull = start(connect(past))

    def dies(pull: ShopPull) -> Any:
        pull_page(pull)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        actions.run_pulls(ask=dies, now=timezone.now())
    assert run() == 0
    assert run(later=timedelta(minutes=3)) == 3
    again = start(Shop("shopify", name="Other", source="other", api_url=past.url, api_secret=SECRET))
    assert again.pk != pull.pk
    work(later=timedelta(minutes=4))
    assert points() == {"João": 1500}


def test_fetched_twice_and_told_by_webhook_too_it_counts_once(past: PastShop) -> None:
    past.rows["orders"] = [woo_order()]
    shop = connect(past)
    for _twice in range(2):
        start(shop)
        run()
    shop.tell("order.updated", woo_order())
    assert (points(), Order.objects.count()) == ({"João": 500}, 1)


def test_it_is_started_once_at_a_time_with_a_key_and_is_stopped_by_hand(past: PastShop) -> None:
    keyless = Shop("shopify", api_url=past.url)
    with pytest.raises(actions.UnableToPull) as refused:
        start(keyless)
    assert refused.value.key == "api_is_not_set"
    shop = connect(past)
    pull = start(shop)
    with pytest.raises(actions.UnableToPull) as refused:
        start(shop)
    assert refused.value.key == "pull_is_running"
    actions.stop_pull(shop=shop.connection, now=timezone.now())
    assert run() == 0
    pull.refresh_from_db()
    assert pull.state == "stopped"


def test_only_what_was_bought_since_a_day_is_asked_for(past: PastShop) -> None:
    start(
        connect(past), since=timezone.now().replace(year=2024, month=1, day=31, hour=12, minute=0, second=0)
    )
    run()
    assert any("after=2024-01-31T12%3A00%3A00" in one for one in past.asked)


@pytest.mark.parametrize("body", [b"<html>", b"{}", b"[1]", b"[{}]", b"null"])
def test_a_page_that_is_something_else_stops_it_with_a_word(past: PastShop, body: bytes) -> None:
    past.answer = lambda path, headers: (200, {}, body)  # type: ignore[method-assign]
    pull = start(connect(past))
    run()
    pull.refresh_from_db()
    assert (pull.state, pull.problem) == ("failed", "shop_answered_something_else")
    assert not ShopDelivery.objects.exists()


def test_a_shop_at_home_is_not_asked(settings: Settings) -> None:
    settings.WEBHOOKS_MAY_BE_LOCAL = False
    with pytest.raises(ShopDidNotAnswer) as refused:
        asked("https://127.0.0.1/wp-json/wc/v3/orders", {})
    assert (refused.value.key, refused.value.is_final) == ("address_is_not_public", True)


def test_keys_do_not_lie_open_in_the_database(past: PastShop) -> None:
    connect(past)
    with connection.cursor() as cursor:
        cursor.execute("SELECT api_key, api_secret FROM loyalty_shopconnection")
        [(key, secret)] = cursor.fetchall()
    assert KEY not in key
    assert SECRET not in secret
    assert (Member.objects.count(), Balance.objects.count()) == (0, 0)
