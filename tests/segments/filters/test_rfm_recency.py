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


def test_the_fifth_that_bought_last_is_five_and_who_is_level_is_in_the_same() -> None:
    for name, days in {"A": 1, "B": 2, "C": 3, "D": 4, "E": 4}.items():
        bought(name, days, 100)
    make_member("F")
    found = {value: meant({"field": "rfm_recency", "op": "eq", "value": value}) for value in range(1, 6)}
    assert found == {5: ["A"], 4: ["B"], 3: ["C"], 2: ["D", "E"], 1: []}
    assert meant({"field": "rfm_recency", "op": "not_set"}) == ["F"]
