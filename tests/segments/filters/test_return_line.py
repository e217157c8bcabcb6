from datetime import datetime, timedelta

import pytest

from members.models import OrderReturn, OrderReturnLine
from tests.make import NOON, make_member, make_order_row
from tests.segments.make import meant

pytestmark = pytest.mark.django_db


def give_back(name: str, at: datetime, *quantities: str) -> None:
    member = make_member(name)
    line = make_order_row(member, placed_at=NOON - timedelta(days=90)).lines.get()
    back = OrderReturn.objects.create(
        source="web", number=name, member=member, amount_ore=0, returned_at=at, recorded_at=at
    )
    for ref, quantity in enumerate(quantities):
        OrderReturnLine.objects.create(
            order_return=back, order_line=line, ref=str(ref), sku=line.sku, quantity=quantity, amount_ore=500
        )


def test_returns_count_on_their_own_day_with_their_own_quantity() -> None:
    give_back("A", NOON, "1", "2")
    give_back("B", NOON - timedelta(days=40), "5")
    units = {"agg": "sum", "of": "return_line", "field": "qty", "op": "gte", "value": 3}
    assert meant(units) == ["A", "B"]
    assert meant({**units, "window": {"last": [30, "day"]}}) == ["A"]
    assert meant({"agg": "sum", "of": "return_line", "field": "total", "op": "eq", "value": 1_000}) == ["A"]
    counted = {"agg": "count", "of": "return_line", "op": "gte", "value": 1}
    assert meant({**counted, "where": {"product": "A-1"}}) == ["A", "B"]
    assert meant({**counted, "where": {"category_under": "home"}}) == []
