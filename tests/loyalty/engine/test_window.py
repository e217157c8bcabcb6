"""Over which stretch of time something is counted."""

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from loyalty.engine.calendar import Span, day_start
from loyalty.engine.values import Window

STOCKHOLM = ZoneInfo("Europe/Stockholm")
AT = datetime(2025, 5, 31, 12, tzinfo=STOCKHOLM)


def days(first: date, following: date) -> Span:
    return Span(day_start(first, STOCKHOLM), day_start(following, STOCKHOLM))


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ({"kind": "calendar", "unit": "month"}, days(date(2025, 5, 1), date(2025, 6, 1))),
        ({"kind": "calendar", "unit": "quarter"}, days(date(2025, 4, 1), date(2025, 7, 1))),
        ({"kind": "calendar", "unit": "half_year"}, days(date(2025, 1, 1), date(2025, 7, 1))),
        ({"kind": "calendar", "unit": "year"}, days(date(2025, 1, 1), date(2026, 1, 1))),
        ({"kind": "trailing", "unit": "day", "count": 90}, days(date(2025, 3, 3), date(2025, 6, 1))),
        ({"kind": "trailing", "unit": "month", "count": 12}, days(date(2024, 6, 1), date(2025, 6, 1))),
        ({"kind": "lifetime"}, Span(None, None)),
        ({}, Span(None, None)),
    ],
)
def test_the_window_that_a_moment_lies_in(document: dict[str, Any], expected: Span) -> None:
    assert Window.parse(document).span(AT, STOCKHOLM) == expected


def test_the_last_hour_of_a_year_is_counted_by_the_clubs_clock() -> None:
    year = Window("calendar", "year")
    late = datetime(2025, 12, 31, 22, 59, tzinfo=UTC)  # 23.59 in Stockholm
    later = datetime(2025, 12, 31, 23, 0, tzinfo=UTC)  # midnight in Stockholm
    assert year.span(late, STOCKHOLM) == days(date(2025, 1, 1), date(2026, 1, 1))
    assert year.span(later, STOCKHOLM) == days(date(2026, 1, 1), date(2027, 1, 1))


def test_calendar_windows_end_on_these_days() -> None:
    quarter = Window("calendar", "quarter")
    assert quarter.last_days(date(2025, 3, 31), date(2026, 1, 1)) == [
        date(2025, 6, 30),
        date(2025, 9, 30),
        date(2025, 12, 31),
    ]
    assert quarter.last_days(date(2025, 3, 30), date(2025, 3, 31)) == [date(2025, 3, 31)]
    assert quarter.last_days(date(2025, 4, 1), date(2025, 6, 29)) == []
    assert Window("calendar", "month").last_days(date(2024, 1, 31), date(2024, 2, 29)) == [date(2024, 2, 29)]


def test_other_windows_never_end() -> None:
    assert Window("lifetime").last_days(date(2025, 1, 1), date(2035, 1, 1)) == []
    assert Window("trailing", "day", 30).last_days(date(2025, 1, 1), date(2035, 1, 1)) == []
