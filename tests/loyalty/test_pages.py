"""What members see of what they have: exact, only their own, and as fast after years as on the first day."""

import json
import re
from collections.abc import Iterator
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import escape, strip_tags

from loyalty import actions
from loyalty.models import Voucher
from loyalty.queries import forget_programmes
from members.actions import NewLine, NewOrder, NewReturn
from members.actions.logins import ensure_login
from members.models import Member
from tests.loyalty.api import make
from tests.make import make_member, make_store

pytestmark = pytest.mark.django_db

NOW = datetime(2025, 5, 2, 12, tzinfo=UTC)
# A check of 50 kr for every 500 points, and silver at 1 000 points a year.
PROGRAMME = deepcopy(make.AT_ONCE)
PROGRAMME["tier_ladders"][0]["rows"][0]["name"] = {"sv": "silver", "nb": "sølv", "en": "silver"}


@pytest.fixture(autouse=True)
def _may_2025() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def programme() -> None:
    make.programme(PROGRAMME)


def logged_in(member: Member) -> Client:
    client = Client(HTTP_ACCEPT_LANGUAGE="en")
    login = ensure_login(email=member.email, now=NOW)
    assert login is not None
    client.force_login(login)
    return client


def buy(member: Member, kronor: int, number: str, *, days_ago: int = 1, **facts: Any) -> None:
    at = NOW - timedelta(days=days_ago)
    line = NewLine(ref="1", quantity=Decimal(1), gross_ore=kronor * 100)
    order = NewOrder(source="till", number=number, placed_at=at, lines=(line,), member=member, **facts)
    actions.record_order(order=order, now=at, actor="test")


def words_of(client: Client, page: str, query: str = "") -> str:
    """The text of a page with single spaces, as a person reads it."""
    html = client.get(reverse(page) + query).content.decode()
    return re.sub(r"\s+", " ", strip_tags(html.partition("<main")[2].partition("</main>")[0])).replace(
        "\xa0", " "
    )


@pytest.mark.usefixtures("programme")
def test_a_member_sees_what_they_have_and_what_comes_next(alice: Member) -> None:
    buy(alice, 720, "1001")
    words = words_of(logged_in(alice), "my_page")
    assert "Hello Alice What you have 220 points" in words
    assert "280 points left to bonus check of 50 kr" in words
    assert "Bonus check 50 kr Last day Nov. 1, 2025" in words
    assert "Level 280 points left to silver" in words


@pytest.mark.usefixtures("programme")
def test_the_bar_says_the_same_as_the_words(alice: Member) -> None:
    buy(alice, 220, "1001")
    html = logged_in(alice).get(reverse("my_page")).content.decode()
    assert re.findall(r'<progress[^>]*\smax="(\d+)"\s+value="(\d+)"', html) == [
        ("500", "220"),
        ("1000", "220"),
    ]


@pytest.mark.usefixtures("programme")
def test_a_tier_is_shown_with_its_last_day(alice: Member) -> None:
    buy(alice, 1200, "1001")
    assert "Level Silver You have silver until Dec. 31, 2026." in words_of(logged_in(alice), "my_page")


def test_points_on_their_way_are_shown_with_their_day(alice: Member) -> None:
    document = deepcopy(PROGRAMME)
    document["earning_rules"][0]["pending_days"] = 30
    make.programme(document)
    buy(alice, 120, "1001", days_ago=2)
    words = words_of(logged_in(alice), "my_page")
    assert "0 points 120 points on their way, the first on May 30, 2025" in words


def test_points_that_lapse_are_shown_with_their_last_day(alice: Member) -> None:
    document = deepcopy(PROGRAMME)
    document["meters"][0]["lifetime"] = {"kind": "months", "count": 12}
    make.programme(document)
    buy(alice, 120, "1001", days_ago=2)
    assert "120 points to use by April 30, 2026" in words_of(logged_in(alice), "my_page")


