from datetime import date

import pytest

from tests.make import NOON, make_member
from tests.segments.make import meant

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("today", "ages"),
    [
        ((2025, 2, 27), [32, 32, 1]),
        ((2025, 2, 28), [33, 33, 1]),  # born on the 29th, a year older on the 28th
        ((2024, 2, 28), [31, 32, 0]),
        ((2024, 2, 29), [32, 32, 0]),
        ((2025, 3, 1), [33, 33, 1]),
    ],
)
def test_a_birthday_brings_the_new_age_also_on_the_29th_of_february(
    today: tuple[int, int, int], ages: list[int]
) -> None:
    make_member("A", birth_date=date(1992, 2, 29))
    make_member("B", birth_date=date(1992, 2, 28))
    make_member("C", birth_date=date(2024, 2, 1))
    make_member("D")
    now = NOON.replace(year=today[0], month=today[1], day=today[2])
    for name, age in zip("ABC", ages, strict=True):
        assert name in meant({"field": "age", "op": "eq", "value": age}, now)
    assert meant({"field": "age", "op": "not_between", "value": [5, 120]}, now) == ["C"]


def test_ages_are_whole_and_one_unknown_passes_nothing() -> None:
    make_member("A", birth_date=date(1980, 1, 1))
    make_member("B")
    assert meant({"field": "age", "op": "gt", "value": "44.5"}) == ["A"]
    assert meant({"field": "age", "op": "ne", "value": 44}) == ["A"]
    assert meant({"field": "age", "op": "eq", "value": "45.5"}) == []
