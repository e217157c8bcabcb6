from typing import Any

import pytest

from tests.make import make_line_row, make_member, make_order_row
from tests.segments.make import meant

pytestmark = pytest.mark.django_db


def buy(name: str, *lines: dict[str, Any]) -> None:
    order = make_order_row(make_member(name), paid_ore=0)
    order.lines.all().delete()
    for ref, line in enumerate(lines):
        make_line_row(order, ref=str(ref), **line)


def test_lines_are_those_of_the_newest_revision_with_goods_as_booked() -> None:
    buy(
        "A",
        {"category_path": "home/lamps", "brand": "X", "sku": "L-1", "quantity": "0.100"},
        {"quantity": "0.200"},
    )
    buy(
        "B",
        {"category_path": "home/lampshades", "sku": "L-2"},
        {"revision": 2, "category_path": "home/lamps"},
    )
    counted = {"agg": "count", "of": "order_line", "op": "gte", "value": 1}
    assert meant({**counted, "where": {"category_under": "lamps"}}) == ["A"]
    assert meant({**counted, "where": {"category_under": "HOME"}}) == []
    assert meant({**counted, "where": {"interest_area": "home"}}) == ["A", "B"]
    assert meant({**counted, "where": {"brand": "X"}}) == ["A"]
    assert meant({**counted, "where": {"product": ["L-2", "L-3"]}}) == ["B"]
    units = {"agg": "sum", "of": "order_line", "field": "qty"}
    assert meant({**units, "op": "eq", "value": "0.3"}) == ["A"]
    assert meant({**units, "op": "gt", "value": "0.3"}) == ["B"]
