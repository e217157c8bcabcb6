"""A small server that plays WooCommerce's and Shopify's APIs, with a past to be fetched."""

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

KEY, SECRET = "ck_of_the_shop", "cs_of_the_shop"
AT_A_TIME = 2


class PastShop:
    """``orders`` and ``customers`` are what it sells; ``troubles`` are statuses it answers first, with their headers."""

    def __init__(self) -> None:
        self.rows: dict[str, list[dict[str, Any]]] = {"orders": [], "customers": []}
        self.troubles: list[tuple[int, dict[str, str]]] = []
        self.asked: list[str] = []
        self.url = ""

    def answer(self, path: str, headers: Any) -> tuple[int, dict[str, str], Any]:
        self.asked.append(path)
        if self.troubles:
            status, more = self.troubles.pop(0)
            return status, more, {"errors": "not now"}
        parts = urlsplit(path)
        query = dict(parse_qsl(parts.query))
        if parts.path.startswith("/wp-json/wc/v3/"):
            return self._woo(parts.path.rpartition("/")[2], query, headers.get("Authorization", ""))
        if parts.path.startswith("/admin/api/"):
            told = headers.get("X-Shopify-Access-Token", "")
            return self._shopify(parts, query, told)
        return 404, {}, {}

    def _woo(self, what: str, query: dict[str, str], told: str) -> tuple[int, dict[str, str], Any]:
        if told != "Basic " + base64.b64encode(f"{KEY}:{SECRET}".encode()).decode():
            return 401, {}, {}
        rows = self.rows[what]
        pages, page = -(-len(rows) // AT_A_TIME), int(query["page"])
        found = rows[(page - 1) * AT_A_TIME : page * AT_A_TIME]
        return 200, {"X-WP-Total": str(len(rows)), "X-WP-TotalPages": str(pages)}, found

    def _shopify(self, parts: Any, query: dict[str, str], told: str) -> tuple[int, dict[str, str], Any]:
        if told != SECRET:
            return 403, {}, {}
        what = parts.path.rpartition("/")[2].removesuffix(".json")
        start = int(query.get("page_info", 0))
        headers = {"X-Shopify-Shop-Api-Call-Limit": "30/40"}
        if start + AT_A_TIME < len(self.rows[what]):
            following = urlencode({"limit": AT_A_TIME, "page_info": start + AT_A_TIME})
            headers["Link"] = f'<https://somewhere.else{parts.path}?{following}>; rel="next"'
        return 200, headers, {what: self.rows[what][start : start + AT_A_TIME]}


@contextmanager
def past_shop() -> Iterator[PastShop]:
    shop = PastShop()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, headers, body = shop.answer(self.path, self.headers)
            told = body if isinstance(body, bytes) else json.dumps(body).encode()
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(told))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(told)

        def log_message(self, format: str, *args: object) -> None:
            """Nobody reads it."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    shop.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield shop
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
