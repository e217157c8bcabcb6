"""Those who come highest: a share of the active members, and all who are level with the last of them."""

import pytest

from segments import queries
from tests.make import NOON, make_member, make_order_row

pytestmark = pytest.mark.django_db


def top(percent: int, **measure: str) -> list[str]:
    told = {"agg": "sum", "of": "order", "field": "total", **measure}
    node = queries.read_definition({"top": told, "percent": percent})
    return sorted(queries.members_of(node, now=NOON).values_list("first_name", flat=True))


@pytest.fixture(autouse=True)
def _ten_members() -> None:
    spent = {"A": [900], "B": [400, 400], "C": [800], "D": [100], "E": [50]}
    for name, amounts in spent.items():
        member = make_member(name)
        for amount in amounts:
            make_order_row(member, paid_ore=amount)
    for name in "FGHIJ":
        make_member(name)
    make_order_row(make_member("K", state="closed", closed_at=NOON), paid_ore=5_000)


def test_a_tenth_of_ten_is_one() -> None:
    assert top(10) == ["A"]


def test_who_is_level_with_the_last_is_in_too() -> None:
    assert top(20) == ["A", "B", "C"]


def test_part_of_a_member_is_a_whole_one() -> None:
    assert top(1) == ["A"]
    assert top(31) == ["A", "B", "C", "D"]


def test_who_has_bought_nothing_is_not_among_the_best() -> None:
    assert top(99) == ["A", "B", "C", "D", "E"]


def test_averages_are_ranked_as_they_are() -> None:
    assert top(20, agg="avg") == ["A", "C"]
