"""How long points and vouchers can be used."""

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.engine.calendar import OwnCalendar
from loyalty.engine.values import Lifetime

STOCKHOLM = ZoneInfo("Europe/Stockholm")
CATALOGUE = OwnCalendar(
    "catalogue", (date(2025, 1, 1), date(2025, 1, 22), date(2025, 2, 12)), date(2025, 3, 5)
)
YEAR_END = {"kind": "fixed_day", "month": 12, "day": 31}
LEAP_DAY = {"kind": "fixed_day", "month": 2, "day": 29}
SWEEP = {"kind": "sweep", "month": 3, "day": 31, "min_months": 12}
OWN = {"kind": "own", "calendar": "catalogue"}


@pytest.mark.parametrize(
    ("document", "start", "expected"),
    [
        ({}, date(2025, 3, 31), None),
        ({"kind": "none"}, date(2025, 3, 31), None),
        ({"kind": "days", "count": 1}, date(2025, 12, 31), date(2026, 1, 1)),
        ({"kind": "days", "count": 2}, date(2024, 2, 28), date(2024, 3, 1)),
        ({"kind": "months", "count": 6}, date(2025, 3, 31), date(2025, 9, 30)),
        ({"kind": "months", "count": 6}, date(2025, 8, 31), date(2026, 2, 28)),
        ({"kind": "years", "count": 1}, date(2024, 2, 29), date(2025, 2, 28)),
        ({"kind": "years", "count": 4}, date(2024, 2, 29), date(2028, 2, 29)),
        ({"kind": "end_of_month"}, date(2025, 2, 1), date(2025, 2, 28)),
        ({"kind": "end_of_month", "count": 6}, date(2020, 12, 15), date(2021, 6, 30)),
        ({"kind": "end_of_month", "count": 1}, date(2025, 1, 31), date(2025, 2, 28)),
        ({"kind": "end_of_month", "count": 1}, date(2024, 1, 31), date(2024, 2, 29)),
        ({"kind": "end_of_quarter"}, date(2025, 3, 31), date(2025, 3, 31)),
        ({"kind": "end_of_quarter"}, date(2025, 4, 1), date(2025, 6, 30)),
        ({"kind": "end_of_quarter", "count": 3}, date(2025, 5, 10), date(2026, 3, 31)),
        ({"kind": "end_of_half_year"}, date(2025, 6, 30), date(2025, 6, 30)),
        ({"kind": "end_of_half_year", "count": 1}, date(2025, 6, 30), date(2025, 12, 31)),
        ({"kind": "end_of_half_year", "count": 2}, date(2025, 9, 1), date(2026, 12, 31)),
        ({"kind": "end_of_year"}, date(2025, 1, 1), date(2025, 12, 31)),
        ({"kind": "end_of_year", "count": 1}, date(2025, 12, 31), date(2026, 12, 31)),
        (YEAR_END, date(2025, 12, 30), date(2025, 12, 31)),
        (YEAR_END, date(2025, 12, 31), date(2026, 12, 31)),
        (YEAR_END | {"count": 2}, date(2025, 12, 30), date(2026, 12, 31)),
        (LEAP_DAY, date(2023, 3, 1), date(2024, 2, 29)),
        (LEAP_DAY, date(2024, 2, 29), date(2025, 2, 28)),
        (LEAP_DAY | {"count": 4}, date(2024, 2, 29), date(2028, 2, 29)),
        (SWEEP, date(2024, 3, 31), date(2025, 3, 31)),
        (SWEEP, date(2024, 4, 1), date(2026, 3, 31)),
        (SWEEP, date(2024, 2, 29), date(2025, 3, 31)),
        (SWEEP | {"min_months": 0}, date(2025, 3, 31), date(2025, 3, 31)),
        (OWN, date(2025, 1, 21), date(2025, 1, 21)),
        (OWN, date(2025, 1, 22), date(2025, 2, 11)),
        (OWN | {"count": 2}, date(2025, 1, 1), date(2025, 3, 4)),
        (OWN | {"count": 2}, date(2024, 12, 24), date(2025, 3, 4)),
        (OWN | {"count": 2}, date(2025, 1, 22), None),
        (OWN, date(2025, 3, 5), None),
        ({"kind": "while_active", "months": 18}, date(2025, 1, 1), None),
    ],
)
def test_the_last_day(document: dict[str, Any], start: date, expected: date | None) -> None:
    assert Lifetime.parse(document, {"catalogue": CATALOGUE}).last_day(start) == expected


def test_a_calendar_that_is_not_there_ends_nothing() -> None:
    assert Lifetime.parse(OWN).last_day(date(2025, 1, 1)) is None


@pytest.mark.parametrize(
    ("document", "activity", "expected"),
    [
        ({"months": 6}, date(2013, 8, 31), date(2014, 2, 28)),
        ({"months": 12}, date(2024, 2, 29), date(2025, 2, 28)),
        ({"months": 6, "full_months": True}, date(2014, 1, 20), date(2014, 7, 31)),
        ({"months": 6, "full_months": True}, date(2014, 1, 31), date(2014, 7, 31)),
        ({"months": 1, "full_months": True}, date(2024, 1, 1), date(2024, 2, 29)),
    ],
)
def test_the_last_day_after_the_last_activity(
    document: dict[str, Any], activity: date, expected: date
) -> None:
    assert Lifetime.parse({"kind": "while_active", **document}).last_day_after(activity) == expected


