"""What members see and do besides earning: challenges, menus, gifts, evenings, draws, funds; and only with their own."""

from collections.abc import Iterator
from copy import deepcopy
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from loyalty import actions
from loyalty.models import ProgrammeVersion, Voucher
from loyalty.queries import programmes
from loyalty.queries.draws import every_fund, is_as_drawn
from members.actions import NewReturn
from members.models import Member
from tests.loyalty.api import make
from tests.loyalty.rich import RICH
from tests.loyalty.test_pages import NOW, buy, logged_in, words_of
from tests.make import make_member

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _may_2025() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        make.programme(RICH)
        yield


def test_every_shown_meter_says_what_it_leads_to(alice: Member) -> None:
    for number in range(3):
        buy(alice, 400, f"{number}", days_ago=9 - number)
    words = words_of(logged_in(alice), "my_page")
    assert "1,200 points 800 points left to bonus check of 100 kr" in words
    assert "Stamps 3 2 stamps left to coffee" in words
    assert "Cashback 24 kr Done! You can take out payout of 24 kr." in words


def test_what_points_can_be_used_for_says_what_it_takes_and_what_is_missing(alice: Member) -> None:
    buy(alice, 400, "1")
    words = words_of(logged_in(alice), "benefits")
    assert (
        "The shelf You have 400 points A coffee 300 points Choose A towel 900 points 500 points left" in words
    )
    assert "Ten kronor off 100 points Used when you pay" in words
    page = logged_in(alice).get(reverse("use_option", args=["shelf", "coffee"])).content.decode()
    assert "You then have 100 points left." in page
    assert logged_in(alice).get(reverse("use_option", args=["shelf", "boat"])).status_code == 404


def test_perks_say_whether_they_are_open_to_me_and_when_they_will_be(alice: Member, bob: Member) -> None:
    buy(alice, 1200, "1")
    hers, his = (words_of(logged_in(one), "benefits") for one in (alice, bob))
    assert "An evening with the baker Open for you We bake bread. 2 of 2 seats left Seats Book" in hers
    assert "Delivery Open for you For you: half price" in hers
    assert "Delivery Silver: half price Gold: free" in his
    assert "An evening with the baker We bake bread. Opens for you May 10, 2025, 6 p.m." in his
    assert "Book" not in his


def test_everybody_sees_what_a_fund_holds(alice: Member) -> None:
    words = words_of(logged_in(alice), "benefits")
    assert "The forest 1,000 kr Collected by all members together: 1,000 kr." in words


def test_without_anything_besides_checks_the_page_says_so(alice: Member) -> None:
    make.programme(make.QUARTERLY, since=NOW)
    assert "Nothing here yet" in words_of(logged_in(alice), "benefits")


def test_a_tier_says_what_keeps_it_and_what_is_missing_for_the_next(alice: Member) -> None:
    buy(alice, 1200, "1")
    words = words_of(logged_in(alice), "my_page")
    assert (
        "You have silver until Dec. 31, 2026. You have earned enough in this period to keep silver." in words
    )
    assert "3,800 points left to gold" in words
    assert "My levels Silver Reached with 1,200 points." in words_of(logged_in(alice), "history")


def test_who_shares_the_account_is_told_to_those_who_do_and_to_nobody_else(
    alice: Member, carol: Member
) -> None:
    make_member("Berit", account=alice.account)
    assert "Alice Åkesson (you) Member since" in words_of(logged_in(alice), "household")
    assert "Berit Member since" in words_of(logged_in(alice), "household")
    assert "Berit" not in words_of(logged_in(carol), "household")


MOST = 8
# Rules that ask for every kind of thing that can be remembered of an account.
ASKING = deepcopy(RICH)
ASKING["earning_rules"] += [
    {
        "key": f"asks_{number}",
        "name": "asks",
        "meter": "points",
        "rate": {"kind": "fixed", "value": 1},
        "condition": condition,
        "limits": {"max": [{"amount": 10, "per": "year"}]},
    }
    for number, condition in enumerate(
        (
            {"consent": "marketing"},
            {"tier": "level", "in": ["silver"], "held": "ever"},
            {"event": "return", "op": "lte", "value": 9},
            {"event": "purchase", "op": "gte", "value": 1},
            {"event": "visit", "op": "gte", "value": 0},
        )
    )
]


@pytest.mark.parametrize(
    ("page", "count"), [("my_page", 5), ("benefits", 8), ("history", 5), ("household", 5)]
)
def test_pages_ask_the_same_however_much_has_happened(
    alice: Member, bob: Member, page: str, count: int
) -> None:
    """Session and user, the account, its past, a debt and an order that came back; on every database."""
    ProgrammeVersion.objects.all().delete()
    make.programme(ASKING)
    asked = []
    for member, orders in ((alice, 2), (bob, 30)):
        for number in range(orders):
            buy(member, 400, f"{member.first_name}{number}", days_ago=40 - number)
        owing_for_goods_that_came_back(member)
        client = logged_in(member)
        client.get(reverse(page))  # parses the programme, once per process
        programmes._seen.clear()  # and looks for a new one, once in a while
        with CaptureQueriesContext(connection) as captured:
            client.get(reverse(page))
        asked.append(len(captured))
    assert asked == [count] * 2
    assert count <= MOST


