"""The home tells the club's numbers and what needs a hand, and leads to where it is mended."""

import json
from datetime import datetime, timedelta

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from config.menu import MENU
from config.wording import money
from loyalty import insights as loyalty
from loyalty.models import LedgerCheck, Voucher
from members import insights
from members.models import Activity, Member
from tests.console import seed
from tests.console.conftest import browser, questions
from tests.make import NOON, make_activity, make_member, make_order_row

HOME_QUERIES = 28


def figures(client: Client) -> dict[str, tuple[str, str]]:
    shown = client.get(reverse("admin:index")).context["figures"]
    return {figure.label: (figure.value, figure.note) for figure in shown}


def plain(text: str) -> str:
    return text.replace("\xa0", " ")


def test_a_new_club_is_told_what_to_do_next(owner: Client) -> None:
    page = owner.get(reverse("admin:index"))
    assert [(step.text, step.is_done) for step in page.context["steps"]] == [
        ("Publish a programme", False),
        ("Connect the shop", False),
        ("Welcome the first member", False),
        ("Record the first order", False),
    ]
    assert [one.text for one in page.context["attention"]] == [
        "No programme is in force, so orders give no points.",
        "The ledger has not been checked yet. It is checked every night.",
    ]
    assert "No orders and no new members yet." in page.content.decode()


def test_every_link_of_the_home_opens(owner: Client, club: list[Member]) -> None:
    page = owner.get(reverse("admin:index")).context
    links = {one.link for part in ("figures", "attention", "steps") for one in page[part] if one.link}
    links |= {item["link"] for group in page["sidebar_navigation"] for item in group["items"]}
    assert len(links) > 20
    assert {link: owner.get(link).status_code for link in links} == dict.fromkeys(links, 200)


def test_the_home_counts_what_the_ledger_says(owner: Client, club: list[Member], now: datetime) -> None:
    usable = Voucher.objects.filter(state="issued")
    shown = figures(owner)
    assert shown["Members"][0] == "3"
    points = loyalty.outstanding(now)[0]
    assert (points.meter, points.value_ore) == ("points", points.amount * 5)
    assert plain(shown["points outstanding"][0]) == f"{points.amount:,}"
    assert shown["Checks out"][0] == str(usable.count())
    assert shown["Checks used"] == ("0", "0 kr")
    if now.astimezone(NOON.tzinfo).hour:
        assert shown["Orders today"] == ("1", "3,000 kr")


def test_the_home_asks_the_same_number_of_questions_however_large_the_club(
    owner: Client, club: list[Member], now: datetime
) -> None:
    home = reverse("admin:index")
    owner.get(home)
    before = questions(owner, home)
    seed.build_more(club, now)
    assert questions(owner, home) == before <= HOME_QUERIES


def test_undelivered_activities_and_parked_returns_need_attention(
    owner: Client, club: list[Member], now: datetime
) -> None:
    Activity.objects.update(delivered_at=now)
    make_activity("order.recorded", club[0], at=now - timedelta(hours=2))
    make_activity("order.recorded", club[0], at=now)
    texts = [one.text for one in owner.get(reverse("admin:index")).context["attention"]]
    assert any(text.startswith("1 activity has waited since") for text in texts)
    assert "2 returns wait for their order." in texts


def test_a_broken_law_is_an_error_and_an_old_check_a_warning(
    owner: Client, club: list[Member], now: datetime
) -> None:
    LedgerCheck.objects.all().delete()
    LedgerCheck.objects.create(checked_at=now - timedelta(days=3), entries=7, breaks=[])
    old = owner.get(reverse("admin:index")).context["attention"][0]
    assert old.level == "warning"
    assert "The nightly check does not run." in old.text
    broken = [{"law": 3, "title": "balance = entries", "rows": ["account 1: off by one"]}]
    LedgerCheck.objects.create(checked_at=now, entries=7, breaks=broken)
    worst = owner.get(reverse("admin:index")).context["attention"][0]
    assert (worst.level, "1 broken laws" in worst.text) == ("error", True)


def test_the_chart_and_its_table_tell_the_same_twelve_months(owner: Client, club: list[Member]) -> None:
    page = owner.get(reverse("admin:index"))
    bars = json.loads(page.context["chart"])
    months = page.context["months"]
    assert len(months) == 12
    assert bars["datasets"][0]["data"] == [month.orders for month in months]
    assert bars["datasets"][1]["data"] == [month.joined for month in months]
    assert page.content.decode().count('<th scope="row">') == 12


def test_months_are_the_clubs_own_and_leave_out_cancelled_orders(db: None) -> None:
    member = make_member(joined_at=NOON)
    midnight = NOON.replace(day=1, hour=0)
    make_order_row(member, placed_at=midnight, number="first-minute")
    make_order_row(member, placed_at=midnight - timedelta(minutes=1), number="minute-before")
    make_order_row(member, placed_at=NOON, number="no", state="cancelled", cancelled_at=NOON)
    [august, september] = insights.months(NOON, 1, 0)
    assert insights.months(NOON, 1, 1) == [august]
    assert insights.months(NOON, 0, 0) == [september]
    assert (august.start.isoformat(), august.orders, august.joined) == ("2025-08-01", 1, 0)
    assert (september.start.isoformat(), september.orders, september.joined) == ("2025-09-01", 1, 1)


def test_staff_see_only_the_numbers_they_may_see(club: list[Member]) -> None:
    cashier = seed.make_staff()
    cashier.user_permissions.set(Permission.objects.filter(codename="view_member"))
    client = browser(cashier)
    assert list(figures(client)) == ["Members"]
    menu = client.get(reverse("admin:index")).context["sidebar_navigation"]
    assert [item["title"] for group in menu for item in group["items"]] == ["Overview", "Members"]


def test_staff_without_rights_are_told_so_and_see_nothing(club: list[Member]) -> None:
    page = browser(seed.make_staff()).get(reverse("admin:index"))
    assert page.status_code == 200
    assert (page.context["figures"], page.context["attention"], page.context["steps"]) == ([], [], [])
    assert "nobody has given you anything to see yet" in page.content.decode()


def test_kronor_are_rounded_to_whole_ones() -> None:
    assert money(12_349) == "123 kr"


@pytest.mark.parametrize("label", [row[0] for _title, rows in MENU for row in rows])
def test_the_menu_names_no_model_that_cannot_be(label: str) -> None:
    app, _dot, model = label.partition(".")
    assert app
    assert model[0].isupper()
