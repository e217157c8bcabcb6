"""The page of the language says all that a definition may hold, and every example on it can be tried."""

from typing import Any

import pytest

from segments import queries
from segments.engine import shapes
from segments.engine.window import UNITS
from segments.queries.grammar import CONDITIONS, OPERATORS, RULES, WINDOWS
from tests.segments.make import make_segment, meant

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("key", CONDITIONS)
def test_every_form_of_condition_has_an_example_that_can_be_tried(key: str) -> None:
    make_segment("vip")
    assert key in CONDITIONS[key][0]
    assert meant(CONDITIONS[key][0]) == []


@pytest.mark.parametrize("key", WINDOWS)
def test_every_window_has_an_example_that_can_be_tried(key: str) -> None:
    of = "point_lot" if key == "next" else "order"
    assert meant({"agg": "count", "of": of, "window": WINDOWS[key][0], "op": "gte", "value": 1}) == []


def test_every_operator_is_told_and_no_other() -> None:
    known = {op for operators in shapes.OPERATORS.values() for op in operators}
    assert set(OPERATORS) == known | set(shapes.KNOWN)


def test_the_whole_is_told_with_its_rules_and_limits() -> None:
    told: dict[str, Any] = queries.grammar()
    assert [one["key"] for one in told["conditions"]] == list(CONDITIONS)
    assert all(one["about"] for part in ("conditions", "windows", "operators") for one in told[part])
    assert len(told["rules"]) == len(RULES)
    assert told["limits"]["most_conditions"] == 200
    assert set(queries.described()["units"]) == set(UNITS)
    assert [one["key"] for one in queries.described()["starts"]][:2] == ["joined", "last_order"]
