from datetime import timedelta

import pytest

from members.models import Member
from tests.make import NOON, make_member, make_order_row
from tests.segments.make import meant

pytestmark = pytest.mark.django_db


def bought(name: str, *days_ago: int) -> Member:
    member = make_member(name)
    for days in days_ago:
        make_order_row(member, placed_at=NOON - timedelta(days=days))
    return member


def test_the_mean_of_the_days_between_is_known_from_three_days_on() -> None:
    bought("A", 30, 10, 0)
    bought("B", 31, 10, 0)
    bought("C", 10, 0)
    bought("D", 10, 0, 0)
    make_member("E")
    gap = {"field": "purchase_gap"}
    assert meant({**gap, "op": "eq", "value": 15}) == ["A"]
    assert meant({**gap, "op": "eq", "value": "15.5"}) == ["B"]
    assert meant({**gap, "op": "between", "value": [15, 15.4]}) == ["A"]
    assert meant({**gap, "op": "gt", "value": 15}) == ["B"]
    assert meant({**gap, "op": "lt", "value": 1000}) == ["A", "B"]
    assert meant({**gap, "op": "set"}) == ["A", "B"]
    assert meant({**gap, "op": "not_set"}) == ["C", "D", "E"]
    assert meant({"not": {**gap, "op": "lt", "value": 1000}}) == ["C", "D", "E"]


def test_what_lies_ahead_and_what_was_cancelled_is_no_purchase() -> None:
    bought("A", 20, 10, -1)
    member = bought("B", 20, 10)
    make_order_row(member, state="cancelled", cancelled_at=NOON)
    assert meant({"field": "purchase_gap", "op": "set"}) == []
    assert meant({"field": "purchase_gap", "op": "eq", "value": "10.5"}, NOON + timedelta(days=1)) == ["A"]
