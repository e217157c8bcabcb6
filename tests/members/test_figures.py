import json
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from members.insights import ClubFigures, club_figures
from members.models import ApiKey, Member, OrderReturn, OrderReturnLine
from members.queries import find_api_key
from tests.make import NOON, make_api_key, make_order_row, make_store

pytestmark = pytest.mark.django_db

NOTHING = ClubFigures(0, 0, 0, 0, 0, 0, 0, Decimal("0.0000"))


def test_a_club_without_anybody_has_figures_too() -> None:
    assert club_figures() == NOTHING


def test_the_club_counts_who_is_there_who_buys_and_who_buys_again(
    alice: Member, bob: Member, carol: Member
) -> None:
    make_order_row(alice, paid_ore=10_001)
    make_order_row(bob, paid_ore=1)
    last = make_order_row(bob, paid_ore=20_000)
    make_order_row(None, paid_ore=500)
    make_order_row(carol, paid_ore=70_000, state="cancelled")
    order_return = OrderReturn.objects.create(
        source="web", number="r-1", amount_ore=9_000, returned_at=NOON, recorded_at=NOON
    )
    for ref in ("1", "2"):
        OrderReturnLine.objects.create(
            order_return=order_return, order_line=last.lines.get(), ref=ref, quantity=1, amount_ore=4_500
        )
    assert club_figures() == ClubFigures(
        members=3,
        members_with_orders=2,
        orders=4,
        orders_sum_ore=30_502,
        returns=1,
        return_lines=2,
        returns_sum_ore=9_000,
        repeat_rate_percent=Decimal("50.0000"),
    )


def test_the_repeat_rate_is_exact_to_four_decimals(alice: Member, bob: Member, carol: Member) -> None:
    for member in (alice, alice, bob, bob, carol):
        make_order_row(member)
    assert club_figures().repeat_rate_percent == Decimal("66.6667")


def test_the_figures_are_told_to_people_and_to_programs(
    alice: Member, capsys: pytest.CaptureFixture[str]
) -> None:
    make_order_row(alice, paid_ore=150)
    call_command("club_figures", "--json")
    assert json.loads(capsys.readouterr().out) == {
        "members": 1,
        "members_with_orders": 1,
        "orders": 1,
        "orders_sum_ore": 150,
        "returns": 0,
        "return_lines": 0,
        "returns_sum_ore": 0,
        "repeat_rate_percent": "0.0000",
    }
    call_command("club_figures")
    lines = capsys.readouterr().out.splitlines()
    assert lines[3].split() == ["orders_sum_ore", "150"]


def test_a_key_made_on_the_command_line_is_printed_and_opens(capsys: pytest.CaptureFixture[str]) -> None:
    store = make_store("gbg")
    call_command("create_api_key", "Till 3", "--scopes", "read, orders", "--source", "till", "--store", "gbg")
    row = find_api_key(capsys.readouterr().out.strip())
    assert row == ApiKey.objects.get()
    assert row is not None
    assert (row.name, row.source, row.scopes, row.store) == ("Till 3", "till", ["orders", "read"], store)
    assert row.is_valid(row.created_at + timedelta(days=9_999))


@pytest.mark.parametrize("scopes", [["read,orders"], ["read", "orders"], ["read,", "orders"]])
def test_scopes_are_told_with_commas_or_with_spaces(scopes: list[str]) -> None:
    call_command("create_api_key", "Till 3", "--scopes", *scopes)
    assert ApiKey.objects.get().scopes == ["orders", "read"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--scopes", "everything"], "There is no scope everything. There are: read, members"),
        (["--scopes", ","], "Name at least one scope"),
        (["--scopes", "read", "--store", "nowhere"], "There is no store with the code nowhere."),
        (["--scopes", "read", "--source", "the till"], "the till is not"),
    ],
)
def test_a_key_that_cannot_be_is_refused_with_a_reason(arguments: list[str], says: str) -> None:
    with translation.override("en"), pytest.raises(CommandError, match=says):
        call_command("create_api_key", "Till 3", *arguments)
    assert ApiKey.objects.count() == 0


def test_a_key_is_found_by_its_whole_text_only() -> None:
    row, key = make_api_key()
    assert find_api_key(key) == row
    flipped = key[:-1] + ("0" if key[-1] != "0" else "1")
    for wrong in (flipped, key[:-1], key + "0", key.upper(), f"sk_{row.prefix}_", "", "sk_é_"):
        assert find_api_key(wrong) is None
