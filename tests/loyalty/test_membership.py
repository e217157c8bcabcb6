"""Who leaves and comes back, and tiers that are given: by the actions that members, shops and staff call."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import DatabaseError, transaction
from django.urls import reverse

from loyalty import actions
from loyalty.actions import NewAct
from loyalty.models import TierChange
from loyalty.queries import points
from members import actions as members
from members.actions import NewLine, NewOrder, UnableToAdjust
from members.models import Activity, Member
from tests.loyalty.api import make
from tests.loyalty.test_pages import logged_in

pytestmark = pytest.mark.django_db
NOON = datetime(2025, 5, 1, 10, tzinfo=UTC)
DAY = timedelta(days=1)
DOCUMENT: dict[str, Any] = {
    "programme": "coming_and_going",
    "language": "en",
    "meters": [
        {"key": "points", "name": "points"},
        {"key": "spend", "name": "kronor", "mirrors": {"what": "money"}},
    ],
    "earning_rules": [
        {"key": "buys", "name": "buys", "meter": "points", "rate": {"kind": "per_unit", "value": 1}}
    ],
    "tier_ladders": [
        {
            "key": "level",
            "name": "level",
            "meter": "spend",
            "window": {"kind": "calendar", "unit": "year"},
            "rows": [{"key": "silver", "name": "silver", "from": 100}, {"key": "gold", "name": "gold", "from": 500}],
            "given_by": [
                {"event": "match", "tier": "gold", "origin": "matched", "lifetime": {"kind": "days", "count": 90}}
            ],
        }
    ],
    "life": {"leaving": {"points": "frozen", "grace_days": 30}},
}  # fmt: skip


@pytest.fixture
def anna(db: None) -> Member:
    make.programme(DOCUMENT)
    return join("anna")


def join(name: str, now: datetime = NOON) -> Member:
    member = members.join_member(email=f"{name}@post.example", now=now, actor="test").member
    follow(now)
    return member


def follow(now: datetime) -> None:
    while (done := members.deliver_activities(now=now)).delivered or done.failed:
        assert done.failed == 0


def buy(member: Member, kronor: int, number: str, at: datetime) -> None:
    line = NewLine(ref="1", quantity=Decimal(1), gross_ore=kronor * 100, vat_rate=Decimal(25))
    order = NewOrder(source="web", number=number, placed_at=at, lines=(line,), member=member)
    actions.record_order(order=order, now=at, actor="test")


def leave(member: Member, at: datetime) -> None:
    members.close_member(member=member, reason="asked", now=at, actor="test")
    follow(at)


def available(member: Member, at: datetime) -> int:
    return sum(one.available for one in points(member.account_id, at) if one.meter == "points")


def test_who_comes_back_in_time_has_the_same_account_however_late_the_sweep_runs(anna: Member) -> None:
    buy(anna, 150, "1", NOON)
    leave(anna, NOON + DAY)
    back = join("anna", NOON + 20 * DAY)
    assert (back.pk, back.account_id, back.account.closed_at) == (anna.pk, anna.account_id, None)
    actions.run_due(at=NOON + 60 * DAY, now=NOON + 60 * DAY)
    assert available(back, NOON + 60 * DAY) == 150
    assert back.account.standing.tiers["level"]["tier"] == "silver"
    assert back.account.opened_at == NOON


def test_who_comes_back_too_late_begins_anew_with_the_points_though_nobody_swept(anna: Member) -> None:
    buy(anna, 150, "1", NOON)
    leave(anna, NOON + DAY)
    late = NOON + 40 * DAY
    back = join("anna", late)
    assert (back.account_id, back.account.opened_at) == (anna.account_id, late)
    back.account.standing.refresh_from_db()
    assert (available(back, late), back.account.standing.tiers["level"]["tier"]) == (150, "")
    buy(back, 99, "2", late + DAY)
    back.account.standing.refresh_from_db()
    assert back.account.standing.tiers["level"]["tier"] == ""


def test_told_twice_of_leaving_nothing_more_happens(anna: Member) -> None:
    buy(anna, 150, "1", NOON)
    leave(anna, NOON + DAY)
    actions.settle_leaving(account=anna.account, now=NOON + 2 * DAY)
    anna.account.refresh_from_db()
    assert anna.account.closed_at == NOON + DAY
    assert anna.account.unbroken_to == datetime(2025, 6, 1, 22, tzinfo=UTC)
    assert Activity.objects.filter(kind="member.closed").count() == 1


def test_what_a_shop_tells_of_gives_the_tier_and_undoing_it_takes_it(anna: Member) -> None:
    act = NewAct(source="web", number="m1", kind="match", member=anna, occurred_at=NOON)
    outcome = actions.record_act(act=act, now=NOON, actor="web")
    assert outcome.tiers == {"level": "gold"}
    change = TierChange.objects.get()
    assert (change.origin, change.because["key"], change.valid_to) == (
        "matched",
        "tier_given",
        datetime(2025, 7, 30, 22, tzinfo=UTC),
    )
    actions.undo_act(act=outcome.act, undone_at=NOON + DAY, now=NOON + DAY, actor="web")
    assert TierChange.objects.latest("pk").tier == ""


def test_staff_say_as_what_they_give_a_tier_and_why(anna: Member) -> None:
    facts: dict[str, Any] = {
        "account": anna.account, "ladder": "level", "tier": "gold", "valid_to": None, "actor": "eva", "now": NOON,
    }  # fmt: skip
    with pytest.raises(UnableToAdjust) as refused:
        actions.set_tier(**facts, origin="gifted", reason=" ")
    assert refused.value.key == "reason_is_missing"
    actions.set_tier(**facts, origin="gifted", reason="Ten years with us")
    change = TierChange.objects.get()
    assert (change.tier, change.origin, change.actor, change.reason) == (
        "gold",
        "gifted",
        "eva",
        "Ten years with us",
    )


def test_a_change_of_tier_stays_as_it_was_written(anna: Member) -> None:
    actions.set_tier(
        account=anna.account,
        ladder="level",
        tier="gold",
        valid_to=None,
        origin="bought",
        reason="Gold card",
        actor="eva",
        now=NOON,
    )
    rows = TierChange.objects.all()
    with pytest.raises(DatabaseError), transaction.atomic():
        rows.update(tier="silver")
    with pytest.raises(DatabaseError), transaction.atomic():
        rows._raw_delete(using="default")
    assert TierChange.objects.get().tier == "gold"


def test_who_began_an_account_lets_others_use_it_and_nobody_else_does(anna: Member) -> None:
    make.programme(
        {**DOCUMENT, "programme": "shared", "audience": {"unit": "household", "who_spends": "authorised"}},
        since=NOON,
    )
    bo = actions.join_household(account=anna.account, email="bo@post.example", now=NOON, actor="test").member
    carl = join("carl")
    page, spending = reverse("household"), reverse("let_spend", args=[bo.number])
    with time_machine.travel(NOON + DAY, tick=False):
        seen = logged_in(anna).get(page).content.decode()
        assert seen.count("Let them use points") == 1
        assert "Let them use points" not in logged_in(bo).get(page).content.decode()
        for who in (bo, carl):
            logged_in(who).post(spending, {"may_spend": "yes"})
            assert Member.objects.filter(may_spend=True).count() == 0
        logged_in(anna).post(reverse("let_spend", args=[carl.number]), {"may_spend": "yes"})
        assert Member.objects.filter(may_spend=True).count() == 0
        logged_in(anna).post(spending, {"may_spend": "yes"})
        assert [one.pk for one in Member.objects.filter(may_spend=True)] == [bo.pk]
        assert "Stop letting them use points" in logged_in(anna).get(page).content.decode()
        logged_in(anna).post(spending, {"may_spend": "no"})
        assert Member.objects.filter(may_spend=True).count() == 0
        assert logged_in(anna).get(spending).status_code == 405
