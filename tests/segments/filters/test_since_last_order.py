from datetime import timedelta

import pytest

from tests.loyalty.filters.make import act
from tests.make import NOON, make_member, make_order_row
from tests.segments.make import meant

pytestmark = pytest.mark.django_db


def test_what_was_looked_at_since_the_last_order_that_stands() -> None:
    a, b, c = (make_member(name) for name in "ABC")
    for number, member in enumerate((a, b)):
        make_order_row(member, number=f"{number}", placed_at=NOON - timedelta(days=9))
    make_order_row(b, number="9", placed_at=NOON - timedelta(days=1), state="cancelled")
    make_order_row(a, number="8", placed_at=NOON - timedelta(days=1))
    for member in (a, b, c):
        act(member, "web_view", NOON - timedelta(days=2))
    act(a, "web_view", NOON - timedelta(days=1))
    since = {"agg": "count", "of": "web_view", "window": {"since": "last_order"}}
    assert meant({**since, "op": "eq", "value": 1}) == ["A", "B"]
    assert meant({**since, "op": "eq", "value": 0}) == ["C"]
