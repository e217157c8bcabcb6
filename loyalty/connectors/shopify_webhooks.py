"""Shopify's webhooks: a body is what the REST API calls the thing, without the key around it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from loyalty.actions.shop_news import Buyer, Cancelled, Customer, News, Nothing, Refund, UnableToTakeIn
from loyalty.connectors import shopify
from loyalty.connectors.order_news import OrderWords
from loyalty.connectors.payload import Payload
from loyalty.connectors.webhooks import HeaderNames, webhooks
from loyalty.models import ShopConnection
from members.actions import NewOrder, NewReturn

ORDERS = ("orders/create", "orders/updated", "orders/paid", "orders/cancelled", "orders/fulfilled")
CUSTOMERS = ("customers/create", "customers/update")
# Shopify asks every shop's helpers to act on these within 30 days. They concern people, so people decide.
PRIVACY = {
    "customers/redact": "customer_wants_to_be_forgotten",
    "customers/data_request": "customer_wants_a_copy",
    "shop/redact": "shop_wants_to_be_forgotten",
}


@webhooks.register("shopify")
class ShopifyWebhooks:
    key: ClassVar[str] = "shopify"
    label: ClassVar[str] = "Shopify"
    headers: ClassVar[HeaderNames] = HeaderNames(
        signature="X-Shopify-Hmac-Sha256",
        topic="X-Shopify-Topic",
        delivery="X-Shopify-Webhook-Id",
        event="X-Shopify-Event-Id",
    )
    makes_secret: ClassVar[bool] = True
    topics: ClassVar[tuple[str, ...]] = (*ORDERS, "orders/delete", "refunds/create", *CUSTOMERS)
    steps: ClassVar[tuple[Promise, ...]] = (
        _("In Shopify, open Settings → Notifications → Webhooks."),
        _("Copy the signing secret that Shopify shows there into the field “secret” of this page."),
        _("Create one webhook for each of the topics below, in the format JSON, to the address below."),
    )
    sample: ClassVar[Mapping[str, Any]] = {
        "id": 1,
        "created_at": "2026-01-01T12:00:00+01:00",
        "financial_status": "paid",
        "currency": "SEK",
        "taxes_included": True,
        "total_price": "125.00",
        "line_items": [
            {"id": 1, "quantity": 1, "price": "125.00", "sku": "TEST", "title": "Test",
             "tax_lines": [{"price": "25.00", "rate": 0.25}]},
        ],
    }  # fmt: skip

    def read(self, shop: ShopConnection, topic: str, document: object) -> News:
        if topic in ORDERS:
            return WORDS.news(document, source=shop.source)
        if topic == "orders/delete":
            number = Payload(document).key("id")
            return Cancelled(order_number=number, revision=0, cancelled_at=None)
        if topic == "refunds/create":
            return refund_news(document, order_number=Payload(document).key("order_id"))
        if topic in CUSTOMERS:
            return Customer(buyer=customer(document))
        if topic in PRIVACY:
            raise UnableToTakeIn(PRIVACY[topic])
        return Nothing(reason="topic_is_not_used", facts={"topic": topic})


def refund_news(document: object, *, order_number: str) -> Refund:
    def read(order: NewOrder, earlier: Sequence[NewReturn]) -> NewReturn:
        return shopify.refund(document, order, earlier)

    return Refund(number=Payload(document).key("id"), order_number=order_number, read=read)


def refunds(body: Payload, number: str) -> Iterator[Refund]:
    for one in body.many("refunds"):
        yield refund_news(one.document, order_number=number)


WORDS = OrderWords(
    placed_at="created_at",
    changed_at="updated_at",
    ended_at="cancelled_at",
    standing=shopify.standing,
    order=shopify.order_as_placed,
    buyer=shopify.buyer,
    refunds=refunds,
)


def customer(document: object) -> Buyer:
    body = Payload(document)
    address = body.one("default_address")
    return Buyer(
        external_id=body.key("id", longest=120),
        email=body.text("email", "", longest=254),
        phone=body.label("phone", longest=40) or address.label("phone", longest=40),
        first_name=body.label("first_name", longest=80),
        last_name=body.label("last_name", longest=80),
    )
