"""WooCommerce's past, by its REST API v3: pages of fifty, by id, so that what is new comes after what is old."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlencode

from loyalty.connectors.history import CUSTOMERS, ORDERS, Page, Query, basic, histories
from loyalty.models import ShopConnection

AT_A_TIME = 50


@histories.register("woocommerce")
class WooCommerceHistory:
    key: ClassVar[str] = "woocommerce"
    topics: ClassVar[Mapping[str, str]] = {CUSTOMERS: "customer.updated", ORDERS: "order.updated"}

    def path(self, stage: str) -> str:
        return f"/wp-json/wc/v3/{stage}"

    def headers(self, shop: ShopConnection) -> Mapping[str, str]:
        return {"Authorization": basic(shop.api_key, shop.api_secret)}

    def first(self, stage: str, since: datetime | None) -> Query:
        query: dict[str, str | int] = {"per_page": AT_A_TIME, "page": 1, "orderby": "id", "order": "asc"}
        if since is not None and stage == ORDERS:
            query |= {"after": since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S"), "dates_are_gmt": "true"}
        return query

    def rows(self, stage: str, page: Page) -> Sequence[Mapping[str, Any]]:
        rows: Sequence[Mapping[str, Any]] = page.document
        return rows

    def rest(self, query: str, page: Page) -> str:
        told = dict(parse_qsl(query))
        number, pages = int(told["page"]), page.headers.get("x-wp-totalpages", "0")
        more = pages.isdecimal() and number < int(pages)
        return urlencode({**told, "page": number + 1}) if more else ""

    def wait(self, page: Page) -> timedelta:
        return timedelta(0)
