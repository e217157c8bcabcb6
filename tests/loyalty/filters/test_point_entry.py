"""What the ledger says."""

from datetime import timedelta

import pytest

from tests.loyalty.filters.make import entry
from tests.make import NOON, make_member
from tests.segments.make import meant

pytestmark = pytest.mark.django_db


def test_what_was_earned_and_what_was_used_are_sums_of_the_ledger_and_all_of_an_account_share_them() -> None:
    first = make_member("A")
    make_member("B", account=first.account)
    second = make_member("C")
    make_member("D")
    entry(first, 500, at=NOON - timedelta(days=40))
    entry(first, 200)
    entry(first, -600, "redeem")
    entry(second, 90, meter="stamps")
    earned = {
        "agg": "sum",
        "of": "point_entry",
        "field": "amount",
        "where": {"meter": "points", "kind": "earn"},
    }
    assert meant({**earned, "op": "gte", "value": 700}) == ["A", "B"]
    assert meant({**earned, "window": {"last": [30, "day"]}, "op": "eq", "value": 200}) == ["A", "B"]
    assert meant({**earned, "op": "lt", "value": 1}) == ["C", "D"]
    net = {"agg": "sum", "of": "point_entry", "field": "amount", "where": {"meter": "points"}}
    assert meant({**net, "op": "between", "value": [-5, 100]}) == ["A", "B", "C", "D"]
    assert meant({"agg": "min", **net, "op": "lt", "value": 0} | {"agg": "min"}) == ["A", "B"]
