"""Three of four bodies of a story are what a shop would send, so that stories come further than their first call.

Schemathesis reads this by ``SCHEMATHESIS_HOOKS``; what links tell is laid over it afterwards.
"""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode
from zlib import crc32

import schemathesis

Body = dict[str, Any]
LONGEST_QUERY = 3_000
LINES = [{"ref": "1", "quantity": "1", "gross_ore": 60_000}]
SOUND: dict[str, Callable[[int], Body]] = {
    "members_join": lambda one: {"email": f"m{one}@post.example", "external_id": f"m{one}"},
    "members_change": lambda one: {"first_name": f"Anna {one}"},
    "quotes_make": lambda one: {"lines": LINES, "propose": True},
    "orders_record": lambda one: {"number": f"o{one}", "placed_at": "2025-05-01T10:00:00Z", "lines": LINES},
    "order_returns_record": lambda one: {"number": f"r{one}", "returned_at": "2025-05-02T10:00:00Z"},
    "returns_record": lambda one: {
        "number": f"r{one}", "returned_at": "2025-05-02T10:00:00Z", "order_number": f"o{one}",
    },
    "orders_cancel": lambda one: {"cancelled_at": "2025-05-03T10:00:00Z"},
    "points_adjust": lambda one: {"meter": "points", "amount": "600", "reason": "Sorry"},
    "vouchers_reserve": lambda one: {"order_number": f"o{one}"},
    "vouchers_release": lambda one: {"order_number": f"o{one}"},
    "vouchers_redeem": lambda one: {"order_number": f"o{one}", "amount_ore": 10_000},
    "webhooks_subscribe": lambda one: {"name": f"w{one}", "url": "https://example.com/hook"},
}  # fmt: skip


@schemathesis.hook
def map_body(context: Any, body: Any) -> Any:
    sound = SOUND.get(context.operation.definition.raw["operationId"])
    number = crc32(json.dumps(body, default=str).encode())
    return sound(number) if sound and isinstance(body, dict) and number % 4 else body


@schemathesis.hook
def before_load_schema(context: Any, raw_schema: Body) -> None:
    _read_links(raw_schema)
    _let_stories_begin(raw_schema)


def _let_stories_begin(raw_schema: Body) -> None:
    """An id of the shop's own is taken for one that another call must give first, and then no story begins there."""
    joining = raw_schema["paths"]["/api/v1/members/"]["post"]["requestBody"]["content"]["application/json"][
        "schema"
    ]
    name = joining["$ref"].rpartition("/")[2]
    raw_schema["components"]["schemas"][name]["properties"].pop("external_id")


def _read_links(raw_schema: Body) -> None:
    for methods in raw_schema["paths"].values():
        for call in methods.values():
            for answer in call["responses"].values():
                for link in answer.get("links", {}).values():
                    if "x-request-body" in link:
                        link["requestBody"] = link.pop("x-request-body")


@schemathesis.hook
def map_headers(context: Any, headers: Any) -> Any:
    """A key of a few letters is soon another call's, and then the story ends."""
    return (
        {name: value for name, value in headers.items() if name != "Idempotency-Key"} if headers else headers
    )


@schemathesis.hook
def filter_query(context: Any, query: Any) -> bool:
    """What no web server takes as an address never comes to ours."""
    return len(urlencode(query or {}, doseq=True)) < LONGEST_QUERY
