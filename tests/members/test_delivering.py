from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.db import connection

from members import actions
from members.models import Activity, Member, Store
from members.registry import DoubledKeyError, Registry, react_to, reactions
from tests.make import NOON, make_activity, make_store

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _only_our_reactions() -> Iterator[None]:
    kept = dict(reactions)
    reactions.clear()
    yield
    reactions.clear()
    reactions.update(kept)


def test_each_reaction_to_a_kind_sees_the_activity_once(alice: Member) -> None:
    seen: list[tuple[str, Activity, datetime]] = []
    react_to("order.recorded")(lambda activity, now: seen.append(("first", activity, now)))
    react_to("order.recorded", "return.recorded")(
        lambda activity, now: seen.append(("second", activity, now))
    )
    react_to("*")(lambda activity, now: seen.append(("any", activity, now)))
    react_to("points.earned")(lambda activity, now: seen.append(("never", activity, now)))
    activity = make_activity("order.recorded", alice)
    assert actions.deliver_activities(now=NOON) == actions.Delivered(1, 0, is_full=False)
    assert seen == [("first", activity, NOON), ("second", activity, NOON), ("any", activity, NOON)]
    assert actions.deliver_activities(now=NOON) == actions.Delivered(0, 0, is_full=False)
    activity.refresh_from_db()
    assert (activity.delivered_at, activity.attempts, activity.error) == (NOON, 1, "")


def test_the_oldest_is_delivered_first_and_no_more_than_asked_for() -> None:
    for minutes in (3, 1, 2):
        make_activity("order.recorded", facts={"n": minutes}, at=NOON - timedelta(minutes=minutes))
    seen: list[object] = []
    react_to("order.recorded")(lambda activity, now: seen.append(activity.facts["n"]))
    assert actions.deliver_activities(now=NOON, limit=2) == actions.Delivered(2, 0, is_full=True)
    assert seen == [3, 2]
    assert actions.deliver_activities(now=NOON, limit=2) == actions.Delivered(1, 0, is_full=False)
    assert seen == [3, 2, 1]


def test_more_than_one_transactionful_is_delivered_in_one_call() -> None:
    for _each in range(60):
        make_activity("order.recorded")
    assert actions.deliver_activities(now=NOON) == actions.Delivered(60, 0, is_full=False)


def test_a_failure_is_rolled_back_alone_and_named_without_its_message() -> None:
    def fails(activity: Activity, now: datetime) -> None:
        make_store("half")
        raise ValueError("alice@post.example")

    def passes(activity: Activity, now: datetime) -> None:
        make_store("whole")

    react_to("order.recorded")(fails)
    react_to("order.recorded")(passes)
    failing = make_activity("order.recorded")
    other = make_activity("points.earned")
    assert actions.deliver_activities(now=NOON) == actions.Delivered(1, 1, is_full=False)
    assert Store.objects.get().code == "whole"
    failing.refresh_from_db()
    assert failing.delivered_at is None
    assert failing.error.endswith(".fails: ValueError")
    assert "alice" not in failing.error
    other.refresh_from_db()
    assert other.delivered_at == NOON


def test_a_failed_activity_is_tried_after_2_4_8_16_32_and_then_every_60_minutes() -> None:
    @react_to("order.recorded")
    def fails(activity: Activity, now: datetime) -> None:
        raise ValueError

    activity = make_activity("order.recorded")
    now, waits = NOON, []
    for _attempt in range(8):
        assert actions.deliver_activities(now=now).failed == 1
        activity.refresh_from_db()
        waits.append((activity.due_at - now) // timedelta(minutes=1))
        assert actions.deliver_activities(now=activity.due_at - timedelta(seconds=1)).failed == 0
        now = activity.due_at
    assert waits == [2, 4, 8, 16, 32, 60, 60, 60]
    assert activity.attempts == 8


def test_what_failed_and_then_passes_is_delivered_and_its_error_forgotten() -> None:
    answers = iter([ValueError(), None])

    @react_to("order.recorded")
    def fails_once(activity: Activity, now: datetime) -> None:
        if error := next(answers):
            raise error

    activity = make_activity("order.recorded")
    actions.deliver_activities(now=NOON)
    actions.deliver_activities(now=NOON + timedelta(minutes=2))
    activity.refresh_from_db()
    assert (activity.delivered_at, activity.error) == (NOON + timedelta(minutes=2), "")


def test_history_written_as_delivered_reaches_nobody() -> None:
    seen: list[Activity] = []
    react_to("order.recorded")(lambda activity, now: seen.append(activity))
    make_activity("order.recorded")
    Activity.objects.update(delivered_at=NOON)
    assert actions.deliver_activities(now=NOON).delivered == 0
    assert seen == []


def test_a_doubled_key_stops_the_start() -> None:
    colours: Registry[type] = Registry("colour")
    colours.register("red")(int)
    with pytest.raises(DoubledKeyError, match="The colour 'red' is registered twice"):
        colours.register("red")(str)
    assert (dict(colours), len(colours)) == ({"red": int}, 1)


def test_the_undelivered_are_found_by_their_own_index() -> None:
    due = Activity.objects.undelivered().filter(due_at__lte=NOON).order_by("due_at", "id")
    if connection.vendor == "postgresql":
        connection.cursor().execute("SET LOCAL enable_seqscan = off")
    assert "activity_undelivered" in due.explain()
