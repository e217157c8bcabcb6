from datetime import UTC, datetime, timedelta

import pytest

from members.models import Order, OrderReturn, OrderReturnLine
from tests.make import NOON, make_member, make_order_row, make_store
from tests.segments.make import meant

pytestmark = pytest.mark.django_db


def test_orders_are_counted_and_narrowed_by_where_and_how_they_were_bought() -> None:
    gbg = make_store("gbg", region="west", country="SE", chain="own")
    first, second = make_member("A"), make_member("B")
    make_order_row(first, store=gbg, paid_ore=500)
    make_order_row(second, channel="web", paid_ore=1_500)
    make_order_row(second, state="cancelled", paid_ore=99_000, cancelled_at=NOON)
    counted = {"agg": "count", "of": "order", "op": "gte", "value": 1}
    for where, names in (
        ({"store": "gbg"}, ["A"]),
        ({"region": ["west", "east"]}, ["A"]),
        ({"chain": "own", "country": "SE"}, ["A"]),
        ({"channel": {"op": "ne", "value": "shop"}}, ["B"]),
        ({"total": {"op": "gte", "value": 501}}, ["B"]),
        ({"currency": "SEK"}, ["A", "B"]),
        ({"store": {"op": "not_set"}}, ["B"]),
    ):
        assert meant({**counted, "where": where}) == names
    assert meant({"agg": "max", "of": "order", "field": "total", "op": "gte", "value": 1_501}) == []
    assert meant({"agg": "sum", "of": "order", "field": "gross", "op": "eq", "value": 1_500}) == ["B"]


def test_only_orders_of_the_same_store_are_in_common() -> None:
    gbg, sthlm = make_store("gbg"), make_store("sthlm")
    for name, stores in (("A", [gbg, gbg]), ("B", [gbg, sthlm])):
        member = make_member(name)
        for days, store in enumerate(stores):
            make_order_row(member, store=store, placed_at=NOON - timedelta(days=9 - days))
    only_once = {"did": "order", "then_not": "order", "mode": "since_first", "same": ["store"]}
    assert meant(only_once) == ["B"]


def test_what_was_kept_is_what_was_paid_less_what_had_come_back_by_then() -> None:
    for name, amount in {"A": 400, "B": 1_200}.items():
        order = make_order_row(make_member(name), paid_ore=1_000)
        give_back(order, amount)
        make_order_row(order.member, paid_ore=50)
    kept = {"agg": "sum", "of": "order", "field": "kept"}
    assert meant({**kept, "op": "eq", "value": 650}, NOON + timedelta(days=2)) == ["A"]
    assert meant({**kept, "op": "eq", "value": -150}, NOON + timedelta(days=2)) == ["B"]
    assert meant({**kept, "op": "eq", "value": 1_050}) == ["A", "B"]
    lines = {**kept, "of": "order_line"}
    assert meant({**lines, "op": "lt", "value": 0}, NOON + timedelta(days=2)) == ["B"]
    dear = {"agg": "avg", "of": "order", "field": "kept", "op": "eq", "value": 325}
    assert meant(dear, NOON + timedelta(days=2)) == ["A"]


def give_back(order: Order, amount: int) -> None:
    """In two parts of one line, so that a join would count the order twice."""
    at = NOON + timedelta(days=1)
    back = OrderReturn.objects.create(
        source="web",
        number=order.number,
        member=order.member,
        amount_ore=amount,
        returned_at=at,
        recorded_at=at,
    )
    for ref in "12":
        OrderReturnLine.objects.create(
            order_return=back, order_line=order.lines.get(), ref=ref, quantity=1, amount_ore=amount // 2
        )


def test_orders_are_narrowed_by_the_club_s_weekday_and_hour() -> None:
    make_order_row(make_member("A"), placed_at=datetime(2025, 8, 30, 22, 30, tzinfo=UTC))
    make_order_row(make_member("B"), placed_at=datetime(2025, 8, 30, 21, 59, tzinfo=UTC))
    counted = {"agg": "count", "of": "order", "op": "gte", "value": 1}
    assert meant({**counted, "where": {"weekday": 7}}) == ["A"]
    assert meant({**counted, "where": {"weekday": "6", "hour": 23}}) == ["B"]
    assert meant({**counted, "where": {"hour": {"op": "lt", "value": 1}}}) == ["A"]
