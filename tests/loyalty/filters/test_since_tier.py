from datetime import timedelta

import pytest

from loyalty.models import TierChange
from tests.loyalty.api import make
from tests.loyalty.filters.make import entry
from tests.make import NOON, make_member, make_order_row
from tests.segments.make import meant

pytestmark = pytest.mark.django_db


def test_what_was_done_since_the_tier_was_reached_however_often_it_was_kept() -> None:
    make.programme(make.AT_ONCE)
    reached, kept = NOON - timedelta(days=9), NOON - timedelta(days=1)
    for name, moves in {
        "A": [("", "silver", reached), ("silver", "silver", kept)],
        "B": [("", "silver", kept)],
        "C": [("", "silver", reached), ("silver", "", kept)],
        "D": [],
    }.items():
        member = make_member(name)
        make_order_row(member, number=name, placed_at=NOON - timedelta(days=5))
        entry(member, 100, at=NOON - timedelta(days=5))
        for previous, tier, at in moves:
            TierChange.objects.create(
                account=member.account, ladder="level", tier=tier, previous=previous, effective_at=at, recorded_at=at
            )  # fmt: skip
    since = {"window": {"since": "tier.level"}, "op": "gte", "value": 1}
    assert meant({"agg": "count", "of": "order", **since}) == ["A"]
    assert meant({"agg": "sum", "of": "point_entry", "field": "amount", **since}) == ["A"]
