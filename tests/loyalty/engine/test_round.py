"""To which step, and which way."""

from fractions import Fraction
from typing import Any

import pytest

from loyalty.engine.values import Round


@pytest.mark.parametrize(
    ("document", "exact", "expected"),
    [
        ({}, "12.99", 12),
        ({"mode": "floor"}, "13", 13),
        ({"mode": "ceil"}, "12.01", 13),
        ({"mode": "ceil"}, "12", 12),
        ({"mode": "half_up"}, "12.5", 13),
        ({"mode": "half_up"}, "12.49", 12),
        ({"mode": "floor", "step": 5}, "14.9", 10),
        ({"mode": "ceil", "step": 5}, "10.1", 15),
        ({"mode": "half_up", "step": 10}, "15", 20),
        ({"mode": "none"}, "12.99", 12),
    ],
)
def test_modes_on_a_meter_of_whole_points(document: dict[str, Any], exact: str, expected: int) -> None:
    assert Round.parse(document).applied(Fraction(exact), 1) == expected


@pytest.mark.parametrize(
    ("document", "expected"),
    [({"mode": "none"}, 1_299), ({"mode": "floor", "step": "0.5"}, 1_250), ({"mode": "half_up"}, 1_300)],
)
def test_a_meter_with_decimals_keeps_what_the_step_allows(document: dict[str, Any], expected: int) -> None:
    assert Round.parse(document).applied(Fraction("12.999"), 100) == expected


def test_a_half_is_rounded_up_and_never_to_even() -> None:
    half_up = Round("half_up")
    assert [half_up.applied(Fraction(n, 2), 1) for n in (1, 3, 5, 7)] == [1, 2, 3, 4]
