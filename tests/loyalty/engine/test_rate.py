"""How a counted amount becomes an amount of a meter."""

from fractions import Fraction
from typing import Any

import pytest

from loyalty.engine.values import Rate

TABLE = {"rows": [{"from": 0, "value": 1}, {"from": 100, "value": 5}, {"from": 200, "value": 10}]}


def given(document: dict[str, Any], amount: int, scale: int) -> Fraction:
    rate = Rate.parse(document, {}, {}, scale)
    return rate.applied(amount, scale, rate.value.value)


@pytest.mark.parametrize(
    ("document", "amount", "expected"),
    [
        ({"kind": "per_unit", "value": 1}, 12_050, Fraction("120.5")),
        ({"kind": "per_unit", "value": "0.1"}, 10_000, Fraction(10)),
        ({"kind": "per_full", "value": 1, "step": 10}, 9_999, Fraction(9)),
        ({"kind": "per_full", "value": 5, "step": 10}, 10_000, Fraction(50)),
        ({"kind": "per_full", "value": 1, "step": "0.5"}, 149, Fraction(2)),
        ({"kind": "percent", "value": "2.5"}, 10_000, Fraction("2.5")),
        ({"kind": "fixed", "value": 7}, 1, Fraction(7)),
        ({"kind": "per_started", "value": 1, "step": 10}, 10_001, Fraction(11)),
        ({"kind": "per_started", "value": 1, "step": 10}, 10_000, Fraction(10)),
        ({"kind": "bracket", "table": TABLE}, 9_999, Fraction(1)),
        ({"kind": "bracket", "table": TABLE}, 25_000, Fraction(10)),
        ({"kind": "whole_percent", "table": TABLE}, 25_000, Fraction(25)),
        ({"kind": "marginal_percent", "table": TABLE}, 25_000, Fraction(11)),
    ],
)
def test_kinds_on_kronor(document: dict[str, Any], amount: int, expected: Fraction) -> None:
    assert given(document, amount, 100) == expected


def test_pieces_are_counted_in_thousandths() -> None:
    assert given({"kind": "per_unit", "value": 2}, 1_500, 1_000) == 3
    assert given({"kind": "per_full", "value": 1, "step": 3}, 8_000, 1_000) == 2


def test_a_tenth_is_exactly_a_tenth() -> None:
    tenth = {"kind": "per_unit", "value": "0.1"}
    assert sum(given(tenth, 100, 100) for _ in range(10)) == 1
