"""A quote proposes the checks and points that waste least, and first what ends first."""

import random
from datetime import UTC, datetime, timedelta
from itertools import combinations, count
from typing import Any

import pytest

from loyalty import actions
from loyalty.models import ProgrammeVersion, Voucher
from loyalty.queries.quotes import Proposal, quote
from members.actions import NewUse
from members.models import Member
from tests.loyalty.api import make
from tests.loyalty.test_quotes import cart

pytestmark = pytest.mark.django_db
NOW = datetime(2025, 5, 2, 12, tzinfo=UTC)
PARTLY: dict[str, Any] = {**make.QUARTERLY["rewards"][0], "key": "partly", "use": {"partly": True}}
ALONE: dict[str, Any] = {**make.QUARTERLY["rewards"][0], "key": "alone", "use": {"combinable": "none"}}
CLUB: dict[str, Any] = make.QUARTERLY | {
    "rewards": [*make.QUARTERLY["rewards"], PARTLY, ALONE],
    "menus": [
        {"key": "pay", "name": "pay", "meter": "points", "free_choice": {"unit_value": 0.1, "unit": 10}}
    ],
    "life": {},
}
numbers = count(1)


@pytest.fixture
def version() -> ProgrammeVersion:
    return make.programme(CLUB)


@pytest.fixture
def anna(version: ProgrammeVersion) -> Member:
    return make.member()


def check(member: Member, kronor: int, days: int, *, reward: str = "bonus", **facts: Any) -> str:
    """The code of a check that ends in so many days."""
    row = Voucher.objects.create(
        code=f"C{kronor}-{days}-{next(numbers)}", account=member.account, reward=reward,
        version=ProgrammeVersion.objects.get(), kind="money_off", value_ore=kronor * 100, issued_at=make.START,
        available_from=make.START, expires_at=NOW + timedelta(days=days), **facts,
    )  # fmt: skip
    return row.code


def proposal(member: Member, kronor: int) -> Proposal:
    found = quote(cart(member, kronor), with_proposal=True).proposal
    assert found is not None
    return found


def codes(found: Proposal) -> list[str]:
    return [one.code for one in found.vouchers]


def test_what_ends_first_is_used_first_and_what_would_lose_something_is_kept(anna: Member) -> None:
    later, soon = check(anna, 100, 90), check(anna, 50, 5)
    found = proposal(anna, 120)
    assert (codes(found), [one.code for one in found.kept]) == ([soon], [])
    assert found.payable_ore == 7_000
    assert codes(proposal(anna, 150)) == [soon, later]
    assert [one.code for one in proposal(anna, 40).kept] == [soon, later]


def test_of_those_that_end_together_the_set_that_takes_most_off_without_loss_is_chosen(anna: Member) -> None:
    check(anna, 80, 30)
    fifty, forty = check(anna, 50, 30), check(anna, 40, 30)
    found = proposal(anna, 90)
    assert (sorted(codes(found)), found.payable_ore) == (sorted([fifty, forty]), 0)


def test_a_check_that_ends_within_a_day_is_used_even_where_part_of_it_is_lost(anna: Member) -> None:
    ends = check(anna, 100, 1)
    found = proposal(anna, 80)
    assert codes(found) == [ends]
    assert (found.vouchers[0].lost_ore, found.vouchers[0].because["key"]) == (2_000, "voucher_ends_anyway")
    assert proposal(anna, 100).vouchers[0].because["key"] == "voucher_suggested"


def test_what_is_only_partly_used_loses_nothing(anna: Member) -> None:
    partly = check(anna, 100, 30, reward="partly")
    found = proposal(anna, 80)
    assert (codes(found), found.vouchers[0].lost_ore, found.payable_ore) == ([partly], 0, 0)


def test_checks_that_do_not_suffer_each_other_are_not_proposed_together(anna: Member) -> None:
    alone, bonus = check(anna, 50, 30, reward="alone"), check(anna, 100, 30)
    assert codes(proposal(anna, 500)) == [bonus]
    assert codes(proposal(anna, 60)) == [alone]


