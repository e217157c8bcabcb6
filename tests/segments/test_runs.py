"""Full runs and the queue of changed members: who came, who went, and who is told."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from members import actions as members
from members.models import Activity, Member, Order
from segments import actions, queries
from segments.models import ChangedMember, Membership, Snapshot
from tests.make import NOON, make_activity, make_member, make_order_row
from tests.segments.make import BOUGHT, make_segment, names

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(days=1)
RECENT: dict[str, Any] = {**BOUGHT, "window": {"last": [30, "day"]}}


def told() -> list[tuple[str, str]]:
    rows = Activity.objects.filter(kind__startswith="segment.").order_by("kind", "member__first_name")
    return [
        (activity.kind, activity.member.first_name)
        for activity in rows.select_related("member")
        if activity.member
    ]


def test_the_first_run_of_a_version_is_a_baseline_of_which_nobody_is_told(alice: Member, bob: Member) -> None:
    make_order_row(alice)
    segment = make_segment()
    run = actions.recompute_segment(segment=segment, now=NOON)
    assert (run.size, run.entered, run.left, run.is_baseline) == (1, 1, 0, True)
    segment.refresh_from_db()
    assert (segment.computed_at, segment.size, names(segment), told()) == (NOON, 1, ["Alice"], [])
    changed = make_segment(definition={"not": BOUGHT})
    assert actions.recompute_segment(segment=changed, now=NOON).is_baseline
    assert (names(changed), told()) == (["Bob"], [])


def test_a_later_run_tells_who_entered_and_who_left(alice: Member, bob: Member, carol: Member) -> None:
    make_order_row(alice, placed_at=NOON - timedelta(days=30))
    make_order_row(carol)
    segment = make_segment(definition=RECENT)
    actions.recompute_segment(segment=segment, now=NOON)
    assert names(segment) == ["Alice", "Carol"]
    make_order_row(bob)
    run = actions.recompute_segment(segment=segment, now=LATER)
    assert (run.entered, run.left, run.size, run.is_baseline) == (1, 1, 2, False)
    assert told() == [("segment.entered", "Bob"), ("segment.left", "Alice")]
    facts = Activity.objects.get(kind="segment.entered")
    assert (facts.facts, facts.occurred_at, facts.account_id) == (
        {"segment": "buyers", "version": 1},
        LATER,
        bob.account_id,
    )
    assert Membership.objects.get(member=carol).entered_at == NOON
    assert Membership.objects.get(member=bob).entered_at == LATER


def test_a_run_can_be_made_again_from_what_it_kept(alice: Member, bob: Member) -> None:
    make_order_row(alice)
    make_segment()
    segment = make_segment("others", {"not": {"segment": "buyers"}})
    run = actions.recompute_segment(segment=segment, now=NOON)
    make_segment(definition={**BOUGHT, "value": 5})
    make_order_row(bob, placed_at=LATER)
    again = queries.members_of(queries.read_definition(run.definition), now=run.now)
    assert [member.pk for member in again] == [bob.pk]
    assert again.count() == run.size


def test_a_run_takes_as_many_statements_whatever_the_club(alice: Member) -> None:
    segment = make_segment(definition={"any": [RECENT, {"not": BOUGHT}]})
    actions.recompute_segment(segment=segment, now=NOON)
    counts = []
    for size in (12, 40):  # few enough ask for no confirmation, and nobody looks who depends on them
        for number in range(size):
            make_member(f"M{size}-{number}")
        with CaptureQueriesContext(connection) as queries_made:
            assert actions.recompute_segment(segment=segment, now=LATER).entered == size
        counts.append(len(queries_made))
    assert counts[0] == counts[1]


def test_what_happens_to_a_member_moves_them_before_the_next_full_run(alice: Member, bob: Member) -> None:
    segment = make_segment()
    actions.recompute_segment(segment=segment, now=NOON)
    order = make_order_row(alice)
    make_activity("order.recorded", alice)
    members.deliver_activities(now=NOON)
    assert ChangedMember.objects.get().member == alice
    refreshed = actions.refresh_changed(now=NOON)
    assert (refreshed.members, refreshed.moves, refreshed.is_full) == (1, 1, False)
    segment.refresh_from_db()
    assert (names(segment), segment.size, told()) == (["Alice"], 1, [("segment.entered", "Alice")])
    Order.objects.filter(pk=order.pk).update(state="cancelled", cancelled_at=LATER)
    make_activity("order.cancelled", alice, at=LATER)
    members.deliver_activities(now=LATER)
    actions.refresh_changed(now=LATER)
    assert names(segment) == []
    assert told() == [("segment.entered", "Alice"), ("segment.left", "Alice")]


def test_a_move_does_not_have_the_member_looked_at_again(alice: Member) -> None:
    segment = make_segment()
    actions.recompute_segment(segment=segment, now=NOON)
    make_order_row(alice)
    make_activity("order.recorded", alice)
    members.deliver_activities(now=NOON)
    actions.refresh_changed(now=NOON)
    members.deliver_activities(now=NOON)
    assert not ChangedMember.objects.exists()
    assert actions.refresh_changed(now=NOON).members == 0


def test_what_happens_to_an_account_happens_to_all_who_share_it(alice: Member) -> None:
    make_member("Bob", account=alice.account)
    activity = make_activity("points.earned", alice)
    Activity.objects.filter(pk=activity.pk).update(member=None)
    members.deliver_activities(now=NOON)
    assert sorted(ChangedMember.objects.values_list("member__first_name", flat=True)) == ["Alice", "Bob"]


def test_who_leaves_the_club_leaves_its_segments(alice: Member) -> None:
    make_order_row(alice)
    segment = make_segment()
    actions.recompute_segment(segment=segment, now=NOON)
    members.close_member(member=alice, reason="moved", now=LATER, actor="test")
    members.deliver_activities(now=LATER)
    actions.refresh_changed(now=LATER)
    assert names(segment) == []


def test_the_best_are_found_by_full_runs_alone(alice: Member, bob: Member) -> None:
    make_order_row(alice)
    top = {"top": {"agg": "sum", "of": "order", "field": "total"}, "percent": 50}
    segment = make_segment(definition=top)
    actions.recompute_segment(segment=segment, now=NOON)
    make_order_row(bob, paid_ore=90_000)
    make_activity("order.recorded", bob)
    members.deliver_activities(now=NOON)
    assert actions.refresh_changed(now=NOON).moves == 0
    actions.recompute_segment(segment=segment, now=LATER)
    assert names(segment) == ["Bob"]


def test_new_segments_are_run_once_by_themselves(alice: Member) -> None:
    make_segment()
    make_segment("others", {"not": BOUGHT})
    assert len(actions.recompute_segments(now=NOON, only_new=True)) == 2
    assert actions.recompute_segments(now=NOON, only_new=True) == []
    assert len(actions.recompute_segments(now=LATER)) == 2
    assert Snapshot.objects.count() == 4
