"""Which stretch of time is meant, by the clock on the wall and closed at both ends."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from segments.engine.values import read_window
from segments.engine.window import Span

ZONE = ZoneInfo("Europe/Stockholm")


def span(window: Any, now: str) -> list[str]:
    at = datetime.fromisoformat(now).replace(tzinfo=ZONE)
    found = read_window(window, (), ZONE).span(at, ZONE)
    return [str(one and one.astimezone(ZONE).replace(tzinfo=None)) for one in (found.start, found.end)]


@pytest.mark.parametrize(
    ("window", "now", "start"),
    [
        ({"last": [1, "day"]}, "2026-03-29T12:00:00", "2026-03-28 12:00:00"),
        ({"last": [24, "hour"]}, "2026-03-29T12:00:00", "2026-03-28 11:00:00"),
        ({"last": [2, "week"]}, "2026-11-01T12:00:00", "2026-10-18 12:00:00"),
        ({"last": [1, "month"]}, "2026-03-31T12:00:00", "2026-02-28 12:00:00"),
        ({"last": [1, "month"]}, "2024-03-31T12:00:00", "2024-02-29 12:00:00"),
        ({"last": [1, "year"]}, "2024-02-29T12:00:00", "2023-02-28 12:00:00"),
        ({"last": [90, "minute"]}, "2026-10-25T03:30:00", "2026-10-25 02:00:00"),
    ],
)
def test_the_last_of_so_many(window: Any, now: str, start: str) -> None:
    assert span(window, now) == [start, now.replace("T", " ")]


@pytest.mark.parametrize(
    ("told", "start", "end"),
    [
        (["this", "day"], "2026-01-01 00:00:00", "2026-01-01 23:59:59.999999"),
        (["previous", "day"], "2025-12-31 00:00:00", "2025-12-31 23:59:59.999999"),
        (["this", "week"], "2025-12-29 00:00:00", "2026-01-04 23:59:59.999999"),
        (["previous", "week"], "2025-12-22 00:00:00", "2025-12-28 23:59:59.999999"),
        (["previous", "month"], "2025-12-01 00:00:00", "2025-12-31 23:59:59.999999"),
        (["previous", "quarter"], "2025-10-01 00:00:00", "2025-12-31 23:59:59.999999"),
        (["this", "year"], "2026-01-01 00:00:00", "2026-12-31 23:59:59.999999"),
    ],
)
def test_periods_of_the_calendar(told: list[str], start: str, end: str) -> None:
    assert span({"calendar": told}, "2026-01-01T12:00:00") == [start, end]


def test_days_are_whole_and_a_day_of_the_change_has_other_hours() -> None:
    found = read_window({"days": ["2026-03-29", "2026-03-29"]}, (), ZONE).span(datetime.now(UTC), ZONE)
    assert found.start is not None
    assert found.end is not None
    assert found.end - found.start == timedelta(hours=23, microseconds=-1)


def test_both_ends_are_within() -> None:
    start = datetime(2026, 1, 1, tzinfo=ZONE)
    end = start + timedelta(days=1)
    found = Span(start, end)
    instant = timedelta(microseconds=1)
    assert [at in found for at in (start - instant, start, end, end + instant)] == [False, True, True, False]


def test_a_window_writes_itself_as_it_was_read() -> None:
    told = [
        "all",
        {"last": [3, "week"]},
        {"next": [3, "day"]},
        {"calendar": ["previous", "quarter"]},
        {"days": ["2026-01-01", "2026-02-01"]},
        {"between": ["2026-01-01T00:00:00+01:00", "2026-02-01T00:00:00+01:00"]},
    ]
    assert [read_window(one, (), ZONE).document() for one in told] == told
