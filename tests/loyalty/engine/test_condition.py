"""A tree of what must be true of an account."""

from typing import Any

import pytest

from loyalty.engine.earning import AtSale
from loyalty.engine.values import Condition

ACCOUNT = AtSale({"points": 1_250, "spend": 0}, {"level": "silver"})
POINTS = {"meter": "points", "op": "gte", "value": "12.5"}
SILVER = {"tier": "level", "in": ["silver", "gold"]}
NEVER = {"meter": "spend", "op": "gt", "value": 0}


@pytest.mark.parametrize(
    ("document", "holds"),
    [
        ({}, True),
        (POINTS, True),
        ({**POINTS, "op": "gt"}, False),
        ({**POINTS, "op": "lte"}, True),
        ({**POINTS, "value": "12.51"}, False),
        (SILVER, True),
        ({"tier": "level", "in": ["gold"]}, False),
        ({"tier": "other", "in": ["gold"]}, False),
        ({"all": [POINTS, SILVER]}, True),
        ({"all": [POINTS, NEVER]}, False),
        ({"any": [NEVER, SILVER]}, True),
        ({"any": [NEVER, NEVER]}, False),
        ({"at_least": [POINTS, NEVER, SILVER], "count": 2}, True),
        ({"at_least": [POINTS, NEVER, SILVER], "count": 3}, False),
        ({"all": [{"any": [NEVER, POINTS]}, SILVER]}, True),
    ],
)
def test_trees(document: dict[str, Any], holds: bool) -> None:
    assert Condition.parse(document, {"points": 100, "spend": 100}).holds(ACCOUNT) is holds
