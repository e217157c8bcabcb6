"""Over which stretch of time something is counted."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.engine.calendar import EMPTY_COURSE, Course, OwnCalendar, Span, day_start, local_day
from loyalty.engine.values import Window

STOCKHOLM = ZoneInfo("Europe/Stockholm")
AT = datetime(2025, 5, 31, 12, tzinfo=STOCKHOLM)
DAY = timedelta(days=1)
CATALOGUE = OwnCalendar(
    "catalogue",
    (date(2025, 1, 1), date(2025, 1, 22), date(2025, 2, 12)),
    date(2025, 3, 5),
    ("C01", "C02", "C03"),
)


def days(first: date, following: date, zone: ZoneInfo = STOCKHOLM) -> Span:
    return Span(day_start(first, zone), day_start(following, zone))


def window(document: dict[str, Any]) -> Window:
    return Window.parse(document, {"catalogue": CATALOGUE})


def span(document: dict[str, Any], day: date, course: Course = EMPTY_COURSE) -> Span:
    return window(document).span(noon(day), STOCKHOLM, course)


def noon(day: date) -> datetime:
    return day_start(day, STOCKHOLM) + timedelta(hours=12)


def holds_nothing(found: Span) -> bool:
    return found.start is not None and found.start == found.end


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ({"kind": "calendar", "unit": "day"}, days(date(2025, 5, 31), date(2025, 6, 1))),
        ({"kind": "calendar", "unit": "week"}, days(date(2025, 5, 26), date(2025, 6, 2))),
        ({"kind": "calendar", "unit": "month"}, days(date(2025, 5, 1), date(2025, 6, 1))),
        ({"kind": "calendar", "unit": "two_months"}, days(date(2025, 5, 1), date(2025, 7, 1))),
        ({"kind": "calendar", "unit": "quarter"}, days(date(2025, 4, 1), date(2025, 7, 1))),
        ({"kind": "calendar", "unit": "half_year"}, days(date(2025, 1, 1), date(2025, 7, 1))),
        ({"kind": "calendar", "unit": "year"}, days(date(2025, 1, 1), date(2026, 1, 1))),
        ({"kind": "year_from", "month": 7, "day": 1}, days(date(2024, 7, 1), date(2025, 7, 1))),
        ({"kind": "year_from", "month": 5, "day": 31}, days(date(2025, 5, 31), date(2026, 5, 31))),
        ({"kind": "year_from", "month": 2, "day": 29}, days(date(2025, 2, 28), date(2026, 2, 28))),
        ({"kind": "trailing", "unit": "day", "count": 90}, days(date(2025, 3, 3), date(2025, 6, 1))),
        ({"kind": "trailing", "unit": "month", "count": 12}, days(date(2024, 6, 1), date(2025, 6, 1))),
        ({"kind": "trailing", "unit": "year", "count": 2}, days(date(2023, 6, 1), date(2025, 6, 1))),
        ({"kind": "this_and_previous", "count": 1}, days(date(2024, 1, 1), date(2026, 1, 1))),
        ({"kind": "this_and_previous", "count": 4}, days(date(2021, 1, 1), date(2026, 1, 1))),
        ({"kind": "since_last_run"}, Span(None, None)),
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


def test_the_same_moment_lies_in_other_days_elsewhere() -> None:
    moment = datetime(2025, 6, 30, 23, tzinfo=UTC)
    month = Window("calendar", "month")
    helsinki, reykjavik = ZoneInfo("Europe/Helsinki"), ZoneInfo("Atlantic/Reykjavik")
    assert month.span(moment, helsinki) == days(date(2025, 7, 1), date(2025, 8, 1), helsinki)
    assert month.span(moment, reykjavik) == days(date(2025, 6, 1), date(2025, 7, 1), reykjavik)


def test_a_month_with_a_change_of_clocks_begins_and_ends_at_midnight() -> None:
    found = span({"kind": "calendar", "unit": "month"}, date(2025, 3, 30))
    assert found == Span(datetime(2025, 2, 28, 23, tzinfo=UTC), datetime(2025, 3, 31, 22, tzinfo=UTC))
    week = span({"kind": "trailing", "unit": "day", "count": 7}, date(2025, 10, 26))
    assert week == Span(datetime(2025, 10, 19, 22, tzinfo=UTC), datetime(2025, 10, 26, 23, tzinfo=UTC))


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2025, 1, 1), days(date(2025, 1, 1), date(2025, 1, 22))),
        (date(2025, 1, 21), days(date(2025, 1, 1), date(2025, 1, 22))),
        (date(2025, 1, 22), days(date(2025, 1, 22), date(2025, 2, 12))),
        (date(2025, 3, 4), days(date(2025, 2, 12), date(2025, 3, 5))),
    ],
)
def test_a_period_of_a_calendar_of_ones_own(day: date, expected: Span) -> None:
    assert span({"kind": "own", "calendar": "catalogue"}, day) == expected


def test_outside_its_periods_a_calendar_has_no_window() -> None:
    own = {"kind": "own", "calendar": "catalogue"}
    for day in (date(2024, 12, 31), date(2025, 3, 5), date(2027, 1, 1)):
        assert holds_nothing(span(own, day))
    assert window(own).next_end(date(2024, 6, 1)) == date(2025, 1, 21)
    assert window(own).next_end(date(2025, 1, 20)) == date(2025, 1, 21)
    assert window(own).next_end(date(2025, 1, 21)) == date(2025, 2, 11)
    assert window(own).next_end(date(2025, 3, 3)) == date(2025, 3, 4)
    assert window(own).next_end(date(2025, 3, 4)) is None


def test_a_calendar_that_is_not_there_has_no_window() -> None:
    own = Window.parse({"kind": "own", "calendar": "catalogue"})
    assert holds_nothing(own.span(AT, STOCKHOLM))
    assert own.next_end(date(2025, 1, 1)) is None


JOIN_DATE = {"kind": "membership_year"}
JOIN_MONTH = {"kind": "membership_year", "from": "join_month"}
THIRTY_DAYS = {"kind": "since_join", "unit": "day", "count": 30}
MONTHS = {"kind": "since_join", "unit": "month", "count": 1}


@pytest.mark.parametrize(
    ("document", "joined", "day", "first", "following"),
    [
        (JOIN_DATE, date(2024, 3, 15), date(2025, 3, 14), date(2024, 3, 15), date(2025, 3, 15)),
        (JOIN_DATE, date(2024, 3, 15), date(2025, 3, 15), date(2025, 3, 15), date(2026, 3, 15)),
        (JOIN_DATE, date(2024, 2, 29), date(2025, 2, 28), date(2025, 2, 28), date(2026, 2, 28)),
        (JOIN_DATE, date(2024, 2, 29), date(2028, 2, 28), date(2027, 2, 28), date(2028, 2, 29)),
        (JOIN_DATE, date(2024, 2, 29), date(2028, 2, 29), date(2028, 2, 29), date(2029, 2, 28)),
        (JOIN_MONTH, date(2024, 3, 15), date(2025, 2, 28), date(2024, 3, 1), date(2025, 3, 1)),
        (JOIN_MONTH, date(2024, 3, 15), date(2025, 3, 1), date(2025, 3, 1), date(2026, 3, 1)),
        (THIRTY_DAYS, date(2022, 3, 10), date(2022, 3, 10), date(2022, 3, 10), date(2022, 4, 9)),
        (THIRTY_DAYS, date(2022, 3, 10), date(2022, 4, 8), date(2022, 3, 10), date(2022, 4, 9)),
        (THIRTY_DAYS, date(2022, 3, 10), date(2022, 4, 9), date(2022, 4, 9), date(2022, 5, 9)),
        (THIRTY_DAYS, date(2022, 3, 10), date(2022, 3, 9), date(2022, 2, 8), date(2022, 3, 10)),
        (MONTHS, date(2024, 1, 31), date(2024, 2, 28), date(2024, 1, 31), date(2024, 2, 29)),
        (MONTHS, date(2024, 1, 31), date(2024, 2, 29), date(2024, 2, 29), date(2024, 3, 31)),
        (MONTHS, date(2024, 1, 31), date(2024, 3, 30), date(2024, 2, 29), date(2024, 3, 31)),
        (MONTHS, date(2024, 1, 31), date(2024, 3, 31), date(2024, 3, 31), date(2024, 4, 30)),
    ],
)
def test_windows_counted_from_joining(
    document: dict[str, Any], joined: date, day: date, first: date, following: date
) -> None:
    assert span(document, day, Course(joined=joined)) == days(first, following)
    assert window(document).next_end(day - DAY, Course(joined=joined)) == following - DAY


def test_without_a_day_of_joining_no_window_is_counted_from_it() -> None:
    for document in (JOIN_DATE, JOIN_MONTH, THIRTY_DAYS, MONTHS):
        assert holds_nothing(span(document, date(2025, 1, 1)))
        assert window(document).next_end(date(2025, 1, 1)) is None


def test_what_counts_since_the_last_run_comes_after_its_day() -> None:
    since = window({"kind": "since_last_run"})
    course = Course(last_run=date(2025, 3, 31))
    assert since.span(noon(date(2025, 5, 1)), STOCKHOLM, course) == Span(
        day_start(date(2025, 4, 1), STOCKHOLM), None
    )
    assert holds_nothing(since.span(noon(date(2025, 3, 31)), STOCKHOLM, course))
    assert since.next_end(date(2025, 5, 1), course) is None


def test_the_first_event_opens_a_window_and_the_next_after_its_end_another() -> None:
    document = {"kind": "opened_by_first", "unit": "day", "count": 10}
    course = Course(events=[date(2025, 2, 20), date(2025, 3, 1), date(2025, 3, 2), date(2025, 3, 20)])
    assert holds_nothing(span(document, date(2025, 2, 19), course))
    assert span(document, date(2025, 2, 20), course) == days(date(2025, 2, 20), date(2025, 3, 2))
    assert span(document, date(2025, 3, 1), course) == days(date(2025, 2, 20), date(2025, 3, 2))
    assert span(document, date(2025, 3, 2), course) == days(date(2025, 3, 2), date(2025, 3, 12))
    assert holds_nothing(span(document, date(2025, 3, 12), course))
    assert span(document, date(2025, 3, 29), course) == days(date(2025, 3, 20), date(2025, 3, 30))
    opened = window(document)
    assert opened.next_end(date(2025, 1, 1), course) == date(2025, 3, 1)
    assert opened.next_end(date(2025, 3, 1), course) == date(2025, 3, 11)
    assert opened.next_end(date(2025, 3, 11), course) == date(2025, 3, 29)
    assert opened.next_end(date(2025, 3, 29), course) is None


def test_a_window_that_an_event_opens_may_last_months() -> None:
    document = {"kind": "opened_by_first", "unit": "month", "count": 1}
    course = Course(events=[date(2024, 1, 31)])
    assert span(document, date(2024, 2, 28), course) == days(date(2024, 1, 31), date(2024, 2, 29))
    assert holds_nothing(span(document, date(2024, 2, 29), course))


def test_events_with_small_gaps_belong_together() -> None:
    document = {"kind": "chain", "count": 7}
    course = Course(events=[date(2024, 2, 20), date(2024, 2, 27), date(2024, 3, 5), date(2024, 3, 13)])
    assert span(document, date(2024, 2, 20), course) == days(date(2024, 2, 20), date(2024, 3, 13))
    assert span(document, date(2024, 3, 12), course) == days(date(2024, 2, 20), date(2024, 3, 13))
    assert span(document, date(2024, 3, 13), course) == days(date(2024, 3, 13), date(2024, 3, 21))
    assert holds_nothing(span(document, date(2024, 2, 19), course))
    assert holds_nothing(span(document, date(2024, 3, 21), course))
    chain = window(document)
    assert chain.next_end(date(2024, 1, 1), course) == date(2024, 3, 12)
    assert chain.next_end(date(2024, 3, 12), course) == date(2024, 3, 20)
    assert chain.next_end(date(2024, 3, 20), course) is None


YEAR = {"kind": "calendar", "unit": "year"}


def test_after_a_promotion_it_counts_anew_from_the_day_after() -> None:
    course = Course(restarted=date(2025, 5, 10))
    now = YEAR | {"restart": "now"}
    assert window(now).restart == "now"
    assert span(now, date(2025, 5, 10), course) == days(date(2025, 1, 1), date(2025, 5, 11))
    assert span(now, date(2025, 5, 11), course) == days(date(2025, 5, 11), date(2026, 1, 1))
    assert span(now, date(2026, 5, 11), course) == days(date(2026, 1, 1), date(2027, 1, 1))
    assert window(now).next_end(date(2025, 1, 1), course) == date(2025, 5, 10)
    assert window(now).next_end(date(2025, 5, 10), course) == date(2025, 12, 31)


def test_after_a_promotion_it_may_count_on_to_the_end_of_the_month() -> None:
    later = YEAR | {"restart": "end_of_month"}
    for restarted in (date(2024, 2, 10), date(2024, 2, 29)):
        course = Course(restarted=restarted)
        assert window(later).anew_from(course) == date(2024, 3, 1)
        assert span(later, date(2024, 2, 29), course) == days(date(2024, 1, 1), date(2024, 3, 1))
        assert span(later, date(2024, 3, 1), course) == days(date(2024, 3, 1), date(2025, 1, 1))


def test_a_year_from_joining_begins_anew_with_a_promotion() -> None:
    course = Course(joined=date(2024, 3, 15), restarted=date(2025, 5, 10))
    later = JOIN_DATE | {"restart": "end_of_month"}
    assert span(later, date(2025, 5, 31), course) == days(date(2025, 3, 15), date(2025, 6, 1))
    assert span(later, date(2026, 4, 1), course) == days(date(2025, 6, 1), date(2026, 6, 1))
    assert window(later).next_end(date(2025, 5, 31), course) == date(2026, 5, 31)
    now = JOIN_MONTH | {"restart": "now"}
    assert span(now, date(2025, 5, 11), course) == days(date(2025, 5, 11), date(2026, 5, 1))


def test_a_promotion_cuts_off_what_a_window_would_look_back_at() -> None:
    course = Course(restarted=date(2025, 5, 10))
    back = {"kind": "trailing", "unit": "month", "count": 12}
    assert span(back, date(2025, 5, 10), course) == days(date(2024, 5, 11), date(2025, 5, 11))
    assert span(back, date(2025, 5, 31), course) == days(date(2025, 5, 11), date(2025, 6, 1))
    assert span({}, date(2025, 5, 31), course) == Span(day_start(date(2025, 5, 11), STOCKHOLM), None)
    ran = Course(restarted=date(2025, 5, 10), last_run=date(2025, 5, 20))
    assert span({"kind": "since_last_run"}, date(2025, 5, 31), ran) == Span(
        day_start(date(2025, 5, 21), STOCKHOLM), None
    )


def test_events_before_a_promotion_open_nothing_after_it() -> None:
    events = [date(2025, 5, 5), date(2025, 5, 12)]
    course = Course(restarted=date(2025, 5, 10), events=events)
    for document in (
        {"kind": "opened_by_first", "unit": "day", "count": 8},
        {"kind": "chain", "count": 7},
    ):
        assert span(document, date(2025, 5, 8), course) == days(date(2025, 5, 5), date(2025, 5, 11))
        assert holds_nothing(span(document, date(2025, 5, 11), course))
        assert span(document, date(2025, 5, 12), course) == days(date(2025, 5, 12), date(2025, 5, 20))
        assert window(document).next_end(date(2025, 5, 10), course) == date(2025, 5, 19)


def test_calendar_windows_end_on_these_days() -> None:
    quarter = Window("calendar", "quarter")
    assert quarter.next_end(date(2025, 3, 30)) == date(2025, 3, 31)
    assert quarter.next_end(date(2025, 3, 31)) == date(2025, 6, 30)
    assert quarter.next_end(date(2025, 12, 31)) == date(2026, 3, 31)
    assert Window("calendar", "month").next_end(date(2024, 1, 31)) == date(2024, 2, 29)
    assert Window("calendar", "two_months").next_end(date(2025, 2, 1)) == date(2025, 2, 28)
    assert window({"kind": "year_from", "month": 2, "day": 29}).next_end(date(2024, 1, 1)) == date(
        2024, 2, 28
    )
    assert window({"kind": "this_and_previous", "count": 2}).next_end(date(2024, 6, 1)) == date(2024, 12, 31)


def test_other_windows_never_end() -> None:
    for document in ({}, {"kind": "trailing", "unit": "day", "count": 30}, {"kind": "since_last_run"}):
        assert window(document).next_end(date(2025, 1, 1)) is None


dates = st.dates(date(1990, 1, 1), date(2100, 12, 31))
zones = st.sampled_from(["Europe/Stockholm", "Africa/Cairo", "America/New_York", "UTC"]).map(ZoneInfo)
joined_courses = st.builds(Course, joined=dates, restarted=st.none() | dates)
event_courses = st.builds(
    Course, restarted=st.none() | dates, events=st.lists(dates, unique=True, max_size=12).map(sorted)
)
short = st.integers(1, 40)
tiling = st.one_of(
    st.builds(Window, st.just("calendar"), st.sampled_from(["month", "two_months", "quarter", "half_year"])),
    st.builds(Window, st.just("year_from"), month=st.integers(1, 12), day=st.integers(1, 31)),
    st.builds(Window, st.just("membership_year"), origin=st.sampled_from(["join_date", "join_month"])),
    st.builds(Window, st.just("since_join"), st.sampled_from(["day", "month"]), short),
)
eventful = st.one_of(
    st.builds(Window, st.just("opened_by_first"), st.sampled_from(["day", "month"]), short),
    st.builds(Window, st.just("chain"), count=short),
)


@given(window=tiling, course=joined_courses, day=dates, zone=zones)
def test_every_day_lies_in_one_window_and_the_next_begins_where_it_ends(
    window: Window, course: Course, day: date, zone: ZoneInfo
) -> None:
    found = window.span(day_start(day, zone), zone, course)
    assert found.start is not None
    assert found.end is not None
    assert day_start(day, zone) in found
    for other in (found.start, found.end - timedelta(microseconds=1)):
        assert window.span(other, zone, course) == found
    assert window.span(found.end, zone, course).start == found.end


@given(window=tiling | eventful, joined=joined_courses, events=event_courses, after=dates, zone=zones)
def test_a_next_end_is_the_last_day_of_its_window_and_none_comes_before_it(
    window: Window, joined: Course, events: Course, after: date, zone: ZoneInfo
) -> None:
    course = events if window.kind in ("opened_by_first", "chain") else joined
    end = window.next_end(after, course)
    if end is None:
        assert course is events
        return
    assert end > after
    found = window.span(day_start(end, zone), zone, course)
    assert found.end == day_start(end + DAY, zone)
    assert found.start is not None
    first = max(local_day(found.start, zone), after + DAY)
    assert window.next_end(first - DAY, course) == end
    assert window.next_end(end - DAY, course) == end


@given(window=eventful, course=event_courses, zone=zones)
def test_every_event_lies_in_a_window_that_an_event_opened(
    window: Window, course: Course, zone: ZoneInfo
) -> None:
    spans = [window.span(day_start(day, zone), zone, course) for day in course.events]
    starts = {day_start(day, zone) for day in course.events}
    assert all(day_start(day, zone) in found for day, found in zip(course.events, spans, strict=True))
    assert all(found.start in starts for found in spans)
    for one, other in pairwise(spans):
        assert one == other or (one.end is not None and other.start is not None and one.end <= other.start)


@given(count=short, course=event_courses, day=dates)
def test_what_looks_back_ends_with_its_own_day(count: int, course: Course, day: date) -> None:
    for unit in ("day", "month"):
        found = Window("trailing", unit, count).span(noon(day), STOCKHOLM, course)
        assert found.end == day_start(day + DAY, STOCKHOLM)
        assert noon(day) in found