def owing_for_goods_that_came_back(member: Member) -> None:
    """An order whose points are gone before all of it comes back."""
    number = f"{member.first_name}-back"
    buy(member, 400, number)
    points = member.account.balances.get(meter="points")
    actions.adjust_points(
        account=member.account, meter="points", amount=-points.amount, reason="test", actor="test", now=NOW
    )
    returned = NewReturn(source="till", number=f"{number}-r", order_number=number, returned_at=NOW)
    actions.record_return(new_return=returned, now=NOW, actor="test")
    points.refresh_from_db()
    assert points.debt > 0


def do(member: Member, name: str, *args: object, **posted: object) -> str:
    """What the member is told after they have done something on their pages."""
    answer = logged_in(member).post(reverse(name, args=args), posted, follow=True)
    assert answer.status_code == 200
    return " ".join(str(one) for one in answer.context["messages"])


def test_a_challenge_is_accepted_counts_and_shows_how_far_it_is(alice: Member) -> None:
    words = words_of(logged_in(alice), "my_page")
    assert "Spring in the shop Gives 250 points 0 of 3 purchases Last day May 31, 2025 Yes, I am in" in words
    assert do(alice, "accept_offer", "spring") == "You are in. What you buy from now on counts."
    with time_machine.travel(NOW + timedelta(days=2), tick=False):
        buy(alice, 100, "1", days_ago=-1)
        words = words_of(logged_in(alice), "my_page")
    assert "Spring in the shop Gives 250 points 1 of 3 purchases" in words
    assert "Yes, I am in" not in words


def test_an_offer_counts_for_as_long_as_it_says(alice: Member) -> None:
    assert "Double points for a week It counts from the moment you say yes." in words_of(
        logged_in(alice), "my_page"
    )
    do(alice, "accept_offer", "double")
    assert "Double points for a week Yours Last day May 8, 2025" in words_of(logged_in(alice), "my_page")
    assert do(alice, "accept_offer", "boat") == "This offer has ended. Nothing was changed."


def test_points_become_what_was_chosen_and_a_refusal_says_what_is_missing(alice: Member) -> None:
    buy(alice, 400, "1")
    assert do(alice, "use_points", "shelf", "coffee") == "Done. You find it among your checks."
    [coffee] = Voucher.objects.all()
    assert (coffee.reward, coffee.account_id) == ("coffee", alice.account_id)
    assert do(alice, "use_points", "shelf", "coffee") == "You have 100 points, and this takes 300 points."
    assert do(alice, "use_points", "shelf", "boat") == "This can no longer be had. Nothing was used."
    assert do(alice, "use_points", "shelf", "ten").startswith("This is used when you pay")
    assert Voucher.objects.count() == 1


def test_a_fund_that_is_not_public_is_seen_by_staff_alone(alice: Member) -> None:
    page = words_of(logged_in(alice), "benefits")
    assert ("The forest" in page, "The reserve" in page) == (True, False)
    assert [(one.key, one.balance_ore) for one in every_fund(NOW)] == [
        ("forest", 100_000),
        ("reserve", 500_000),
    ]


def test_a_voucher_is_claimed_by_its_owner_only(alice: Member, bob: Member) -> None:
    buy(alice, 1000, "1")
    do(alice, "use_points", "shelf", "towel")
    towel = Voucher.objects.get()
    assert "Claim it by May 16, 2025, or it is lost" in words_of(logged_in(alice), "my_page")
    assert logged_in(bob).post(reverse("claim_check", args=[towel.pk])).status_code == 404
    assert do(alice, "claim_check", towel.pk) == "It is yours now, and can be used."
    assert do(alice, "claim_check", towel.pk) == "It is claimed already."
    assert "Claim it" not in words_of(logged_in(alice), "my_page")


def test_a_voucher_is_given_to_a_friend_who_then_sees_it_and_nobody_else_does(
    alice: Member, bob: Member, carol: Member
) -> None:
    buy(alice, 400, "1")
    do(alice, "use_points", "shelf", "coffee")
    coffee = Voucher.objects.get()
    give = ("give_check", coffee.pk)
    path = reverse("give_check", args=[coffee.pk])
    assert logged_in(carol).post(path, {"to": carol.number}).status_code == 404
    assert do(alice, *give, to="nobody@post.example").startswith("We know no member by that.")
    assert do(alice, *give, to=alice.email).startswith("It is yours already.")
    assert do(alice, *give, to=bob.email) == "It is given on, and on their page now."
    [hers, his] = Voucher.objects.order_by("issued_at", "account_id")
    assert (hers.account_id, his.account_id) == (alice.account_id, bob.account_id)
    assert his.code in words_of(logged_in(bob), "my_page")
    assert "No checks right now" in words_of(logged_in(alice), "my_page")
    assert logged_in(bob).get(reverse("check_qr", args=[his.pk])).status_code == 200
    assert logged_in(carol).get(reverse("check_qr", args=[his.pk])).status_code == 404


