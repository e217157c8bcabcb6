"""When conversions run."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.engine.calendar import Course, OwnCalendar
from loyalty.engine.values import Schedule, Window

CATALOGUE = OwnCalendar("catalogue", (date(2025, 1, 1), date(2025, 1, 22)), date(2025, 2, 12))
QUARTERLY = {"kind": "window_end", "window": {"kind": "calendar", "unit": "quarter"}}
LATER = {"kind": "window_end", "window": {"kind": "calendar", "unit": "month"}, "offset_days": 10}
FIRST_OF_JULY = {"kind": "window_end", "window": {"kind": "year_from", "month": 7, "day": 1}}
CATALOGUES = {"kind": "window_end", "window": {"kind": "own", "calendar": "catalogue"}, "offset_days": 7}
DATES = {"kind": "dates", "dates": ["2025-11-15", "2025-03-31"]}
LEAP_DAY = {"kind": "yearly", "month": 2, "day": 29}
FRIDAYS = {"kind": "weekday", "weekday": "friday"}


@pytest.mark.parametrize(
    ("document", "after", "expected"),
    [
        (QUARTERLY, date(2025, 3, 30), date(2025, 3, 31)),
        (QUARTERLY, date(2025, 3, 31), date(2025, 6, 30)),
        (QUARTERLY, date(2025, 12, 31), date(2026, 3, 31)),
        (LATER, date(2025, 2, 10), date(2025, 3, 10)),
        (LATER, date(2025, 3, 9), date(2025, 3, 10)),
        (LATER, date(2025, 3, 10), date(2025, 4, 10)),
        (FIRST_OF_JULY, date(2025, 6, 29), date(2025, 6, 30)),
        (FIRST_OF_JULY, date(2025, 6, 30), date(2026, 6, 30)),
        (CATALOGUES, date(2025, 1, 27), date(2025, 1, 28)),
        (CATALOGUES, date(2025, 1, 28), date(2025, 2, 18)),
        (CATALOGUES, date(2025, 2, 18), None),
        (DATES, date(2025, 1, 1), date(2025, 3, 31)),
        (DATES, date(2025, 3, 30), date(2025, 3, 31)),
        (DATES, date(2025, 3, 31), date(2025, 11, 15)),
        (DATES, date(2025, 11, 15), None),
        (LEAP_DAY, date(2024, 2, 28), date(2024, 2, 29)),
        (LEAP_DAY, date(2024, 2, 29), date(2025, 2, 28)),
        (LEAP_DAY, date(2027, 12, 31), date(2028, 2, 29)),
        (FRIDAYS, date(2025, 5, 29), date(2025, 5, 30)),
        (FRIDAYS, date(2025, 5, 30), date(2025, 6, 6)),
        (FRIDAYS, date(2024, 2, 24), date(2024, 3, 1)),
        ({}, date(2025, 1, 1), None),
        ({"kind": "at_once"}, date(2025, 1, 1), None),
        ({"kind": "on_demand", "by": "staff"}, date(2025, 1, 1), None),
        ({"kind": "window_end", "window": {"kind": "lifetime"}}, date(2025, 1, 1), None),
    ],
)
def test_the_next_run_is_on_a_later_day(document: dict[str, Any], after: date, expected: date | None) -> None:
    assert Schedule.parse(document, {"catalogue": CATALOGUE}).next_day(after) == expected


def test_a_run_may_depend_on_the_course_of_one_account() -> None:
    yearly = Schedule.parse({"kind": "window_end", "window": {"kind": "membership_year"}, "offset_days": 1})
    course = Course(joined=date(2024, 2, 29))
    assert yearly.next_day(date(2024, 2, 29), course) == date(2025, 2, 28)
    assert yearly.next_day(date(2025, 2, 28), course) == date(2026, 2, 28)
    assert yearly.next_day(date(2025, 2, 28)) is None


def test_who_asks_for_a_run_and_when_it_is_booked() -> None:
    asked = Schedule.parse({"kind": "on_demand", "by": "staff", "booked_days": 10})
    assert (asked.kind, asked.by, asked.booked_days) == ("on_demand", "staff", 10)
    assert (Schedule.parse({}).by, Schedule.parse({}).booked_days) == ("member", 0)


days = st.dates(date(1990, 1, 1), date(2100, 12, 31))
units = st.sampled_from(["month", "two_months", "quarter", "half_year", "year"])
windows = st.one_of(
    st.builds(Window, st.just("calendar"), units),
    st.builds(Window, st.just("year_from"), month=st.integers(1, 12), day=st.integers(1, 31)),
    st.builds(Window, st.just("since_join"), st.sampled_from(["day", "month"]), st.integers(1, 40)),
    st.builds(Window, st.just("chain"), count=st.integers(1, 40)),
)
schedules = st.one_of(
    st.builds(Schedule, st.just("window_end"), windows, st.integers(0, 366)),
    st.builds(Schedule, st.just("dates"), dates=st.lists(days, unique=True).map(sorted).map(tuple)),
    st.builds(Schedule, st.just("yearly"), month=st.integers(1, 12), day=st.integers(1, 31)),
    st.builds(Schedule, st.just("weekday"), weekday=st.sampled_from(["monday", "friday", "sunday"])),
)
courses = st.builds(Course, joined=days, events=st.lists(days, unique=True, max_size=12).map(sorted))


@given(schedule=schedules, course=courses, after=days)
def test_runs_rise_and_none_is_passed_over(schedule: Schedule, course: Course, after: date) -> None:
    day = schedule.next_day(after, course)
    if day is None:
        assert schedule.kind == "dates" or schedule.window.kind == "chain"
        return
    assert day > after
    assert schedule.next_day(day - timedelta(days=1), course) == day
    following = schedule.next_day(day, course)
    assert following is None or following > day
