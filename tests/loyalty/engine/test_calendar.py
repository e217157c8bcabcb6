"""Days in the club's time zone, on the days when clocks change and months are short."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from loyalty.engine.calendar import Span, add_months, day_end, day_start, last_day, last_moment, month_end

STOCKHOLM = ZoneInfo("Europe/Stockholm")


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type,misc]


def test_the_day_when_summer_time_begins_has_23_hours() -> None:
    day = date(2025, 3, 30)
    assert day_start(day, STOCKHOLM) == utc(2025, 3, 29, 23)
    assert day_end(day, STOCKHOLM) == utc(2025, 3, 30, 22)
    assert day_end(day, STOCKHOLM).astimezone(UTC) - day_start(day, STOCKHOLM).astimezone(UTC) == timedelta(
        hours=23
    )


def test_the_day_when_summer_time_ends_has_25_hours() -> None:
    day = date(2025, 10, 26)
    assert day_start(day, STOCKHOLM) == utc(2025, 10, 25, 22)
    assert day_end(day, STOCKHOLM) == utc(2025, 10, 26, 23)


def test_the_last_moment_of_a_day_belongs_to_it_and_is_before_the_next() -> None:
    moment = last_moment(date(2025, 3, 31), STOCKHOLM)
    assert moment.astimezone(UTC) == utc(2025, 3, 31, 21, 59, 59, 999999)
    assert moment < day_start(date(2025, 4, 1), STOCKHOLM)


def test_where_the_last_hour_comes_twice_a_run_is_after_the_second() -> None:
    moment = last_moment(date(2024, 10, 31), ZoneInfo("Africa/Cairo"))
    assert moment.astimezone(UTC) == utc(2024, 10, 31, 21, 59, 59, 999999)


def test_what_lapses_at_midnight_has_the_day_before_as_its_last() -> None:
    assert last_day(day_end(date(2025, 9, 30), STOCKHOLM), STOCKHOLM) == date(2025, 9, 30)
    assert last_day(utc(2025, 9, 30, 22), STOCKHOLM) == date(2025, 9, 30)
    assert last_day(utc(2025, 9, 30, 22, 0, 1), STOCKHOLM) == date(2025, 10, 1)


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2025, 1, 31), 1, date(2025, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2025, 3, 31), 6, date(2025, 9, 30)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 2, 29), 48, date(2028, 2, 29)),
        (date(2025, 12, 15), 1, date(2026, 1, 15)),
        (date(2025, 3, 31), -1, date(2025, 2, 28)),
        (date(2025, 1, 1), -1, date(2024, 12, 1)),
        (date(2025, 5, 31), 0, date(2025, 5, 31)),
    ],
)
def test_months_on_are_the_same_day_or_the_last_of_a_shorter_month(
    day: date, months: int, expected: date
) -> None:
    assert add_months(day, months) == expected


def test_a_month_ends_on_its_last_day_in_leap_years_too() -> None:
    assert month_end(date(2024, 2, 3)) == date(2024, 2, 29)
    assert month_end(date(2025, 2, 3)) == date(2025, 2, 28)
    assert month_end(date(2025, 12, 31)) == date(2025, 12, 31)


def test_a_span_holds_its_start_and_not_its_end() -> None:
    span = Span(utc(2025, 1, 1), utc(2025, 2, 1))
    assert utc(2025, 1, 1) in span
    assert utc(2025, 1, 31, 23, 59) in span
    assert utc(2025, 2, 1) not in span
    assert utc(1900, 1, 1) in Span(None, utc(2025, 2, 1))
    assert utc(2100, 1, 1) in Span(utc(2025, 1, 1), None)
