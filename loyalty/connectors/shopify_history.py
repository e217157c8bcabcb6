"""Shopify's past, by its Admin REST API: each page names the next, and tells how much of the allowance is used."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar

from loyalty.connectors.history import CUSTOMERS, ORDERS, Page, Query, histories, query_of
from loyalty.models import ShopConnection

VERSION = "2025-01"
AT_A_TIME = 100
NEXT = re.compile(r'<([^<>]+)>;\s*rel="next"')
# Shopify lets two calls a second leak out of a bucket; the shop's other helpers need some of it.
CALLS_PER_SECOND = 2
USED_AT_MOST = 0.5


@histories.register("shopify")
class ShopifyHistory:
    key: ClassVar[str] = "shopify"
    topics: ClassVar[Mapping[str, str]] = {CUSTOMERS: "customers/update", ORDERS: "orders/updated"}

    def path(self, stage: str) -> str:
        return f"/admin/api/{VERSION}/{stage}.json"

    def headers(self, shop: ShopConnection) -> Mapping[str, str]:
        return {"X-Shopify-Access-Token": shop.api_secret}

    def first(self, stage: str, since: datetime | None) -> Query:
        query: dict[str, str | int] = {"limit": AT_A_TIME}
        if stage == ORDERS:
            query |= {"status": "any", "order": "created_at asc"}
            query |= {"created_at_min": since.isoformat()} if since is not None else {}
        return query

    def rows(self, stage: str, page: Page) -> Sequence[Mapping[str, Any]]:
        rows: Sequence[Mapping[str, Any]] = page.document[stage]
        return rows

    def rest(self, query: str, page: Page) -> str:
        found = NEXT.search(page.headers.get("link", ""))
        return query_of(found[1]) if found else ""

    def wait(self, page: Page) -> timedelta:
        used, _slash, of = page.headers.get("x-shopify-shop-api-call-limit", "").partition("/")
        if not (used.isdecimal() and of.isdecimal()):
            return timedelta(0)
        too_many = int(used) - int(of) * USED_AT_MOST
        return timedelta(seconds=max(too_many / CALLS_PER_SECOND, 0))
