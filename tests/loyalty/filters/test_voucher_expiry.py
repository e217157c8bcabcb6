"""Checks that are about to lapse."""

from datetime import timedelta

import pytest

from tests.loyalty.filters.make import voucher
from tests.make import NOON, make_member
from tests.segments.make import meant

pytestmark = pytest.mark.django_db


def test_unused_checks_that_lapse_within_so_many_days() -> None:
    soon = NOON + timedelta(days=5)
    voucher(make_member("A"), "A", expires_at=soon)
    voucher(make_member("B"), "B", expires_at=soon + timedelta(days=1))
    voucher(make_member("C"), "C", expires_at=soon, state="redeemed", redeemed_at=NOON)
    voucher(make_member("D"), "D")
    counted = {"agg": "count", "of": "voucher_expiry", "op": "gte", "value": 1}
    assert meant({**counted, "window": {"next": [5, "day"]}}) == ["A"]
    assert meant(counted) == ["A", "B"]
