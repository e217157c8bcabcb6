"""Rows of a threshold and what holds from there."""

import pytest

from loyalty.engine.values import Ladder

LADDER = Ladder((0, 5_000, 10_000), ("base", "silver", "gold"))


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        (-1, None),
        (0, "base"),
        (4_999, "base"),
        (5_000, "silver"),
        (9_999, "silver"),
        (10_000, "gold"),
        (10**9, "gold"),
    ],
)
def test_a_row_holds_from_its_threshold_up_to_the_next(amount: int, expected: str | None) -> None:
    assert LADDER.at(amount) == expected


def test_below_the_first_row_the_rank_is_minus_one() -> None:
    assert [LADDER.rank(amount) for amount in (-1, 0, 5_000, 10_000)] == [-1, 0, 1, 2]
    empty: Ladder[str] = Ladder((), ())
    assert empty.at(1) is None
