from datetime import timedelta

import pytest

from tests.make import NOON, make_member, make_order_row
from tests.segments.make import meant

pytestmark = pytest.mark.django_db


def test_what_was_bought_before_joining_is_left_out_and_the_moment_of_joining_is_in() -> None:
    for name, before in {"A": timedelta(0), "B": timedelta(microseconds=1)}.items():
        joined = NOON - timedelta(days=9)
        make_order_row(make_member(name, joined_at=joined), number=name, placed_at=joined - before)
    since = {"agg": "count", "of": "order", "window": {"since": "joined"}, "op": "gte", "value": 1}
    assert meant(since) == ["A"]
    assert meant({"not": since}) == ["B"]
