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


def test_who_has_waited_longer_than_usual_is_found_by_their_own_rhythm() -> None:
    bought("A", 50, 40, 30)
    bought("B", 300, 200, 100)
    bought("C", 40, 30)
    late = {"field": "overdue"}
    assert meant({**late, "op": "gte", "value": 3}) == ["A"]
    assert meant({**late, "op": "eq", "value": 1}) == ["B"]
    assert meant({**late, "op": "set"}) == ["A", "B"]
    assert meant({**late, "op": "not_set"}) == ["C"]
    assert meant({**late, "op": "eq", "value": 0}, NOON - timedelta(days=30)) == ["A"]
