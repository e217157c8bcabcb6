"""Checks that were used."""

from datetime import timedelta

import pytest

from tests.loyalty.filters.make import voucher
from tests.make import NOON, make_member
from tests.segments.make import meant

pytestmark = pytest.mark.django_db


def test_a_check_counts_on_the_day_it_was_used() -> None:
    used = {"state": "redeemed", "used_ore": 5_000}
    voucher(make_member("A"), "A", redeemed_at=NOON, **used)
    voucher(make_member("B"), "B", redeemed_at=NOON - timedelta(days=31), **used)
    voucher(make_member("C"), "C")
    counted = {"agg": "count", "of": "voucher_use", "op": "gte", "value": 1}
    assert meant(counted) == ["A", "B"]
    assert meant({**counted, "window": {"last": [30, "day"]}}) == ["A"]
    assert meant({"last": "voucher_use", "op": "at_least_ago", "value": [31, "day"]}) == ["B"]
