from datetime import timedelta

import pytest

from members.models import Order
from segments import actions
from tests.make import NOON, make_member, make_order_row
from tests.segments.make import make_segment, meant

pytestmark = pytest.mark.django_db


def test_who_left_a_segment_of_late_is_known_also_once_they_are_back() -> None:
    orders = [make_order_row(make_member(name)) for name in ("A", "B", "C")]
    segment = make_segment()
    actions.recompute_segment(segment=segment, now=NOON)
    Order.objects.filter(pk__in=[one.pk for one in orders[:2]]).update(state="cancelled")
    actions.recompute_segment(segment=segment, now=NOON + timedelta(days=1))
    Order.objects.filter(pk=orders[0].pk).update(state="placed")
    actions.recompute_segment(segment=segment, now=NOON + timedelta(days=2))
    left = {"agg": "count", "of": "segment.left", "where": {"segment": "buyers"}, "op": "gte", "value": 1}
    later = NOON + timedelta(days=8)
    assert meant(left, later) == ["A", "B"]
    assert meant({**left, "window": {"last": [7, "day"]}}, later) == ["A", "B"]
    assert meant({**left, "window": {"last": [6, "day"]}}, later) == []
    assert meant({**left, "where": {"segment": "other"}}, later) == []
