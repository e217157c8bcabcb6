"""The database moves a moment as the engine does: also across the changes of the clock."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from members.models import Member
from segments.engine.clock import shifted
from segments.filters.wall_clock import Later
from tests.make import make_member
from tests.segments.make import meant
from tests.segments.test_cases import at, buy

pytestmark = pytest.mark.django_db
ZONE = ZoneInfo("Europe/Stockholm")
# Both nights of the change, the leap day, and the ends of months.
STARTS = [
    *(datetime(2026, 3, 28, 0, 30, tzinfo=UTC) + timedelta(minutes=30 * step) for step in range(5)),
    *(datetime(2026, 10, 23, 23, 59, 59, 999999, tzinfo=UTC) + timedelta(minutes=20 * step) for step in range(8)),
    *(datetime(2026, 10, 24, 23, 30, tzinfo=UTC) + timedelta(minutes=30 * step) for step in range(5)),
    datetime(2024, 2, 29, 11, tzinfo=UTC),
    datetime(2025, 12, 31, 23, tzinfo=UTC),
    datetime(2026, 1, 31, 1, 30, tzinfo=UTC),
]  # fmt: skip


@pytest.mark.parametrize(
    ("count", "unit"), [(1, "hour"), (1, "day"), (2, "week"), (1, "month"), (2, "month"), (1, "year")]
)
def test_later_is_the_same_in_the_database(count: int, unit: str) -> None:
    for start in STARTS:
        make_member(joined_at=start, email="")
    moved = Member.objects.annotate(later=Later("joined_at", count, unit)).order_by("pk")
    assert list(moved.values_list("later", flat=True)) == [
        shifted(start, count, unit, ZONE) for start in STARTS
    ]


@pytest.mark.parametrize(
    ("bought", "next_bought", "now", "is_meant"),
    [
        # One day over the night with 23 hours, and over the one with 25.
        ("2026-03-28T12:00", "2026-03-29T12:00", "2026-03-29T13:00", False),
        ("2026-03-28T12:00", "2026-03-29T12:00:01", "2026-03-29T13:00", True),
        ("2026-10-24T12:00", "2026-10-25T12:00", "2026-10-25T13:00", False),
        ("2026-10-24T12:00", "2026-10-25T12:00:01", "2026-10-25T13:00", True),
        # While the day runs, nothing is decided.
        ("2026-03-28T12:00", "", "2026-03-29T11:59:59", False),
        ("2026-03-28T12:00", "", "2026-03-29T12:00", True),
    ],
)
def test_a_day_after_is_by_the_clock_on_the_wall(
    bought: str, next_bought: str, now: str, *, is_meant: bool
) -> None:
    anna = make_member("Anna")
    for when in filter(None, (bought, next_bought)):
        buy(anna, when, (100, ""))
    asked = {"did": "order", "then_not": "order", "mode": "since_first", "within": [1, "day"]}
    assert (meant(asked, at(now)) == ["Anna"]) is is_meant
