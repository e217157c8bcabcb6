"""How long points and vouchers can be used."""

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from loyalty.engine.values import Lifetime

STOCKHOLM = ZoneInfo("Europe/Stockholm")


@pytest.mark.parametrize(
    ("document", "start", "expected"),
    [
        ({}, date(2025, 3, 31), None),
        ({"kind": "none"}, date(2025, 3, 31), None),
        ({"kind": "days", "count": 1}, date(2025, 12, 31), date(2026, 1, 1)),
        ({"kind": "months", "count": 6}, date(2025, 3, 31), date(2025, 9, 30)),
        ({"kind": "months", "count": 6}, date(2025, 8, 31), date(2026, 2, 28)),
        ({"kind": "years", "count": 1}, date(2024, 2, 29), date(2025, 2, 28)),
        ({"kind": "end_of_month"}, date(2025, 2, 1), date(2025, 2, 28)),
        ({"kind": "end_of_month", "count": 6}, date(2020, 12, 15), date(2021, 6, 30)),
        ({"kind": "end_of_month", "count": 1}, date(2025, 1, 31), date(2025, 2, 28)),
        ({"kind": "end_of_year"}, date(2025, 1, 1), date(2025, 12, 31)),
        ({"kind": "end_of_year", "count": 1}, date(2025, 12, 31), date(2026, 12, 31)),
    ],
)
def test_the_last_day(document: dict[str, Any], start: date, expected: date | None) -> None:
    assert Lifetime.parse(document).last_day(start) == expected


def test_it_can_be_used_until_midnight_where_the_club_is() -> None:
    started = datetime(2025, 3, 31, 21, 59, tzinfo=UTC)  # 23.59 in Stockholm
    expires_at = Lifetime("months", 6).expires_at(started, STOCKHOLM)
    assert expires_at == datetime(2025, 9, 30, 22, tzinfo=UTC)


def test_the_day_it_starts_is_the_clubs_day() -> None:
    started = datetime(2025, 3, 31, 22, 30, tzinfo=UTC)  # 1 April in Stockholm
    expires_at = Lifetime("days", 1).expires_at(started, STOCKHOLM)
    assert expires_at == datetime(2025, 4, 2, 22, tzinfo=UTC)


def test_across_the_change_of_clocks_it_is_still_midnight() -> None:
    started = datetime(2025, 10, 25, 12, tzinfo=UTC)
    assert Lifetime("days", 1).expires_at(started, STOCKHOLM) == datetime(2025, 10, 26, 23, tzinfo=UTC)
