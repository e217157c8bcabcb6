from datetime import timedelta
from typing import Any

import pytest

from loyalty.models import Standing
from segments import queries
from tests.loyalty.api import make
from tests.loyalty.filters.make import entry
from tests.make import NOON, make_member
from tests.segments.make import meant

pytestmark = pytest.mark.django_db
LEFT: dict[str, Any] = {"field": "points_to_next_tier", "with": {"ladder": "level"}}


def test_what_is_left_to_the_next_tier_is_of_the_window_that_runs() -> None:
    """Silver takes 1,000 points in a calendar year: A has 900, B 900 and a return, C those of last year, D is silver."""
    make.programme(make.AT_ONCE)
    a, b, c, d, _e = (make_member(name) for name in "ABCDE")
    for member in (a, b, d):
        entry(member, 900)
    entry(b, -200, kind="reverse")
    entry(a, -500, kind="redeem")
    entry(c, 950, at=NOON - timedelta(days=366))
    Standing.objects.create(account=d.account, computed_to=NOON, tiers={"level": {"tier": "silver"}})
    assert meant({**LEFT, "op": "lte", "value": 100}) == ["A"]
    assert meant({**LEFT, "op": "between", "value": [100, 300]}) == ["A", "B"]
    assert meant({**LEFT, "op": "eq", "value": 1_000}) == ["C", "E"]
    assert meant({**LEFT, "op": "gt", "value": 100}) == ["B", "C", "E"]
    assert meant({**LEFT, "op": "set"}) == ["A", "B", "C", "E"]
    assert meant({**LEFT, "op": "not_set"}) == ["D"]
    assert meant({"not": {**LEFT, "op": "lte", "value": 100}}) == ["B", "C", "D", "E"]


def test_what_is_left_is_told_for_one_member() -> None:
    make.programme(make.AT_ONCE)
    member = make_member("A")
    entry(member, 900)
    node = queries.read_definition({**LEFT, "op": "lte", "value": 100})
    [reason] = queries.why(node, member=member, now=NOON).reasons
    assert (reason.is_met, reason.value) == (True, "100")
