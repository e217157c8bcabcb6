"""What members looked at."""

from datetime import timedelta

import pytest

from tests.loyalty.filters.make import act
from tests.make import NOON, make_line_row, make_member, make_order_row
from tests.segments.make import meant

pytestmark = pytest.mark.django_db


VIEWED = {"agg": "count", "of": "web_view", "where": {"category_under": "lamps"}, "op": "gte", "value": 2}


def test_who_looked_twice_and_never_bought() -> None:
    for name, paths in {
        "A": ["home/lamps", "home/lamps/table"],
        "B": ["home/lamps", "home"],
        "C": ["", ""],
    }.items():
        member = make_member(name)
        for path in paths:
            act(member, "web_view", category_path=path)
    assert meant(VIEWED) == ["A"]


def test_who_looked_at_a_category_and_has_not_bought_of_it_since() -> None:
    for name, bought in {"A": "home/lamps", "B": "fashion", "C": ""}.items():
        member = make_member(name)
        act(member, "web_view", at=NOON - timedelta(days=2), category_path="home/lamps")
        order = make_order_row(member, placed_at=NOON - timedelta(days=1))
        make_line_row(order, ref="2", category_path=bought)
    since = {"did": "web_view", "then_not": "order_line", "mode": "since_last"}
    assert meant({**since, "same": ["category"]}) == ["B", "C"]
    assert meant(since) == []
