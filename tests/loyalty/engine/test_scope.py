"""Who, what, where and when something applies to."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from loyalty.engine.happening import Line, Order
from loyalty.engine.values import Scope

STOCKHOLM = ZoneInfo("Europe/Stockholm")
SHOE = Line(
    "1", 1_000, 100, sku="A-1", brand="Acme", categories=("clothes", "shoes"), flags=frozenset({"reduced"})
)


def order(at: datetime | None = None, **facts: Any) -> Order:
    return Order("o", at or datetime(2025, 3, 31, 12, tzinfo=STOCKHOLM), [SHOE], **facts)


@pytest.mark.parametrize(
    ("document", "what"),
    [
        ({}, None),
        ({"include": {"categories": ["clothes"]}}, None),
        ({"include": {"categories": ["shoes"]}}, None),
        ({"include": {"categories": ["books"]}}, "A-1"),
        ({"include": {"categories": ["books"], "brands": ["Acme"]}}, None),
        ({"include": {"products": ["A-1"]}}, None),
        ({"exclude": {"flags": ["reduced", "gift_card"]}}, "reduced"),
        ({"exclude": {"brands": ["Acme"]}}, "Acme"),
        ({"include": {"categories": ["shoes"]}, "exclude": {"products": ["A-1"]}}, "A-1"),
    ],
)
def test_what_keeps_a_line_out(document: dict[str, Any], what: str | None) -> None:
    assert Scope.parse(document).refuses_line(SHOE) == what


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ({"include": {"stores": ["malmo"]}}, None),
        ({"include": {"stores": ["lund"]}}, ("store_not_included", "malmo")),
        ({"exclude": {"stores": ["malmo"]}}, ("store_not_included", "malmo")),
        ({"include": {"channels": ["web"]}}, ("channel_not_included", "shop")),
        ({"exclude": {"channels": ["shop"]}}, ("channel_not_included", "shop")),
    ],
)
def test_where_an_order_counts(document: dict[str, Any], reason: tuple[str, str] | None) -> None:
    assert Scope.parse(document).refuses_order(order(store="malmo"), STOCKHOLM) == reason


def test_the_first_and_the_last_day_are_whole_days_where_the_club_is() -> None:
    scope = Scope.parse({"from_date": "2025-03-30", "to_date": "2025-03-31"})
    moments = ["2025-03-29T23:59:59", "2025-03-30", "2025-03-31T23:59:59", "2025-04-01"]
    reasons = [
        scope.refuses_order(order(datetime.fromisoformat(text).replace(tzinfo=STOCKHOLM)), STOCKHOLM)
        for text in moments
    ]
    assert reasons == [("before_the_dates", "2025-03-30"), None, None, ("after_the_dates", "2025-03-31")]
