"""Checks that were issued."""

import pytest

from tests.loyalty.filters.make import voucher
from tests.make import NOON, make_member
from tests.segments.make import meant

pytestmark = pytest.mark.django_db


def test_checks_are_told_apart_by_what_became_of_them() -> None:
    voucher(make_member("A"), "A")
    voucher(make_member("B"), "B", state="redeemed", redeemed_at=NOON, used_ore=4_000)
    voucher(make_member("C"), "C", state="scheduled")
    counted = {"agg": "count", "of": "voucher", "op": "gte", "value": 1}
    assert meant(counted) == ["A", "B"]
    assert meant({**counted, "where": {"state": "issued"}}) == ["A"]
    assert meant({**counted, "where": {"reward": "other"}}) == []
    assert meant({"agg": "sum", "of": "voucher", "field": "used", "op": "eq", "value": 4_000}) == ["B"]
