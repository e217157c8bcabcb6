"""WooCommerce's webhooks: a body is the answer of REST API v3 about the same thing.

There is none for refunds: an order tells of them by id and sum, so their sums are shared by its lines.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from loyalty.actions.shop_news import Buyer, Cancelled, Customer, News, Nothing, Refund
from loyalty.connectors import woocommerce
from loyalty.connectors.order_news import OrderWords
from loyalty.connectors.payload import Payload
from loyalty.connectors.webhooks import HeaderNames, webhooks
from loyalty.models import ShopConnection
from members.actions import NewOrder, NewReturn

ORDERS = ("order.created", "order.updated", "order.restored")
CUSTOMERS = ("customer.created", "customer.updated")


@webhooks.register("woocommerce")
class WooCommerceWebhooks:
    key: ClassVar[str] = "woocommerce"
    label: ClassVar[str] = "WooCommerce"
    headers: ClassVar[HeaderNames] = HeaderNames(
        signature="X-WC-Webhook-Signature",
        topic="X-WC-Webhook-Topic",
        delivery="X-WC-Webhook-Delivery-ID",
    )
    makes_secret: ClassVar[bool] = False
    topics: ClassVar[tuple[str, ...]] = (*ORDERS, "order.deleted", *CUSTOMERS)
    steps: ClassVar[tuple[Promise, ...]] = (
        _("In WordPress, open WooCommerce → Settings → Advanced → Webhooks and choose “Add webhook”."),
        _("Make one webhook for each of the topics below, with the status “Active” and API version 3."),
        _("Paste the address below as the delivery URL and the secret as the secret, and save."),
    )
    sample: ClassVar[Mapping[str, Any]] = {
        "id": 1,
        "status": "processing",
        "currency": "SEK",
        "date_created_gmt": "2026-01-01T12:00:00",
        "total": "125.00",
        "line_items": [
            {"id": 1, "quantity": 1, "subtotal": "100.00", "subtotal_tax": "25.00", "total": "100.00",
             "total_tax": "25.00", "sku": "TEST", "name": "Test"},
        ],
    }  # fmt: skip

    def read(self, shop: ShopConnection, topic: str, document: object) -> News:
        if topic in ORDERS:
            return WORDS.news(document, source=shop.source)
        if topic == "order.deleted":
            number = Payload(document).key("id")
            return Cancelled(order_number=number, revision=0, cancelled_at=None)
        if topic in CUSTOMERS:
            return Customer(buyer=customer(document))
        return Nothing(reason="topic_is_not_used", facts={"topic": topic})


def refunds(body: Payload, number: str) -> Iterator[Refund]:
    for told in body.many("refunds"):
        refund = {
            "id": told.key("id"),
            "amount": str(told.decimal("total")),
            "date_created_gmt": body.text("date_modified_gmt", body.text("date_created_gmt")),
        }

        def read(
            order: NewOrder, earlier: Sequence[NewReturn], refund: Mapping[str, str] = refund
        ) -> NewReturn:
            return woocommerce.refund(refund, order, earlier)

        yield Refund(number=refund["id"], order_number=number, read=read)


WORDS = OrderWords(
    placed_at="date_created_gmt",
    changed_at="date_modified_gmt",
    ended_at="date_modified_gmt",
    standing=woocommerce.standing,
    order=woocommerce.order_as_placed,
    buyer=woocommerce.buyer,
    refunds=refunds,
)


def customer(document: object) -> Buyer:
    body = Payload(document)
    billing = body.one("billing")
    return Buyer(
        external_id=body.key("id", longest=120),
        email=body.text("email", "", longest=254),
        phone=billing.label("phone", longest=40),
        first_name=body.label("first_name", longest=80),
        last_name=body.label("last_name", longest=80),
    )
