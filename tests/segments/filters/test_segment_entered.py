from datetime import timedelta

import pytest

from segments import actions
from tests.make import NOON, make_member, make_order_row
from tests.segments.make import make_segment, meant

pytestmark = pytest.mark.django_db


def test_who_came_into_a_segment_of_late_is_told_from_who_was_there() -> None:
    make_order_row(make_member("A"))
    segment = make_segment()
    actions.recompute_segment(segment=segment, now=NOON)
    make_order_row(make_member("B"))
    later = NOON + timedelta(days=30)
    actions.recompute_segment(segment=segment, now=later)
    counted = {"agg": "count", "of": "segment.entered", "op": "gte", "value": 1}
    lately = {**counted, "window": {"last": [7, "day"]}}
    assert meant(counted, later) == ["A", "B"]
    assert meant(lately, later) == ["B"]
    assert meant({**lately, "where": {"segment": "other"}}, later) == []
