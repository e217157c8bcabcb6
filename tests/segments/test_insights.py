"""Sizes over time, what segments share, and who buys how lately and how often."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from segments import actions, insights, queries
from segments.models import Segment
from tests.make import NOON, make_member, make_order_row
from tests.segments.make import BOUGHT, make_segment, meant

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def bought(name: str, *days_ago: int, paid_ore: int = 10_000, joined_at: datetime = NOON) -> None:
    member = make_member(name, joined_at=joined_at)
    for days in days_ago:
        make_order_row(member, placed_at=NOON - days * DAY, paid_ore=paid_ore)


def test_each_class_counts_the_members_that_its_definition_means() -> None:
    bought("Anna", 0, 30, 31, 90, 400)
    bought("Bo", 30)
    bought("Cia", 31, paid_ore=5_000)
    bought("Dan", 366, 700)
    bought("Eva", *range(180, 190))
    make_member("Fia")
    make_member("Gun", state="closed", closed_at=NOON)
    cells = insights.rfm(now=NOON)
    assert len(cells) == len(insights.RECENCY) * len(insights.FREQUENCY)
    found = {(one.recency, one.frequency): (one.members, one.paid_ore) for one in cells if one.members}
    assert found == {
        (0, 3): (1, 50_000),
        (0, 0): (1, 10_000),
        (1, 0): (1, 5_000),
        (4, 1): (1, 20_000),
        (2, 4): (1, 100_000),
    }
    for one in cells:
        assert len(meant(one.definition)) == one.members, one.definition


def test_the_classes_are_counted_in_one_question_however_many_buy() -> None:
    bought("Anna", 1)
    with CaptureQueriesContext(connection) as asked:
        insights.rfm(now=NOON)
    assert len(asked) == 1


def test_a_cohort_tells_who_bought_in_each_month_since_they_joined() -> None:
    zone = ZoneInfo("Europe/Stockholm")
    start = datetime(2025, 7, 1, 0, 0, tzinfo=zone)  # a month begins by the club's clock
    anna, bo = make_member("Anna", joined_at=start), make_member("Bo", joined_at=start + 20 * DAY)
    make_member("Cia", joined_at=start - timedelta(seconds=1))
    make_order_row(anna, placed_at=start + DAY)
    make_order_row(anna, placed_at=start + 2 * DAY)
    make_order_row(bo, placed_at=NOON - 2 * DAY)
    make_order_row(anna, placed_at=NOON - 3 * DAY)
    make_order_row(anna, placed_at=NOON + DAY)
    found = {one.month: (one.members, list(one.buyers)) for one in insights.cohorts(now=NOON)}
    assert len(found) == 12
    assert found[start.date()] == (2, [1, 2, 0])
    assert found[datetime(2025, 6, 1, tzinfo=zone).date()] == (1, [0, 0, 0, 0])
    assert found[NOON.date().replace(day=1)] == (0, [0])


def test_what_segments_share_adds_up_to_each_of_them() -> None:
    bought("Anna", 1, 2, 3)
    bought("Bo", 1, 2)
    bought("Cia", 1)
    make_member("Dan")
    for number in (1, 2, 3):
        make_segment(f"s{number}", {**BOUGHT, "value": number})
    make_segment("others", {"not": BOUGHT})
    segments = list(Segment.objects.order_by("key"))
    for one in segments:
        actions.recompute_segment(segment=one, now=NOON)
    keys = {one.pk: one.key for one in segments}
    parts = {frozenset(keys[pk] for pk in part.segments): part.members for part in insights.overlap(segments)}
    assert {part: count for part, count in parts.items() if count} == {
        frozenset({"s1", "s2", "s3"}): 1,
        frozenset({"s1", "s2"}): 1,
        frozenset({"s1"}): 1,
        frozenset({"others"}): 1,
    }
    assert len(parts) == 15


def test_the_runs_of_a_year_are_told_oldest_first() -> None:
    bought("Anna", 1)
    segment = make_segment()
    for days in (400, 2, 0):
        actions.recompute_segment(segment=segment, now=NOON - days * DAY)
    runs = insights.runs_of([segment.pk], now=NOON)[segment.pk]
    assert [(run.now, run.size) for run in runs] == [(NOON - 2 * DAY, 0), (NOON, 1)]


def test_a_preview_counts_the_club_too_and_names_the_newest() -> None:
    bought("Anna", 1)
    bought("Bo", 1)
    make_member("Cia")
    node = queries.read_definition(BOUGHT)
    found = queries.preview(node, now=NOON, sample=1)
    assert (found.count, found.active, [one.first_name for one in found.members]) == (2, 3, ["Bo"])
    assert queries.preview(node, now=NOON, sample=0).members == ()
