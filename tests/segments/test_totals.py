"""What purchases come to, kept for each member: who is asked of it, and who of the orders themselves."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from members import actions as members
from members.models import Member
from segments import actions, queries, tasks
from segments.models import StaleTotals, Totals, TotalsCount
from segments.queries import totals
from tests.make import NOON, make_activity, make_member, make_order_row
from tests.segments.make import BOUGHT, meant

pytestmark = pytest.mark.django_db
AGO = timedelta(days=30)
TWICE_LATELY: dict[str, Any] = {**BOUGHT, "value": 2, "window": {"last": [90, "day"]}}
LARGE: dict[str, Any] = {"agg": "avg", "of": "order", "field": "total", "op": "gt", "value": 80_000}
KEEPS: dict[str, Any] = {"agg": "sum", "of": "return_line", "field": "qty", "op": "eq", "value": 0}
LAST: dict[str, Any] = {"last": "order", "op": "at_least_ago", "value": [30, "day"]}


def asked(definition: Any) -> str:
    return str(queries.members_of(queries.read_definition(definition), now=NOON).query)


@pytest.mark.parametrize(
    "definition",
    [
        BOUGHT,
        {"not": BOUGHT},
        TWICE_LATELY,
        {"not": TWICE_LATELY},
        LAST,
        {"all": [LARGE, {**BOUGHT, "op": "eq"}, {**KEEPS, "window": {"last": [12, "month"]}}]},
        {"any": [LARGE, TWICE_LATELY]},
        {**BOUGHT, "op": "lt", "value": 3, "window": {"calendar": ["this", "year"]}},
    ],
)
def test_what_totals_tell_is_asked_of_them_once_and_of_no_order(definition: Any) -> None:
    assert "segments_totals" not in asked(definition)
    actions.count_totals(now=NOON)
    assert asked(definition).count('FROM "segments_totals"') == 1
    assert "members_order" not in asked(definition)


@pytest.mark.parametrize(
    "definition",
    [
        {**TWICE_LATELY, "value": 6},
        {**TWICE_LATELY, "window": {"calendar": ["previous", "month"]}},
        {**TWICE_LATELY, "where": {"channel": "web"}},
        {"agg": "max", "of": "order", "field": "total", "op": "gt", "value": 80_000},
        {**KEEPS, "op": "gte", "value": "1.5", "window": {"last": [12, "month"]}},
    ],
)
def test_what_totals_do_not_tell_is_asked_of_the_facts(definition: Any) -> None:
    actions.count_totals(now=NOON)
    assert "segments_totals" not in asked(definition)
    assert "members_order" in asked(definition)


def test_what_is_rare_is_looked_for_among_those_whom_totals_leave(alice: Member) -> None:
    make_order_row(alice)
    actions.count_totals(now=NOON)
    of_lamps = {**BOUGHT, "of": "order_line", "where": {"product": "A-1"}}
    assert meant({"all": [of_lamps, {"not": TWICE_LATELY}]}) == ["Alice"]
    assert meant({"all": [{**of_lamps, "value": 2}, BOUGHT]}) == []


def test_who_has_bought_since_is_asked_of_the_orders_until_the_next_count(alice: Member, bob: Member) -> None:
    make_order_row(alice)
    actions.count_totals(now=NOON)
    make_order_row(bob)
    assert meant(BOUGHT) == ["Alice"]
    make_activity("order.recorded", bob)
    assert (meant(BOUGHT), meant({"not": BOUGHT})) == (["Alice", "Bob"], [])
    assert meant({**BOUGHT, "op": "lt", "value": 2}) == ["Alice", "Bob"]
    members.deliver_activities(now=NOON)
    assert [note.member_id for note in StaleTotals.objects.all()] == [bob.pk]
    assert (meant(BOUGHT), meant({"not": BOUGHT})) == (["Alice", "Bob"], [])
    assert not actions.fold_totals()
    assert not StaleTotals.objects.exists()
    assert Totals.objects.get(member=bob).orders == 1
    assert (meant(BOUGHT), meant({"not": BOUGHT})) == (["Alice", "Bob"], [])


def test_an_order_of_tomorrow_counts_from_tomorrow_on(alice: Member, bob: Member) -> None:
    make_order_row(alice, placed_at=NOON - AGO)
    make_order_row(bob, placed_at=NOON + AGO)
    actions.count_totals(now=NOON)
    assert (meant(BOUGHT), meant(BOUGHT, NOON + AGO)) == (["Alice"], ["Alice", "Bob"])
    assert meant(BOUGHT, NOON - 2 * AGO) == []


def test_where_totals_tell_of_too_few_the_facts_are_asked(
    alice: Member, bob: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(totals, "MOST_BEYOND", 1)
    actions.count_totals(now=NOON)
    actions.note_purchases(member_ids=[alice.pk, None], now=NOON)
    assert "segments_totals" in asked(BOUGHT)
    actions.note_purchases(member_ids=[bob.pk], now=NOON)
    assert "segments_totals" not in asked(BOUGHT)


def test_totals_count_what_stands_of_whoever_has_an_account_here(alice: Member, bob: Member) -> None:
    for days, paid in ((10, 100), (70, 300), (40, 200)):
        make_order_row(alice, placed_at=NOON - timedelta(days=days), paid_ore=paid)
    make_order_row(alice, state="cancelled", paid_ore=1_000)
    make_order_row(None)
    actions.count_totals(now=NOON)
    found = Totals.objects.get()
    assert (found.member_id, found.orders, found.paid_ore) == (alice.pk, 3, 600)
    assert [(NOON - at).days for at in (found.order1_at, found.order2_at, found.order3_at) if at] == [
        10,
        40,
        70,
    ]
    assert (found.first_order_at, found.latest_at) == (found.order3_at, found.order1_at)
    assert (found.order4_at, found.piece0_at, found.returned_thousandths) == (None, None, 0)


def test_totals_can_be_dropped_and_are_then_missed_by_nobody(alice: Member) -> None:
    make_order_row(alice)
    actions.count_totals(now=NOON)
    Totals.objects.all().delete()
    TotalsCount.objects.all().delete()
    assert meant(BOUGHT) == ["Alice"]
    assert not actions.fold_totals()
    actions.count_totals(now=NOON)
    assert Totals.objects.get().orders == 1


def test_asking_takes_as_many_statements_whatever_the_club(alice: Member) -> None:
    actions.count_totals(now=NOON)
    node = queries.read_definition({"all": [BOUGHT, {"not": {**BOUGHT, "value": 3}}]})
    counts = []
    for size in (1, 20):
        for number in range(size):
            member = make_member(f"M{size}x{number}")
            make_order_row(member)
            actions.note_purchases(member_ids=[member.pk], now=NOON)
        with CaptureQueriesContext(connection) as statements:
            assert queries.members_of(node, now=NOON).count()
        counts.append(len(statements))
    assert counts[0] == counts[1]


def test_the_wake_ups_fold_what_was_bought_and_count_everybody_at_night(alice: Member) -> None:
    make_order_row(alice)
    tasks.refresh_segments()
    assert not Totals.objects.exists()
    tasks.recompute_segments()
    assert Totals.objects.get().orders == 1
    make_order_row(alice)
    actions.note_purchases(member_ids=[alice.pk], now=NOON)
    tasks.refresh_segments()
    assert Totals.objects.get().orders == 2
    make_order_row(alice)
    tasks.recompute_segments()
    assert (TotalsCount.objects.get().wrong, Totals.objects.get().orders) == (1, 3)
