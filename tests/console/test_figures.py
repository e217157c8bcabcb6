"""The whole club in figures, as the command tells them."""

import json

import pytest
from django.contrib.auth.models import Permission
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from members.models import Member
from tests.console import seed
from tests.console.conftest import browser
from tests.make import make_order_row

PAGE = reverse("club_figures")


def staff_who_may(*rights: str) -> Client:
    staff = seed.make_staff(f"{len(rights)}@shop.example")
    staff.user_permissions.set(Permission.objects.filter(codename__in=rights))
    return browser(staff)


def digits(text: str) -> str:
    return "".join(sign for sign in text if sign.isdigit())


def test_the_page_tells_to_the_ore_what_the_command_tells(
    owner: Client, club: list[Member], capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("club_figures", "--json")
    told = json.loads(capsys.readouterr().out)
    assert told["orders"] > told["members_with_orders"] > 0
    shown = [value for _name, value, _about in owner.get(PAGE).context["rows"]]
    kronor = {name: str(ore // 100) for name, ore in told.items() if name.endswith("_ore")}
    assert [digits(value) for value in shown] == [digits(str(kronor.get(name, told[name]))) for name in told]


def test_ore_are_shown_where_there_are_any(owner: Client, club: list[Member]) -> None:
    make_order_row(club[0], paid_ore=10_037)
    sums = [value for _name, value, _about in owner.get(PAGE).context["rows"]]
    assert sums[3].replace("\xa0", " ").endswith(".37 kr")


def test_the_page_is_told_in_swedish_and_stands_in_the_menu(club: list[Member]) -> None:
    staff = browser(seed.make_staff(is_superuser=True), "sv")
    page = staff.get(PAGE).content.decode()
    assert "Klubben i siffror" in page
    assert f'href="{PAGE}"' in staff.get(reverse("admin:index")).content.decode()


def test_only_who_may_see_members_and_orders_sees_the_figures(club: list[Member], client: Client) -> None:
    one, both = (staff_who_may("view_member"), staff_who_may("view_member", "view_order"))
    assert client.get(PAGE).status_code == 302
    assert (one.get(PAGE).status_code, both.get(PAGE).status_code) == (403, 200)
    assert PAGE not in one.get(reverse("admin:index")).content.decode()