@pytest.mark.usefixtures("programme")
def test_debt_is_said_kindly_and_plainly(alice: Member) -> None:
    buy(alice, 500, "1001")
    [check] = Voucher.objects.all()
    buy(alice, 60, "1002", vouchers=(check.code,))
    actions.record_return(
        new_return=NewReturn(source="till", number="R1", order_number="1001", returned_at=NOW),
        now=NOW,
        actor="test",
    )
    assert "You owe 490 points for goods that came back." in words_of(logged_in(alice), "my_page")


def test_meters_that_only_count_can_be_hidden_from_members(alice: Member) -> None:
    document = deepcopy(PROGRAMME)
    document["meters"].append(
        {"key": "spend", "name": "krona in the year", "spendable": False, "shown": False}
    )
    document["earning_rules"].append(
        {"key": "all", "name": "all", "meter": "spend", "rate": {"kind": "per_unit", "value": 1}}
    )
    make.programme(document)
    buy(alice, 120, "1001")
    client = logged_in(alice)
    assert "krona in the year" not in words_of(client, "my_page")
    assert words_of(client, "history").count("till") + words_of(client, "history").count("1001") == 1


def test_before_the_club_has_rules_the_page_says_so(alice: Member) -> None:
    words = words_of(logged_in(alice), "my_page")
    assert "The club opens soon" in words
    assert "No checks right now" in words


@pytest.mark.usefixtures("programme")
def test_a_new_member_sees_where_to_begin(alice: Member) -> None:
    client = logged_in(alice)
    assert "500 points left to bonus check of 50 kr" in words_of(client, "my_page")
    assert "Nothing yet Show your member card" in words_of(client, "history")


@pytest.mark.usefixtures("programme")
def test_every_line_of_the_history_says_why(alice: Member) -> None:
    buy(alice, 720, "1001", store=make_store())
    lines = logged_in(alice).get(reverse("history")).context["entries"]
    assert [(line.kind, line.amount) for line in lines] == [("redeem", -500), ("earn", 720)]
    words = words_of(logged_in(alice), "history")
    assert "−500 points 500 points became a check of 50 kr. May 1, 2025" in words
    assert "+720 points 720 points for 720 kr. May 1, 2025 · order 1001, Butiken gbg" in words


@pytest.mark.usefixtures("programme")
def test_older_lines_follow_page_by_page_without_a_gap(alice: Member) -> None:
    for number in range(45):
        buy(alice, 1, f"{number}", days_ago=50 - number)
    client, query, seen = logged_in(alice), "", []
    for _page in range(3):
        page = client.get(reverse("history") + query).context
        seen.append([line.sequence for line in page["entries"]])
        query = f"?before={page['next_before']}"
    assert [len(page) for page in seen] == [20, 20, 5]
    assert [number for page in seen for number in page] == list(range(45, 0, -1))
    assert query == "?before=None"
    assert "1 kr" in words_of(client, "history", "?before=None")


@pytest.mark.usefixtures("programme")
@pytest.mark.parametrize("before", ["-1", "x", "9" * 30, "²", ""])
def test_a_place_that_is_none_is_no_error(alice: Member, before: str) -> None:
    buy(alice, 10, "1001")
    assert logged_in(alice).get(reverse("history"), {"before": before}).status_code == 200


@pytest.mark.usefixtures("programme")
@pytest.mark.parametrize(("page", "statements"), [("my_page", 3), ("history", 4)])
def test_pages_ask_the_database_as_often_after_years_as_on_the_first_day(
    alice: Member, bob: Member, page: str, statements: int
) -> None:
    """Session and user, and the account with its past; for the lines their page and the tiers."""
    for number in range(3):
        buy(alice, 300, f"a{number}", days_ago=50 - number)
    for number in range(120):
        buy(bob, 300, f"b{number}", days_ago=200 - number)
    assert (alice.account.entries.count(), bob.account.entries.count() >= 190) == (4, True)
    asked = []
    for member in (alice, bob):
        client = logged_in(member)
        client.get(reverse(page))  # parses the programme, once per process
        with CaptureQueriesContext(connection) as captured:
            client.get(reverse(page))
        asked.append(len(captured))
    assert asked == [statements] * 2