def test_a_check_held_for_another_order_is_left_out_and_one_held_for_this_is_not(anna: Member) -> None:
    held = check(anna, 50, 5)
    until = NOW + timedelta(minutes=20)
    actions.reserve_voucher(code=held, order_key="web:other", until=until, now=NOW, actor="test")
    assert codes(proposal(anna, 100)) == []
    actions.release_voucher(code=held, order_key="web:other", now=NOW, actor="test")
    actions.reserve_voucher(code=held, order_key="web:cart", until=until, now=NOW, actor="test")
    assert codes(proposal(anna, 100)) == [held]


def test_points_pay_what_checks_leave_and_what_is_proposed_is_what_the_sale_comes_to(anna: Member) -> None:
    actions.adjust_points(
        account=anna.account, meter="points", amount=375, reason="Gåva", actor="test",
        now=NOW - timedelta(days=1),
    )  # fmt: skip
    used = check(anna, 50, 5)
    found = proposal(anna, 500)
    [use] = found.uses
    assert (codes(found), use.menu, use.amount, use.value_ore) == ([used], "pay", 370, 3_700)
    order = cart(anna, 500, vouchers=(used,), uses=(NewUse(menu="pay", amount=use.amount),), number="cart")
    sold = actions.record_order(order=order, now=NOW, actor="test")
    assert sold.order.paid_ore == found.payable_ore == 50_000 - 5_000 - 3_700


def test_a_proposal_changes_nothing_of_the_quote_and_is_not_made_unasked(anna: Member) -> None:
    check(anna, 50, 5)
    plain, asked = quote(cart(anna)), quote(cart(anna), with_proposal=True)
    assert (plain.proposal, plain.payable_ore, plain.earned) == (None, asked.payable_ore, asked.earned)
    assert quote(cart(None), with_proposal=True).proposal is None


def test_twenty_checks_that_are_alike_are_used_as_far_as_they_go(anna: Member) -> None:
    for _one in range(20):
        check(anna, 50, 30)
    found = proposal(anna, 520)
    assert (len(found.vouchers), found.payable_ore) == (10, 2_000)


def best_by_hand(checks: list[tuple[int, int]], kronor: int) -> tuple[int, ...]:
    """Of (kronor, days), every set that loses nothing: the most of what ends first, then of what ends next …"""
    ends = sorted({days for _worth, days in checks})
    sets = [chosen for size in range(len(checks) + 1) for chosen in combinations(checks, size)]
    fitting = [chosen for chosen in sets if sum(worth for worth, _days in chosen) <= kronor]
    return max(tuple(sum(worth for worth, of in chosen if of == day) for day in ends) for chosen in fitting)


@pytest.mark.parametrize("seed", range(12))
def test_no_set_of_checks_does_better_than_the_one_proposed(anna: Member, seed: int) -> None:
    chance = random.Random(seed)
    checks = [(chance.choice((10, 25, 30, 50, 75)), chance.choice((5, 30, 90))) for _one in range(6)]
    kronor = chance.randrange(40, 220)
    known = {check(anna, worth, days): (worth, days) for worth, days in checks}
    chosen = [known[code] for code in codes(proposal(anna, kronor))]
    ends = sorted({days for _worth, days in checks})
    got = tuple(sum(worth for worth, of in chosen if of == day) for day in ends)
    assert got == best_by_hand(checks, kronor)


def test_the_shop_asks_reserves_and_says_why(anna: Member, version: ProgrammeVersion) -> None:
    shop = make.client()
    soon, later = check(anna, 50, 5000), check(anna, 100, 6000)
    told = {"lines": [make.line(120)], "member": {"number": anna.number}, "number": "7", "propose": True}
    found = shop.post("/api/v1/quotes/", told, format="json").json()["proposal"]
    assert [one["code"] for one in found["vouchers"]] == [soon]
    assert found["vouchers"][0]["because"]["sentence"] == "Takes 50 kr off, and nothing of it is lost."
    assert (found["kept"], found["uses"], found["payable_ore"]) == ([], [], 7_000)
    held = shop.post(f"/api/v1/vouchers/{soon}/reserve/", {"order_number": "7"}, format="json")
    assert (held.status_code, held.json()["state"]) == (200, "reserved")
    other = shop.post("/api/v1/quotes/", {**told, "number": "8"}, format="json").json()["proposal"]
    assert [one["code"] for one in other["vouchers"]] == [later]