def test_what_counts_as_activity() -> None:
    asked = Lifetime.parse({"kind": "while_active", "months": 18, "since": ["earn", "redeem"]})
    assert (asked.months, asked.since) == (18, frozenset({"earn", "redeem"}))
    assert Lifetime.parse({"kind": "while_active", "months": 18}).since == {"act"}
    assert Lifetime.parse({"kind": "months", "count": 6}).since == set()


def test_what_makes_it_longer_and_where_it_rests() -> None:
    rests = Lifetime.parse(
        {"kind": "years", "count": 5, "extended_years": 1, "suspended_for": ["gold", "diamond"]}
    )
    assert (rests.extended_years, rests.suspended_for) == (1, frozenset({"gold", "diamond"}))
    assert (Lifetime().extended_years, Lifetime().suspended_for) == (0, frozenset())


def test_a_tier_may_have_a_lifetime_of_its_own_and_the_longest_holds() -> None:
    lifetime = Lifetime.parse(
        {
            "kind": "months",
            "count": 12,
            "by_tier": {
                "silver": {"kind": "months", "count": 24},
                "gold": {"kind": "none"},
                "guest": {"kind": "own", "calendar": "catalogue"},
            },
        },
        {"catalogue": CATALOGUE},
    )
    start = date(2025, 1, 1)
    assert lifetime.for_tiers([]).last_day(start) == date(2026, 1, 1)
    assert lifetime.for_tiers(["bronze"]).last_day(start) == date(2026, 1, 1)
    assert lifetime.for_tiers(["silver", "bronze"]).last_day(start) == date(2027, 1, 1)
    assert lifetime.for_tiers({"gold", "silver"}).last_day(start) is None
    assert lifetime.for_tiers({"guest"}).last_day(start) == date(2025, 1, 21)


def test_it_can_be_used_until_midnight_where_the_club_is() -> None:
    started = datetime(2025, 3, 31, 21, 59, tzinfo=UTC)  # 23.59 in Stockholm
    expires_at = Lifetime("months", 6).expires_at(started, STOCKHOLM)
    assert expires_at == datetime(2025, 9, 30, 22, tzinfo=UTC)


def test_the_day_it_starts_is_the_clubs_day() -> None:
    started = datetime(2025, 3, 31, 22, 30, tzinfo=UTC)  # 1 April in Stockholm
    expires_at = Lifetime("days", 1).expires_at(started, STOCKHOLM)
    assert expires_at == datetime(2025, 4, 2, 22, tzinfo=UTC)
    assert Lifetime("days", 1).expires_at(started, ZoneInfo("Atlantic/Reykjavik")) == datetime(
        2025, 4, 2, tzinfo=UTC
    )


def test_across_the_change_of_clocks_it_is_still_midnight() -> None:
    started = datetime(2025, 10, 25, 12, tzinfo=UTC)
    assert Lifetime("days", 1).expires_at(started, STOCKHOLM) == datetime(2025, 10, 26, 23, tzinfo=UTC)


days = st.dates(date(1990, 1, 1), date(2100, 12, 31))
counted = st.sampled_from(
    ["days", "months", "years", "end_of_month", "end_of_quarter", "end_of_half_year", "end_of_year"]
)
own_calendars = (
    st.lists(days, min_size=2, max_size=30, unique=True)
    .map(sorted)
    .map(lambda found: OwnCalendar("own", tuple(found[:-1]), found[-1]))
)
lifetimes = st.one_of(
    st.builds(Lifetime, counted, st.integers(0, 60)),
    st.builds(Lifetime, st.just("fixed_day"), st.integers(1, 20), st.integers(1, 12), st.integers(1, 31)),
    st.builds(Lifetime, st.just("own"), st.integers(0, 20), calendar=own_calendars),
)
sweeps = st.builds(
    Lifetime,
    st.just("sweep"),
    month=st.integers(1, 12),
    day=st.integers(1, 31),
    min_months=st.integers(0, 60),
)


def ends(lifetime: Lifetime, start: date) -> date:
    return lifetime.last_day(start) or date.max


@given(lifetime=lifetimes, start=days, more=st.integers(0, 40))
def test_a_longer_lifetime_never_ends_earlier(lifetime: Lifetime, start: date, more: int) -> None:
    longer = Lifetime(lifetime.kind, lifetime.count + more, lifetime.month, lifetime.day, lifetime.calendar)
    assert ends(longer, start) >= ends(lifetime, start) >= start


@given(sweep=sweeps, start=days, more=st.integers(0, 40))
def test_a_higher_age_is_never_swept_earlier(sweep: Lifetime, start: date, more: int) -> None:
    older = Lifetime("sweep", 0, sweep.month, sweep.day, min_months=sweep.min_months + more)
    assert ends(older, start) >= ends(sweep, start) >= start


@given(lifetime=lifetimes | sweeps, start=days, later=days)
def test_what_starts_later_never_ends_earlier(lifetime: Lifetime, start: date, later: date) -> None:
    first, second = sorted([start, later])
    assert ends(lifetime, first) <= ends(lifetime, second)


@given(activity=days, months=st.integers(1, 60))
def test_full_months_never_end_before_exact_ones(activity: date, months: int) -> None:
    exact = Lifetime("while_active", months=months)
    full = Lifetime("while_active", months=months, has_full_months=True)
    assert full.last_day_after(activity) >= exact.last_day_after(activity) > activity
