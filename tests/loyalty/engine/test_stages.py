"""A start for some of the members, picked by chance: each by their own number, the same ones every time."""

from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

import pytest

from loyalty.engine.happening import Line, Order, Person
from loyalty.engine.memory import MemoryClub
from loyalty.engine.parsing import parse
from loyalty.engine.programme import Timetable
from loyalty.queries.people import person_of
from members.models import Member

NOON = datetime(2025, 3, 1, 12, tzinfo=UTC)
PILOT: dict[str, Any] = {
    "programme": "pilot",
    "audience": {
        "stages": [
            {"from_date": "2025-03-01", "scope": {}, "share_percent": 25},
            {"from_date": "2025-04-01", "scope": {}},
        ]
    },
    "meters": [{"key": "points", "name": "points"}],
    "earning_rules": [{"key": "p", "name": "p", "meter": "points", "rate": {"kind": "per_unit", "value": 1}}],
}


@pytest.mark.parametrize(
    ("share", "month", "points"),
    [("0", 3, 100), ("0.2499", 3, 100), ("0.25", 3, 0), ("0.9", 3, 0), ("0.9", 4, 100)],
)
def test_a_quarter_of_the_members_begin_before_the_others(share: str, month: int, points: int) -> None:
    club = MemoryClub(Timetable(((NOON, None, parse(PILOT)),)))
    club.join("anna", NOON)
    club.people["anna"] = Person("anna", NOON, share=Fraction(share))
    bought = Order("web:1", NOON.replace(month=month), [Line("1", 1000, 10_000)])
    assert club.sell("anna", bought).earned.get("points", 0) == points


def test_about_as_many_are_picked_as_the_rules_say_and_always_the_same() -> None:
    shares = [person_of(Member(number=f"M{number:06}")).share for number in range(4000)]
    assert 900 < sum(share < Fraction(1, 4) for share in shares) < 1100
    assert shares[:3] == [person_of(Member(number=f"M{number:06}")).share for number in range(3)]
