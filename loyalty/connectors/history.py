"""What the pulling of every shop's past has in common: one page asked for over HTTPS, and what went wrong with it."""

import base64
import http.client
import json
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar, Protocol
from urllib.parse import urlencode, urlsplit

from loyalty.actions.pulls import PulledPage, ShopDidNotAnswer, Told
from loyalty.models import ShopConnection, ShopPull
from members.actions.webhook_calls import Pinned, UnableToCall, checked_url, public_address
from members.registry import Registry

LARGEST_PAGE = 32 * 1024 * 1024
LONGEST_WAIT = timedelta(hours=1)
USUAL_WAIT = timedelta(seconds=10)
CUSTOMERS, ORDERS = "customers", "orders"
Query = Mapping[str, str | int]


@dataclass(frozen=True, slots=True)
class Page:
    """A page as the shop answered it: the parsed body, and headers by their lower-case names."""

    document: Any
    headers: Mapping[str, str]


class ShopHistory(Protocol):
    """``first`` is the query of a stage's first page; ``rest`` that of the page after one, empty after the last."""

    key: ClassVar[str]
    topics: ClassVar[Mapping[str, str]]

    def path(self, stage: str) -> str: ...
    def headers(self, shop: ShopConnection) -> Mapping[str, str]: ...
    def first(self, stage: str, since: datetime | None) -> Query: ...
    def rows(self, stage: str, page: Page) -> Sequence[Mapping[str, Any]]: ...
    def rest(self, query: str, page: Page) -> str: ...
    def wait(self, page: Page) -> timedelta: ...


histories: Registry[type[ShopHistory]] = Registry("shop history")


def pull_page(pull: ShopPull) -> PulledPage:
    """The page that ``pull`` has come to. Raises ``ShopDidNotAnswer``."""
    shop = pull.shop
    if shop.kind not in histories:
        raise ShopDidNotAnswer("kind_of_shop_is_gone", is_final=True, kind=shop.kind)
    history = histories[shop.kind]()
    stages = [CUSTOMERS, ORDERS] if shop.joins_customers else [ORDERS]
    stage = pull.stage or stages[0]
    query = pull.place or urlencode(history.first(stage, pull.since))
    page = asked(f"{shop.api_url.rstrip('/')}{history.path(stage)}?{query}", history.headers(shop))
    told = [_told(history.topics[stage], row) for row in _rows(history, stage, page)]
    place = history.rest(query, page) if told else ""
    following = stages[stages.index(stage) + 1 :] if not place else [stage]
    return PulledPage(told, following[0] if following else "", place, history.wait(page))


def _rows(history: ShopHistory, stage: str, page: Page) -> Sequence[Mapping[str, Any]]:
    try:
        rows = history.rows(stage, page)
    except (KeyError, TypeError):
        raise ShopDidNotAnswer("shop_answered_something_else", is_final=True) from None
    if not isinstance(rows, list) or not all(isinstance(row, dict) and "id" in row for row in rows):
        raise ShopDidNotAnswer("shop_answered_something_else", is_final=True)
    return rows


def _told(topic: str, row: Mapping[str, Any]) -> Told:
    body = json.dumps(row, ensure_ascii=True)
    return Told(topic, str(row["id"])[:40], body)


def basic(name: str, secret: str) -> str:
    """The value of an ``Authorization`` header."""
    return "Basic " + base64.b64encode(f"{name}:{secret}".encode()).decode()


def asked(url: str, headers: Mapping[str, str]) -> Page:
    """One GET: to a public address that was checked, following no redirect. Raises ``ShopDidNotAnswer``."""
    try:
        target = checked_url(url)
        address = public_address(target)
        with closing(Pinned(target, address)) as connection:
            told = {"Accept": "application/json", "User-Agent": "Stamkund", **headers}
            connection.request("GET", f"{target.path}?{target.query}", headers=told)
            answer = connection.getresponse()
            body = answer.read(LARGEST_PAGE + 1)
            if connection.is_cut:
                raise TimeoutError
    except UnableToCall as error:
        raise ShopDidNotAnswer(error.key, is_final=error.key != "host_is_not_known") from None
    except (OSError, http.client.HTTPException) as error:
        raise ShopDidNotAnswer("shop_did_not_answer", error=type(error).__name__) from None
    return _page(answer, body)


def _page(answer: http.client.HTTPResponse, body: bytes) -> Page:
    headers = {name.lower(): value for name, value in answer.getheaders()}
    if answer.status == 429 or (answer.status == 503 and "retry-after" in headers):
        raise ShopDidNotAnswer("shop_asks_to_wait", wait=waiting(headers.get("retry-after", "")))
    if answer.status in (401, 403):
        raise ShopDidNotAnswer("shop_refuses_the_key", is_final=True, status=answer.status)
    if answer.status >= 500:
        raise ShopDidNotAnswer("shop_is_in_trouble", status=answer.status)
    if answer.status != 200 or len(body) > LARGEST_PAGE:
        raise ShopDidNotAnswer("shop_has_no_such_page", is_final=True, status=answer.status)
    try:
        return Page(json.loads(body), headers)
    except (ValueError, RecursionError):
        raise ShopDidNotAnswer("shop_answered_something_else", is_final=True) from None


def waiting(header: str) -> timedelta:
    """``Retry-After`` in seconds, which Shopify writes with decimals; anything else is the usual while."""
    try:
        seconds = float(header)
    except ValueError:
        return USUAL_WAIT
    return min(timedelta(seconds=max(seconds, 1)), LONGEST_WAIT) if seconds == seconds else USUAL_WAIT


def query_of(url: str) -> str:
    """The query alone: whatever host a shop names, it is asked at its own."""
    return urlsplit(url).query
