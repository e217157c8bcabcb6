"""Points that are about to lapse."""

from datetime import timedelta

import pytest

from tests.loyalty.filters.make import lot
from tests.make import NOON, make_member
from tests.segments.make import meant

pytestmark = pytest.mark.django_db


def test_points_that_lapse_within_so_many_days() -> None:
    lot(make_member("A"), 300, NOON + timedelta(days=30))
    lot(make_member("B"), 300, NOON + timedelta(days=30, microseconds=1))
    lot(make_member("C"), 0, NOON + timedelta(days=1))
    lot(make_member("D"), 300, None)
    lot(make_member("E"), 300, NOON + timedelta(days=9), available_from=NOON + timedelta(days=1))
    lapsing = {"agg": "sum", "of": "point_lot", "field": "remaining", "op": "gte", "value": 300}
    assert meant({**lapsing, "window": {"next": [30, "day"]}}) == ["A"]
    assert meant(lapsing) == ["A", "B"]