@pytest.mark.usefixtures("programme")
@pytest.mark.parametrize("picture", ["check_qr", "check_bars"])
def test_a_check_is_drawn_for_its_owner_only(alice: Member, bob: Member, picture: str) -> None:
    buy(alice, 500, "1001")
    check = Voucher.objects.get()
    path = reverse(picture, args=[check.pk])
    drawn = logged_in(alice).get(path)
    assert (drawn.status_code, drawn.headers["Content-Type"]) == (200, "image/svg+xml")
    assert logged_in(bob).get(path).status_code == 404
    assert Client().get(path).headers["Location"] == f"/accounts/login/?next={path}"


@pytest.mark.usefixtures("programme")
def test_a_used_or_lapsed_check_is_not_offered(alice: Member) -> None:
    buy(alice, 500, "1001")
    [check] = Voucher.objects.all()
    client = logged_in(alice)
    assert check.code in words_of(client, "my_page")
    actions.redeem_voucher(code=check.code, order_key="till:1002", amount_ore=9900, now=NOW, actor="test")
    assert check.code not in words_of(client, "my_page")
    buy(alice, 500, "1003")
    with time_machine.travel(NOW + timedelta(days=400), tick=False):
        forget_programmes()
        assert "No checks right now" in words_of(logged_in(alice), "my_page")


@pytest.mark.usefixtures("programme")
def test_a_check_that_is_being_paid_with_says_so_and_hides_its_code(alice: Member) -> None:
    buy(alice, 500, "1001")
    [check] = Voucher.objects.all()
    actions.reserve_voucher(
        code=check.code, order_key="web:7", until=NOW + timedelta(minutes=30), now=NOW, actor="test"
    )
    words = words_of(logged_in(alice), "my_page")
    assert "Held for an order that is being paid" in words
    assert check.code not in words


@pytest.mark.usefixtures("programme")
def test_those_who_share_an_account_see_the_same_points(alice: Member) -> None:
    berit = make_member("Berit", account=alice.account)
    buy(alice, 120, "1001")
    assert "120 points" in words_of(logged_in(berit), "my_page")


@pytest.mark.usefixtures("programme")
def test_members_take_all_their_own_data_along_and_nobody_elses(alice: Member, bob: Member) -> None:
    buy(alice, 720, "1001")
    buy(bob, 80, "2001")
    file = logged_in(alice).get(reverse("my_data"))
    assert file.headers["Content-Disposition"] == f'attachment; filename="{alice.number}.json"'
    data = json.loads(file.content)
    assert sorted(data) == sorted(
        ["activities", "checks", "consents", "known_as", "ledger", "member", "orders", "returns", "tiers"]
    )
    assert (data["member"]["email"], data["member"]["phone"]) == ("alice@post.example", "+46701234567")
    assert [(one["number"], one["paid_ore"], len(one["lines"])) for one in data["orders"]] == [
        ("1001", 72000, 1)
    ]
    assert [(one["kind"], one["amount"], one["because"]) for one in data["ledger"]] == [
        ("redeem", -500, "500 points became a check of 50 kr."),
        ("earn", 720, "720 points for 720 kr."),
    ]
    assert "2001" not in file.content.decode()


def test_the_front_door_asks_visitors_in(client: Client) -> None:
    html = client.get("/").content.decode()
    assert f'href="{reverse("join")}"' in html
    assert f'href="{reverse("account_login")}"' in html


@pytest.mark.usefixtures("programme")
def test_the_front_door_tells_the_rules_word_for_word(client: Client) -> None:
    page = client.get("/", HTTP_ACCEPT_LANGUAGE="en")
    html = page.content.decode()
    assert "All the rules, word for word" in html
    assert any("50 kr" in sentence for sentence in page.context["sentences"])
    assert [one for one in page.context["sentences"] if f"<li>{escape(one)}</li>" not in html] == []


@pytest.mark.parametrize(("language", "greeting"), [("sv", "sv"), ("nb", "nb"), ("en", "en"), ("fi", "sv")])
def test_pages_say_which_language_they_speak(client: Client, language: str, greeting: str) -> None:
    html = client.get("/", HTTP_ACCEPT_LANGUAGE=language).content.decode()
    assert f'<html lang="{greeting}">' in html
