"""Nothing a shop sends makes the club stumble: real payloads, garbage and our own mistakes."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from loyalty import actions
from loyalty.connectors.reasons import SENTENCES
from loyalty.connectors.webhooks import read_news
from loyalty.models import ShopDelivery
from members.actions import deliver_activities, erase_member
from members.models import Order, OrderReturn
from tests.loyalty import shop_door
from tests.loyalty.connectors.payloads import PAYLOADS, sample
from tests.loyalty.shop_door import (
    SHOPIFY_ORDER,
    SHOPIFY_REFUND,
    WOO_DONE,
    WOO_LATER,
    Shop,
    points,
    publish,
    woo_order,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def woo() -> Shop:
    publish()
    return Shop("woocommerce")


EVERYTHING = [
    ("shopify", "orders/create", SHOPIFY_ORDER),
    ("shopify", "orders/updated", sample("shopify/orders.json")["orders"][0]),
    ("shopify", "refunds/create", SHOPIFY_REFUND),
    ("shopify", "customers/create", sample("shopify/customer.json")["customer"]),
    ("shopify", "customers/update", sample("shopify/customers_search.json")["customers"][0]),
    ("shopify", "draft_orders/create", sample("shopify/draft_order.json")["draft_order"]),
    ("shopify", "order_transactions/create", sample("shopify/transaction.json")["transaction"]),
    ("shopify", "discounts/create", sample("shopify/discount_code.json")),
    ("shopify", "price_rules/create", sample("shopify/price_rule.json")),
    ("shopify", "gift_cards/create", sample("shopify/gift_card.json")),
    ("shopify", "gift_cards/update", sample("shopify/gift_card_adjustment.json")),
    ("woocommerce", "order.created", sample("woocommerce/orders_01_create-an-order.json")),
    ("woocommerce", "order.updated", WOO_LATER),
    ("woocommerce", "order.updated", WOO_DONE),
    ("woocommerce", "order.updated", sample("woocommerce/orders_04_update-an-order.json")),
    ("woocommerce", "refund.created", sample("woocommerce/order-refunds_01_create-a-refund.json")),
    ("woocommerce", "customer.created", sample("woocommerce/customers_01_create-a-customer.json")),
    ("woocommerce", "customer.updated", sample("woocommerce/customers_04_update-a-customer.json")),
    ("woocommerce", "coupon.created", sample("woocommerce/coupons_03_list-all-coupons.json")[0]),
    ("woocommerce", "action.woocommerce_add_to_cart", {"action": "woocommerce_add_to_cart", "arg": "7c"}),
    *(("woocommerce", "refund.created", one) for one in sample("woocommerce/order-refunds_03_list-all-refunds.json")),
    *(
        ("woocommerce", "order.updated", one)
        for part in sample("woocommerce/orders_06_batch-update-orders.json").values()
        for one in part
    ),
    *(
        ("woocommerce", "customer.updated", one)
        for one in sample("woocommerce/customers_03_list-all-customers.json")
    ),
    *(
        ("woocommerce", f"customer.{part}d", one)
        for part, rows in sample("woocommerce/customers_06_batch-update-customers.json").items()
        for one in rows
    ),
    ("woocommerce", "action.woocommerce_webhook_updated", sample("woocommerce/webhooks_01_create-a-webhook.json")),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "topic", "document"), EVERYTHING)
def test_every_real_payload_goes_through(kind: str, topic: str, document: Any) -> None:
    publish()
    delivery = Shop(kind).tell(topic, document)
    assert delivery.state in ("done", "passed", "waiting"), delivery.reason
    assert delivery.reason in SENTENCES
    assert (delivery.state == "waiting") is (topic == "refunds/create")


def test_no_real_payload_is_left_out() -> None:
    files = {str(path.relative_to(PAYLOADS)) for path in PAYLOADS.glob("*/*.json")}
    told = Path(__file__).read_text() + Path(shop_door.__file__).read_text()
    assert {name for name in files if f'sample("{name}")' not in told} == set()
    assert len(files) == 23


def test_real_orders_with_refunds_count_what_was_kept(woo: Shop) -> None:
    delivery = woo.tell("order.updated", WOO_DONE)  # 39.00, of which 10.00 and 9.00 were given back
    assert (delivery.state, OrderReturn.objects.count()) == ("done", 2)
    assert points() == {"João": 20}


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "body_is_not_json"),
        (b"\xff\xfe\x00", "body_is_not_json"),
        (b"[" * 100_000, "body_is_not_json"),
        (b"9" * 5000, "body_is_not_json"),
        (b"[]", "field_is_not_an_object"),
        (b"{}", "field_is_missing"),
        (b'{"id": "\\ud800", "status": "processing"}', "field_is_too_long_or_not_text"),
        (b'{"id": "\\u0000", "status": "processing"}', "field_is_too_long_or_not_text"),
        (b'{"id": 1, "status": "processing", "date_created_gmt": "soon"}', "field_is_not_a_time"),
    ],
)
def test_garbage_that_is_signed_is_kept_for_a_human_to_see(woo: Shop, body: bytes, reason: str) -> None:
    delivery = woo.tell("order.created", body)
    assert (delivery.state, delivery.reason) == ("refused", reason)


def test_a_topic_that_is_not_told_is_answered_and_logged(woo: Shop) -> None:
    assert woo.tell("", woo_order()).reason == "topic_is_not_used"


def test_a_mistake_of_ours_is_tried_again_and_holds_up_nothing_else(woo: Shop) -> None:
    def broken(shop: Any, topic: str, document: Any) -> Any:
        if document["id"] == 900:
            raise ZeroDivisionError
        return read_news(shop, topic, document)

    woo.post("order.created", woo_order())
    woo.post("order.created", woo_order(id=901))
    now = timezone.now()
    assert actions.work_deliveries(read=broken, now=now).worked == 2
    assert Order.objects.get().number == "901"
    first = ShopDelivery.objects.earliest("received_at")
    assert (first.state, first.attempts, first.due_at) == ("received", 1, now + timedelta(minutes=2))
    for _try in range(9):
        now += timedelta(hours=2)
        actions.work_deliveries(read=broken, now=now)
    first.refresh_from_db()
    assert (first.state, first.reason, first.facts) == (
        "refused",
        "unexpected",
        {"error": "ZeroDivisionError"},
    )
    actions.retry_delivery(delivery=first, now=now)
    assert actions.work_deliveries(read=read_news, now=now).worked == 1
    assert Order.objects.count() == 2


# -- Kept no longer than needed -------------------------------------------------------------------------------


def test_bodies_are_wiped_after_a_month_and_deliveries_dropped_after_three(woo: Shop) -> None:
    delivery = woo.tell("order.created", woo_order())
    assert json.loads(delivery.body)["id"] == 900
    actions.forget_deliveries(now=timezone.now() + timedelta(days=31))
    delivery.refresh_from_db()
    assert delivery.body == ""
    with pytest.raises(actions.UnableToTakeIn) as refused:
        actions.retry_delivery(delivery=delivery, now=timezone.now())
    assert refused.value.key == "body_was_wiped"
    assert actions.forget_deliveries(now=timezone.now() + timedelta(days=91)) == 1


def test_what_a_shop_told_of_a_member_is_wiped_when_the_member_is_erased(woo: Shop) -> None:
    delivery = woo.tell("order.created", woo_order())
    assert delivery.member is not None
    erase_member(member=delivery.member, reason="asked", actor="test", now=timezone.now())
    deliver_activities(now=timezone.now())
    delivery.refresh_from_db()
    assert delivery.body == ""
