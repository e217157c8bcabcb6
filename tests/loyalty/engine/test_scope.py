"""Who, what, where and when something applies to."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from loyalty.engine.account import Account, Held
from loyalty.engine.happening import Line, Order, Person
from loyalty.engine.parsing import parse
from loyalty.engine.reading import Reading
from loyalty.engine.values import Scope

STOCKHOLM = ZoneInfo("Europe/Stockholm")
START = datetime(2025, 1, 1, tzinfo=STOCKHOLM)
ANYBODY = Reading(parse({"programme": "club", "meters": []}), Account(START, START, int), START)
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
    assert Scope.parse(document).refuses_order(order(store="malmo"), STOCKHOLM, ANYBODY) == reason


def test_the_first_and_the_last_day_are_whole_days_where_the_club_is() -> None:
    scope = Scope.parse({"from_date": "2025-03-30", "to_date": "2025-03-31"})
    moments = ["2025-03-29T23:59:59", "2025-03-30", "2025-03-31T23:59:59", "2025-04-01"]
    reasons = [
        scope.refuses_order(order(datetime.fromisoformat(text).replace(tzinfo=STOCKHOLM)), STOCKHOLM, ANYBODY)
        for text in moments
    ]
    assert reasons == [("before_the_dates", "2025-03-30"), None, None, ("after_the_dates", "2025-03-31")]


@pytest.mark.parametrize(
    ("document", "key"),
    [
        ({"include": {"regions": ["west"]}}, None),
        ({"include": {"regions": ["east"]}}, "region_not_included"),
        ({"include": {"countries": ["SE"]}, "exclude": {"chains": ["outlet"]}}, None),
        ({"exclude": {"chains": ["hemvist"]}}, "chain_not_included"),
        ({"weekdays": ["monday"], "time_from": "12:00", "time_to": "12:01"}, None),
        ({"weekdays": ["tuesday"]}, "not_that_weekday"),
        ({"time_from": "12:01"}, "not_at_that_time"),
        ({"time_to": "12:00"}, "not_at_that_time"),
        ({"dates": ["2025-03-31"]}, None),
        ({"not_dates": ["2025-03-31"]}, "not_that_day"),
        ({"receipt_min": 1}, None),
        ({"receipt_min": "1.01"}, "receipt_too_small"),
        ({"receipt_max": "0.99"}, "receipt_too_large"),
        ({"member_from": "2024-01-01", "member_to": "2024-01-01"}, None),
        ({"member_from": "2024-01-02"}, "joined_on_another_day"),
        ({"age_from": 18, "age_to": 18}, None),
        ({"age_from": 19}, "not_that_age"),
        ({"include": {"tiers": ["gold"]}}, None),
        ({"exclude": {"tiers": ["gold"]}}, "not_for_this_member"),
        ({"include": {"segments": ["pilot"]}}, None),
        ({"include": {"segments": ["other"]}}, "not_for_this_member"),
        ({"accepted": True}, "not_accepted"),
    ],
)
def test_who_where_and_when(document: dict[str, Any], key: str | None) -> None:
    programme = parse({
        "programme": "club",
        "meters": [{"key": "points", "name": "points"}],
        "tier_ladders": [
            {
                "key": "level",
                "name": "level",
                "meter": "points",
                "window": {"kind": "lifetime"},
                "rows": [{"key": "gold", "name": "gold", "from": 1}],
            }
        ],
    })  # fmt: skip
    account = Account(START, START, int, tiers={"level": Held("gold", None, START)})
    person = Person(
        joined_at=START.replace(year=2024), birth_date=date(2007, 3, 31), segments=frozenset({"pilot"})
    )
    at = order(store="malmo", region="west", country="SE", chain="hemvist")
    refused = Scope.parse(document).refuses_order(
        at, STOCKHOLM, Reading(programme, account, at.at, person=person)
    )
    assert (refused and refused[0]) == key


def test_only_the_share_that_is_paid_in_the_right_way_counts() -> None:
    by_card = Scope.parse({"include": {"payments": ["card"]}})
    assert by_card.paid_share(order(payments={"card": 30, "cash": 70})) == (30, 100)
    assert by_card.paid_share(order()) == (0, 1)
    assert Scope.parse({"exclude": {"payments": ["cash"]}}).paid_share(order(payments={"cash": 1})) == (0, 1)


def test_goods_are_taken_by_what_a_piece_costs_and_by_figures_they_carry() -> None:
    dear = Scope.parse({"price_min": 3})
    assert dear.refuses_line(Line("1", 2_000, 600)) is None
    assert dear.refuses_line(Line("1", 2_000, 599)) == "1"
    litres = Scope.parse({"include": {"attributes": ["litres"]}})
    assert litres.refuses_line(Line("1", 1_000, 1, attributes={"litres": 1_000})) is None
    assert litres.refuses_line(Line("1", 1_000, 1)) == "1"
