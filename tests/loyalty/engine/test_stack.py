"""What happens when several rules give of the same meter."""

import pytest

from loyalty.engine.values.stack import kept


@pytest.mark.parametrize(
    ("kinds", "amounts", "expected"),
    [
        (["add", "add"], [10, 5], [0, 1]),
        (["add", "add"], [10, 0], [0]),
        (["best", "best"], [10, 20], [1]),
        (["best", "best"], [20, 20], [0]),
        (["add", "best", "best"], [1, 10, 20], [0, 2]),
        (["add", "replace"], [100, 5], [1]),
        (["add", "replace"], [100, 0], [0]),
        (["replace", "best", "replace"], [1, 50, 2], [2]),
        ([], [], []),
    ],
)
def test_which_rules_count(kinds: list[str], amounts: list[int], expected: list[int]) -> None:
    assert kept(kinds, amounts) == expected
