from datetime import timedelta

import pytest

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
