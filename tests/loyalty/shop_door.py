"""A webshop as the club meets it: somebody who signs what they post."""

import json
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from loyalty import actions
from loyalty.connectors.webhooks import read_news, signature_of, webhooks
from loyalty.models import Balance, ShopConnection, ShopDelivery
from tests.loyalty.api import make
from tests.loyalty.connectors.payloads import sample

SECRET = "a secret of some length"
SHOPIFY_ORDER = sample("shopify/order.json")["order"]
SHOPIFY_REFUND = sample("shopify/refund.json")["refund"]
[WOO_LATER, WOO_DONE] = sample("woocommerce/orders_03_list-all-orders.json")


class Shop:
    """Posts signed webhooks to the club's own address for it."""

    def __init__(self, kind: str, **facts: Any) -> None:
        told: dict[str, Any] = {"name": kind.title(), "source": kind, "joins_customers": True, **facts}
        self.connection = actions.connect_shop(
            kind=kind, secret=SECRET, now=timezone.now(), actor="test", **told
        )
        self.names = webhooks[kind].headers
        self.address = reverse("shop_webhook", args=[self.connection.pk])
        self._ids = count(1)
        self._client = Client()

    def post(self, topic: str, document: Any, *, id: str = "", event: str = "", secret: str = SECRET) -> Any:
        body = document if isinstance(document, bytes) else json.dumps(document).encode()
        headers = {
            self.names.topic: topic,
            self.names.delivery: id or f"d-{next(self._ids)}",
            self.names.signature: signature_of(body, secret),
        }
        if event:
            headers[self.names.event] = event
        return self._client.post(self.address, body, content_type="application/json", headers=headers)

    def tell(self, topic: str, document: Any, **ids: str) -> ShopDelivery:
        """Post, have it worked, and return what became of it."""
        answer = self.post(topic, document, **ids)
        assert answer.status_code == 200, answer.content
        work()
        return ShopDelivery.objects.order_by("received_at", "id").filter(shop=self.connection).latest("id")

    def reload(self) -> ShopConnection:
        self.connection.refresh_from_db()
        return self.connection


def work(*, later: timedelta = timedelta(0)) -> int:
    """Work whatever is due, until nothing is."""
    now: datetime = timezone.now() + later
    worked = 0
    while run := actions.work_deliveries(read=read_news, now=now).worked:
        worked += run
    return worked


def publish() -> None:
    """A point for each krona, since before the oldest of the real orders; nothing ends by itself."""
    make.programme({**make.QUARTERLY, "life": {}}, since=make.START.replace(year=2000))


def woo_order(**facts: Any) -> dict[str, Any]:
    """An order of 500 kr of customer 27, changed ``facts["after"]`` seconds after it was made."""
    after = timedelta(seconds=facts.pop("after", 0))
    placed = timezone.now().replace(microsecond=0) - timedelta(days=1)
    line = {
        "id": 1, "quantity": 2, "subtotal": "400.00", "subtotal_tax": "100.00", "total": "400.00",
        "total_tax": "100.00", "sku": "LAMP", "name": "Lamp",
    }  # fmt: skip
    return {
        "id": 900, "status": "processing", "currency": "SEK", "total": "500.00", "customer_id": 27,
        "date_created_gmt": placed.strftime("%Y-%m-%dT%H:%M:%S"),
        "date_modified_gmt": (placed + after).strftime("%Y-%m-%dT%H:%M:%S"),
        "billing": {"email": "joao@post.example", "first_name": "João"}, "line_items": [line], **facts,
    }  # fmt: skip


def points() -> dict[str, int]:
    """What each member has, in whole points, by first name."""
    rows = Balance.objects.filter(meter="points").values_list("account__members__first_name", "amount")
    return dict(rows)
