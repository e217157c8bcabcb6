"""Rules aimed at a segment: they hold for who is in it, at the till as in a quote, and a return remembers."""

from copy import deepcopy
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from loyalty import actions
from loyalty.queries.quotes import quote
from members.actions import NewLine, NewOrder, NewReturn
from members.models import Member
from segments import actions as segments
from segments.models import Membership
from tests.loyalty.api import make
from tests.segments.make import make_segment

pytestmark = pytest.mark.django_db
NOW = datetime(2025, 5, 2, 12, tzinfo=UTC)
ANNAS = {"field": "first_name", "op": "eq", "value": "Anna"}


def aimed(aim: dict[str, Any]) -> None:
    document = deepcopy(make.AT_ONCE)
    document["earning_rules"][0] |= aim
    make.programme(document)


def cart(member: Member, number: str = "1", at: datetime = NOW) -> NewOrder:
    line = NewLine(ref="1", quantity=Decimal(1), gross_ore=60_000)
    return NewOrder(source="web", number=number, placed_at=at, lines=(line,), member=member)


def earned(member: Member, number: str) -> dict[str, int]:
    return dict(actions.record_order(order=cart(member, number), now=NOW, actor="test").earned)


AIMS: list[tuple[dict[str, Any], int, int]] = [
    ({"scope": {"include": {"segments": ["annas"]}}}, 600, 0),
    ({"scope": {"exclude": {"segments": ["annas"]}}}, 0, 600),
    ({"condition": {"segment": "annas"}}, 600, 0),
    ({"condition": {"not": {"segment": "annas"}}}, 0, 600),
]


@pytest.mark.parametrize(("aim", "inside", "outside"), AIMS)
def test_a_rule_knows_who_is_in_its_segment(aim: dict[str, Any], inside: int, outside: int) -> None:
    aimed(aim)
    anna, bob = make.member(), make.member("bob")
    segments.recompute_segment(segment=make_segment("annas", ANNAS), now=NOW)
    for member, points in ((anna, inside), (bob, outside)):
        assert quote(cart(member)).earned.get("points", 0) == points
        assert earned(member, member.first_name).get("points", 0) == points


def test_a_segment_that_was_never_run_holds_nobody() -> None:
    aimed({"scope": {"include": {"segments": ["annas"]}}})
    make_segment("annas", ANNAS)
    assert earned(make.member(), "1") == {}


def test_a_return_takes_back_what_the_segment_gave_though_the_member_has_left_it() -> None:
    aimed({"scope": {"include": {"segments": ["annas"]}}})
    anna = make.member()
    segments.recompute_segment(segment=make_segment("annas", ANNAS), now=NOW)
    assert earned(anna, "1") == {"points": 600}
    Membership.objects.all().delete()
    later = NOW + timedelta(days=1)
    back = NewReturn(source="web", number="r1", order_number="1", returned_at=later)
    outcome = actions.record_return(new_return=back, now=later, actor="test")
    assert dict(outcome.taken_back) == {"points": 600}


def test_a_guests_order_claimed_by_who_is_in_the_segment_gives_the_same() -> None:
    aimed({"scope": {"include": {"segments": ["annas"]}}})
    anna = make.member()
    segments.recompute_segment(segment=make_segment("annas", ANNAS), now=NOW)
    line = NewLine(ref="1", quantity=Decimal(1), gross_ore=60_000)
    guests = NewOrder(source="web", number="g", placed_at=NOW, lines=(line,))
    order = actions.record_order(order=guests, now=NOW, actor="test").order
    claimed = actions.claim_order(order=order, member=anna, now=NOW, actor="test")
    assert dict(claimed.earned) == {"points": 600}


def test_an_order_takes_as_many_statements_however_many_segments_its_member_is_in() -> None:
    aimed({"scope": {"include": {"segments": ["annas"]}}})
    anna = make.member()
    earned(anna, "first")
    counts = []
    for number in ("a", "b"):
        for place in range(3):
            segment = make_segment(f"annas-{number}-{place}", {**ANNAS, "value": "Anna" if place else "Bo"})
            segments.recompute_segment(segment=segment, now=NOW)
        with CaptureQueriesContext(connection) as made:
            earned(anna, number)
        counts.append(len(made))
    assert counts[0] == counts[1]