def test_without_a_name_the_friend_gets_a_code(alice: Member) -> None:
    buy(alice, 400, "1")
    do(alice, "use_points", "shelf", "coffee")
    coffee = Voucher.objects.get()
    assert (
        do(alice, "give_check", coffee.pk, to="")
        == f"Give your friend this code: {coffee.code}. It works once."
    )
    assert do(alice, "give_check", coffee.pk, to="") == "It is given on already."
    assert "Given on" in words_of(logged_in(alice), "my_page")


def test_cashback_is_taken_out_when_there_is_enough_of_it(alice: Member, bob: Member) -> None:
    buy(alice, 1200, "1")
    assert do(alice, "convert", "take_out") == "Done. You find it among your checks."
    assert Voucher.objects.get(reward="payout").value_ore == 2400
    assert do(bob, "convert", "take_out") == "That is too little: it begins at 20 kr."


def test_seats_are_booked_waited_for_and_given_up_by_their_owner_alone(
    alice: Member, bob: Member, carol: Member
) -> None:
    for number, member in enumerate((alice, bob)):
        buy(member, 1200, f"{number}")
    assert do(alice, "book_seats", "evening", seats="2") == "Welcome! Your seats are booked."
    assert do(alice, "book_seats", "evening", seats="1") == "You can have at most 2 seats."
    assert do(bob, "book_seats", "evening", seats="1").startswith(
        "It is full, so you are on the waiting list."
    )
    assert do(carol, "book_seats", "evening", seats="1").startswith("It is not open to you yet.")
    assert do(carol, "cancel_booking", "evening") == "You have nothing booked here."
    assert "2 seats booked" in words_of(logged_in(alice), "benefits")
    assert "1 seat on the waiting list" in words_of(logged_in(bob), "benefits")
    do(alice, "cancel_booking", "evening")
    assert "1 seat booked" in words_of(logged_in(bob), "benefits")


def test_what_can_be_used_once_a_year_is_used_once_and_stays_used(alice: Member) -> None:
    assert "1 of 1 left" in words_of(logged_in(alice), "benefits")
    assert do(alice, "use_perk", "mending").startswith("It is used. Show this to the staff: it happened ")
    assert "0 of 1 left" in words_of(logged_in(alice), "benefits")
    assert do(alice, "use_perk", "mending") == "You have used it as often as you can for now."
    assert do(alice, "cancel_booking", "mending") == "It is used, and cannot be given back."
    assert [one.seats for one in alice.bookings.filter(perk="mending")] == [1]


@pytest.mark.parametrize("seats", ["", "-1", "0", "two", "²", "9" * 40])
def test_a_number_of_seats_that_is_none_changes_nothing(alice: Member, seats: str) -> None:
    buy(alice, 1200, "1")
    assert do(alice, "book_seats", "evening", seats=seats).startswith("Write a whole number above zero.")
    assert not alice.bookings.exists()


def test_a_draw_shows_its_winners_and_the_list_they_were_drawn_from(alice: Member, bob: Member) -> None:
    Member.objects.update(joined_at=make.START)
    buy(alice, 100, "1")
    buy(bob, 100, "2")
    assert "You have 1 ticket." in words_of(logged_in(alice), "benefits")
    later = datetime(2025, 6, 2, 12, tzinfo=UTC)
    with time_machine.travel(later, tick=False):
        [result] = actions.draw_now(draw="lottery", now=later, actor="test")
        page = logged_in(alice).get(reverse("draw_result", args=[result.pk]))
    assert [(one.who, one.first, one.last) for one in page.context["tickets"]] == [
        (str(who), place, place)
        for place, who in enumerate(sorted([alice.account_id, bob.account_id], key=str), 1)
    ]
    assert is_as_drawn(result) is True
    result.winners = [{**result.winners[0], "account": "0"}]
    assert is_as_drawn(result) is False


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("accept_offer", ["spring"]),
        ("use_points", ["shelf", "coffee"]),
        ("use_freely", ["shelf"]),
        ("convert", ["take_out"]),
        ("choose_size", ["take_out"]),
        ("book_seats", ["evening"]),
        ("use_perk", ["mending"]),
        ("cancel_booking", ["evening"]),
        ("invite", []),
    ],
)
def test_deeds_are_for_members_who_are_logged_in_and_never_by_a_link(
    alice: Member, name: str, args: list[str]
) -> None:
    path = reverse(name, args=args)
    assert Client().post(path).headers["Location"] == f"/accounts/login/?next={path}"
    assert logged_in(alice).get(path).status_code == 405
