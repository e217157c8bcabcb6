"""What members do besides buying, and what follows for others: once, and undone as a whole."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from loyalty import actions
from loyalty.actions import NewAct
from loyalty.actions.draws import due_pools, hold_draw
from loyalty.models import Act, Balance, DrawResult, Entry, FundEntry
from loyalty.queries import forget_programmes, points
from loyalty.queries.balances import entries
from members import actions as members
from members.actions import NewLine, NewOrder, NewUse, UnableToRecordAct
from members.models import Activity, Member
from tests.loyalty.api import make

pytestmark = pytest.mark.django_db
NOON = datetime(2025, 5, 1, 10, tzinfo=UTC)
DOCUMENT: dict[str, Any] = {
    "programme": "acts",
    "language": "en",
    "meters": [{"key": "points", "name": "points"}],
    "rewards": [{"key": "cup", "name": "cup", "kind": "product", "lifetime": {"kind": "none"}}],
    "earning_rules": [
        {
            "key": "buys",
            "name": "buys",
            "meter": "points",
            "rate": {"kind": "per_unit", "value": 1},
        },
        {
            "key": "reviews",
            "name": "reviews",
            "event": "review",
            "meter": "points",
            "base": {"amount": "one"},
            "rate": {"kind": "per_unit", "value": 5},
        },
        {
            "key": "friends",
            "name": "friends",
            "event": "referral_ordered",
            "beneficiary": "referrer",
            "meter": "points",
            "base": {"amount": "one"},
            "rate": {"kind": "per_unit", "value": 50},
        },
        {"key": "gives", "name": "gives", "fund": "forest", "rate": {"kind": "percent", "value": 1}},
    ],
    "funds": [{"key": "forest", "name": "forest"}],
    "menus": [{"key": "pay", "name": "pay", "meter": "points", "free_choice": {"unit_value": 0.1}}],
    "draws": [
        {
            "key": "weekly",
            "name": "weekly",
            "entries": {"per": "receipt"},
            "from_date": "2025-05-01",
            "to_date": "2025-05-02",
            "drawn": {"days_after": 1},
            "prizes": [{"meter": "points", "amount": 1000}],
        }
    ],
}


@pytest.fixture(autouse=True)
def _programme() -> Iterator[None]:
    make.programme(DOCUMENT)
    yield
    forget_programmes()


def reviewed(member: Member, number: str = "1", **facts: Any) -> actions.ActOutcome:
    act = NewAct(source="web", number=number, kind="review", member=member, occurred_at=NOON, **facts)
    return actions.record_act(act=act, now=NOON, actor="test")


def bought(member: Member | None, number: str, ore: int = 10_000, **facts: Any) -> actions.OrderOutcome:
    line = NewLine(ref="1", quantity=Decimal(1), gross_ore=ore)
    order = NewOrder(source="web", number=number, placed_at=NOON, lines=(line,), member=member, **facts)
    return actions.record_order(order=order, now=NOON, actor="test")


def balance(member: Member) -> int:
    row = Balance.objects.filter(account=member.account, meter="points").first()
    return row.amount if row else 0


def test_the_same_act_counts_once() -> None:
    anna = make.member()
    assert reviewed(anna).earned == {"points": 5}
    again = reviewed(anna)
    assert (again.is_replay, again.earned, balance(anna)) == (True, {"points": 5}, 5)
    with pytest.raises(UnableToRecordAct, match="act_number_used_for_something_else"):
        reviewed(anna, amount_ore=100)


def test_what_happens_by_itself_cannot_be_told() -> None:
    act = NewAct(source="web", number="1", kind="purchase", member=make.member(), occurred_at=NOON)
    with pytest.raises(UnableToRecordAct, match="act_happens_by_itself"):
        actions.record_act(act=act, now=NOON, actor="test")
    assert Act.objects.count() == 0


def test_an_act_that_is_undone_gives_nothing_and_stays_undone() -> None:
    anna = make.member()
    outcome = reviewed(anna)
    for _time in range(2):
        actions.undo_act(act=outcome.act, undone_at=NOON, now=NOON, actor="test")
    assert balance(anna) == 0
    assert list(outcome.act.entries.values_list("kind", "amount")) == [("earn", 5), ("reverse", -5)]
    assert Activity.objects.filter(kind="act.undone").count() == 1


def invited() -> tuple[Member, Member]:
    anna = make.member()
    joined = members.join_member(email="bea@post.example", referrer=anna, now=NOON, actor="test")
    return anna, joined.member


def test_a_friends_first_order_is_told_once_however_often_it_is_delivered() -> None:
    anna, bea = invited()
    bought(bea, "1")
    members.deliver_activities(now=NOON)
    Activity.objects.filter(kind="referral.happened").update(delivered_at=None, due_at=NOON)
    members.deliver_activities(now=NOON)
    assert (balance(anna), Act.objects.filter(kind="referral_ordered").count()) == (50, 1)


def test_what_a_friends_order_gave_goes_when_it_is_cancelled_even_before_it_was_told() -> None:
    anna, bea = invited()
    order = bought(bea, "1").order
    members.deliver_activities(now=NOON)
    actions.cancel_order(order=order, cancelled_at=NOON, now=NOON, actor="test")
    members.deliver_activities(now=NOON)
    assert (balance(anna), balance(bea)) == (0, 0)
    late = Activity.objects.filter(kind="referral.happened")
    Act.objects.exists()
    assert late.count() == 1


def test_a_guests_order_feeds_a_fund_and_takes_it_back() -> None:
    order = bought(None, "1").order
    assert list(FundEntry.objects.values_list("amount_ore", flat=True)) == [100]
    actions.cancel_order(order=order, cancelled_at=NOON, now=NOON, actor="test")
    assert sum(FundEntry.objects.values_list("amount_ore", flat=True)) == 0


def test_a_guests_order_that_finds_its_member_feeds_the_fund_once() -> None:
    order = bought(None, "1").order
    anna = make.member()
    actions.claim_order(order=order, member=anna, now=NOON, actor="test")
    assert (balance(anna), sum(FundEntry.objects.values_list("amount_ore", flat=True))) == (100, 100)


def test_a_pool_is_drawn_once_whoever_comes_second() -> None:
    anna = make.member()
    bought(anna, "1")
    after = NOON + timedelta(days=5)
    [(draw, pool)] = due_pools(after)
    for _time in range(2):
        actions.run_due(at=after, now=after)
    assert hold_draw(draw=draw, pool=pool, now=after) is None
    assert [one.entries for one in DrawResult.objects.all()] == [{str(anna.account_id): 1}]
    assert balance(anna) == 1100


def test_points_that_paid_of_an_order_come_back_once() -> None:
    anna = make.member()
    bought(anna, "1")
    order = bought(anna, "2", 500, uses=(NewUse(menu="pay", amount=20),)).order
    assert (order.voucher_ore, order.paid_ore) == (200, 300)
    actions.cancel_order(order=order, cancelled_at=NOON, now=NOON, actor="test")
    actions.cancel_order(order=order, cancelled_at=NOON, now=NOON, actor="test")
    assert balance(anna) == 100
    assert Entry.objects.filter(kind="restore").count() == 1


def test_what_only_counts_for_a_draw_is_shown_to_nobody() -> None:
    anna = make.member()
    outcome = bought(anna, "1")
    assert "draw.weekly" in set(Entry.objects.values_list("meter", flat=True))
    assert [one.meter for one in points(anna.account_id, NOON)] == ["points"]
    assert [one.meter for one in entries(anna.account)] == ["points"]
    assert dict(outcome.earned) == {"points": 100}
    told = Activity.objects.filter(kind__startswith="points.").values_list("facts", flat=True)
    assert {facts["meter"] for facts in told} == {"points"}


def test_a_shop_tells_of_an_act_and_uses_points_on_a_quote_and_an_order() -> None:
    shop, anna = make.client(), make.member()
    act = {
        "number": "7",
        "kind": "review",
        "member": {"number": anna.number},
        "occurred_at": "2025-05-01T10:00:00Z",
    }
    first = shop.post("/api/v1/activities/", act, format="json")
    assert (first.status_code, first.json()["earned"][0]["amount"]) == (201, 5)
    assert shop.post("/api/v1/activities/", act, format="json").status_code == 200
    changed = shop.post("/api/v1/activities/", act | {"quantity": 2}, format="json")
    assert (changed.status_code, changed.json()["facts"]["first_answer"]) == (
        409,
        first.json() | {"is_replay": True},
    )
    other = shop.post("/api/v1/activities/", act | {"kind": "purchase"}, format="json")
    assert other.json()["type"] == "/problems/act_happens_by_itself"
    uses = [{"menu": "pay", "amount": 5}]
    cart = {"lines": [make.line(6)], "member": {"number": anna.number}, "uses": uses}
    assert shop.post("/api/v1/quotes/", cart, format="json").json()["payable_ore"] == 550
    order = shop.post(
        "/api/v1/orders/", cart | {"number": "8", "placed_at": "2025-05-01T11:00:00Z"}, format="json"
    )
    assert (order.status_code, order.json()["paid_ore"]) == (201, 550)
    refused = shop.post("/api/v1/quotes/", cart | {"uses": [{"menu": "pay", "amount": 900}]}, format="json")
    assert refused.json()["type"] == "/problems/not_enough"
