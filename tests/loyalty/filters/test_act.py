"""What members did, of whatever kind."""

import pytest

from tests.loyalty.filters.make import act
from tests.make import NOON, make_member
from tests.segments.make import meant

pytestmark = pytest.mark.django_db


def test_acts_of_any_kind_are_counted_and_told_apart_by_it() -> None:
    act(make_member("A"), "yoga_class")
    act(make_member("B"), "walk")
    act(make_member("C"), "walk", undone_at=NOON)
    counted = {"agg": "count", "of": "act", "op": "gte", "value": 1}
    assert meant(counted) == ["A", "B"]
    assert meant({**counted, "where": {"kind": "walk"}}) == ["B"]
    assert meant({**counted, "where": {"weekday": "1", "hour": 12}}) == ["A", "B"]
    assert meant({**counted, "where": {"weekday": ["6", "7"]}}) == []
