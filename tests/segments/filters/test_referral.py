from datetime import timedelta

import pytest

from tests.make import NOON, make_member, make_order_row
from tests.segments.make import meant

pytestmark = pytest.mark.django_db


def test_friends_qualify_by_a_purchase_that_stands() -> None:
    alice, bob = make_member("A"), make_member("B")
    make_order_row(make_member("C", referrer=alice, joined_at=NOON))
    make_order_row(make_member("D", referrer=bob, joined_at=NOON), state="cancelled", cancelled_at=NOON)
    counted = {"agg": "count", "of": "referral", "op": "gte", "value": 1}
    assert meant(counted) == ["A", "B"]
    assert meant({**counted, "where": {"state": "qualified"}}) == ["A"]
    assert meant({**counted, "where": {"state": "pending"}}) == []
    assert meant({**counted, "where": {"state": "reversed"}}) == ["B"]
    assert meant(counted, NOON - timedelta(seconds=1)) == []
