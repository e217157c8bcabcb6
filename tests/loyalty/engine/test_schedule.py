"""When conversions run."""

from datetime import date

from loyalty.engine.values import Schedule, Window

QUARTERLY = Schedule("window_end", Window("calendar", "quarter"))


def test_a_run_is_on_the_last_day_of_its_window() -> None:
    assert QUARTERLY.days(date(2025, 1, 1), date(2025, 12, 31)) == [
        date(2025, 3, 31),
        date(2025, 6, 30),
        date(2025, 9, 30),
        date(2025, 12, 31),
    ]


def test_a_run_is_after_the_first_day_and_up_to_the_last() -> None:
    assert QUARTERLY.days(date(2025, 3, 31), date(2025, 6, 30)) == [date(2025, 6, 30)]
    assert QUARTERLY.days(date(2025, 3, 30), date(2025, 3, 31)) == [date(2025, 3, 31)]


def test_a_run_may_be_days_later_than_its_window() -> None:
    later = Schedule.parse(
        {"kind": "window_end", "window": {"kind": "calendar", "unit": "month"}, "offset_days": 10}
    )
    assert later.days(date(2025, 2, 10), date(2025, 3, 10)) == [date(2025, 3, 10)]
    assert later.next_day(date(2025, 3, 10)) == date(2025, 4, 10)


def test_the_next_run_is_on_a_later_day() -> None:
    assert QUARTERLY.next_day(date(2025, 3, 31)) == date(2025, 6, 30)
    assert QUARTERLY.next_day(date(2025, 3, 30)) == date(2025, 3, 31)


def test_at_once_has_no_days() -> None:
    assert Schedule.parse({}).days(date(2025, 1, 1), date(2030, 1, 1)) == []
    assert Schedule.parse({}).next_day(date(2025, 1, 1)) is None
