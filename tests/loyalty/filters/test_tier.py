"""Tiers held now."""

import pytest

from loyalty.models import Standing
from tests.make import NOON, make_member
from tests.segments.make import meant

pytestmark = pytest.mark.django_db


def test_who_holds_no_tier_is_missing_it() -> None:
    for name, tiers in {
        "A": {"level": {"tier": "gold"}},
        "B": {"level": {"tier": "silver"}},
        "C": {},
    }.items():
        Standing.objects.create(account=make_member(name).account, computed_to=NOON, tiers=tiers)
    make_member("D")
    asked = {"field": "tier", "with": {"ladder": "level"}}
    assert meant({**asked, "op": "in", "value": ["gold", "platinum"]}) == ["A"]
    assert meant({**asked, "op": "ne", "value": "gold"}) == ["B"]
    assert meant({**asked, "op": "set"}) == ["A", "B"]
    assert meant({**asked, "op": "not_set"}) == ["C", "D"]
    assert meant({"not": {**asked, "op": "eq", "value": "gold"}}) == ["B", "C", "D"]
