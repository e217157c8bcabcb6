from datetime import timedelta

import pytest

from tests.make import NOON, make_member
from tests.segments.make import meant

pytestmark = pytest.mark.django_db


def test_joining_is_a_moment_and_a_day_counts_whole() -> None:
    make_member("A", joined_at=NOON - timedelta(days=30))
    make_member("B", joined_at=NOON - timedelta(days=30, microseconds=1))
    assert meant({"field": "joined_at", "op": "within", "value": [30, "day"]}) == ["A"]
    assert meant({"field": "joined_at", "op": "at_least_ago", "value": [30, "day"]}) == ["A", "B"]
    assert meant({"field": "joined_at", "op": "on", "value": "2025-08-02"}) == ["A", "B"]
    assert meant({"field": "joined_at", "op": "after", "value": "2025-08-02"}) == []
