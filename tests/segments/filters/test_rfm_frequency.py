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


def test_who_bought_most_often_is_in_the_best_fifth() -> None:
    for times, name in enumerate("ABCDE", 1):
        bought(name, *range(times))
    assert meant({"field": "rfm_frequency", "op": "gte", "value": 4}) == ["D", "E"]
    assert meant({"field": "rfm_frequency", "op": "lte", "value": 1}) == ["A"]
