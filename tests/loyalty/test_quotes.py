"""A quote tells what the sale will come to, and leaves no trace."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from loyalty import actions
from loyalty.models import Voucher
from loyalty.queries.quotes import VoucherQuote, quote
from members.actions import NewLine, NewOrder
from members.models import Member
from tests.loyalty.api import make

pytestmark = pytest.mark.django_db
NOW = datetime(2025, 5, 2, 12, tzinfo=UTC)


def cart(member: Member | None, kronor: int = 600, *, number: str = "cart", **facts: Any) -> NewOrder:
    line = NewLine(ref="1", quantity=Decimal(1), gross_ore=kronor * 100)
    return NewOrder(
        source="web", number=number, placed_at=facts.pop("at", NOW), lines=(line,), member=member, **facts
    )


def check_of(member: Member) -> Voucher:
    """A check of 50 kr, won by a purchase of 500 kr."""
    bought = cart(member, 500, number="first", at=NOW - timedelta(days=1))
    [check] = actions.record_order(order=bought, now=bought.placed_at, actor="test").issued
    return check


def test_a_quote_is_what_the_sale_then_gives() -> None:
    make.programme(make.AT_ONCE)
    anna = make.member()
    check = check_of(anna)
    wanted = cart(anna, vouchers=(check.code,))
    quoted = quote(wanted)
    sold = actions.record_order(order=wanted, now=NOW, actor="test")
    assert (quoted.payable_ore, quoted.voucher_ore) == (sold.order.paid_ore, sold.order.voucher_ore)
    assert (quoted.payable_ore, quoted.voucher_ore) == (55000, 5000)
    assert quoted.earned == sold.earned == {"points": 550}
    assert quoted.because == sold.because
    assert [one.value_ore for one in quoted.issued] == [one.value_ore for one in sold.issued] == [5000]


def spell_statements_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """As behind PgBouncer, rather than by the names of their plans."""
    monkeypatch.setitem(connection.settings_dict, "DISABLE_SERVER_SIDE_CURSORS", True)  # noqa: FBT003


def test_a_quote_writes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    spell_statements_out(monkeypatch)
    make.programme(make.AT_ONCE)
    anna = make.member()
    check = check_of(anna)
    with CaptureQueriesContext(connection) as queries:
        quote(cart(anna, vouchers=(check.code,)))
    assert [one["sql"] for one in queries if not one["sql"].startswith("SELECT")] == []


def test_a_quote_waits_for_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    spell_statements_out(monkeypatch)
    make.programme(make.AT_ONCE)
    anna = make.member()
    with CaptureQueriesContext(connection) as queries:
        quote(cart(anna))
    assert [one["sql"] for one in queries if "FOR UPDATE" in one["sql"]] == []


def test_a_voucher_worth_more_than_the_cart_pays_it_all_and_loses_the_rest() -> None:
    make.programme(make.AT_ONCE)
    anna = make.member()
    check = check_of(anna)
    quoted = quote(cart(anna, 20, vouchers=(check.code,)))
    assert quoted.payable_ore == 0
    assert quoted.vouchers == [
        VoucherQuote(
            code=check.code,
            is_usable=True,
            discount_ore=2000,
            lost_ore=3000,
            because={"key": "voucher_applies", "code": check.code, "value_ore": 2000},
        )
    ]
    assert quoted.earned == {}


def test_a_voucher_that_cannot_be_used_says_why_and_the_rest_is_quoted() -> None:
    make.programme(make.AT_ONCE)
    anna = make.member()
    good = check_of(anna)
    quoted = quote(cart(anna, vouchers=("UNKNOWN", good.code)))
    assert [(one.code, one.is_usable, one.discount_ore) for one in quoted.vouchers] == [
        ("UNKNOWN", False, 0),
        (good.code, True, 5000),
    ]
    assert quoted.vouchers[0].because == {"key": "voucher_not_found", "code": "UNKNOWN"}
    assert quoted.payable_ore == 55000


def test_a_reserved_voucher_is_quoted_for_its_own_order_only() -> None:
    make.programme(make.AT_ONCE)
    anna = make.member()
    check = check_of(anna)
    actions.reserve_voucher(
        code=check.code, order_key="web:mine", until=NOW + timedelta(hours=1), now=NOW, actor="test"
    )
    assert quote(cart(anna, number="mine", vouchers=(check.code,))).voucher_ore == 5000
    other = quote(cart(anna, number="other", vouchers=(check.code,)))
    assert other.voucher_ore == 0
    assert other.vouchers[0].because == {"key": "voucher_reserved", "code": check.code, "order": "web:mine"}


def test_somebody_elses_voucher_is_not_found() -> None:
    make.programme(make.AT_ONCE)
    check = check_of(make.member("anna"))
    quoted = quote(cart(make.member("bo"), vouchers=(check.code,)))
    assert [(one.is_usable, one.because["key"]) for one in quoted.vouchers] == [(False, "voucher_not_found")]


def test_a_guest_earns_nothing_and_reads_what_a_member_would() -> None:
    make.programme(make.AT_ONCE)
    quoted = quote(cart(None, vouchers=("ANY",)))
    assert (quoted.payable_ore, quoted.earned, quoted.would_earn) == (60000, {}, {"points": 600})
    assert quoted.because == [{"key": "no_member"}]
    assert quoted.vouchers[0].because == {"key": "vouchers_need_a_member"}
    assert quoted.issued == ()


def test_a_club_without_a_programme_quotes_the_price() -> None:
    quoted = quote(cart(make.member()))
    assert (quoted.payable_ore, quoted.earned) == (60000, {})
    assert quoted.because == [{"key": "no_programme"}]


def test_the_number_of_queries_does_not_grow_with_vouchers_or_orders(
    django_assert_num_queries: Any,
) -> None:
    make.programme(make.AT_ONCE)
    anna = make.member()
    quote(cart(anna))  # reads the programme, once per process
    with django_assert_num_queries(2):
        quote(cart(anna))
    for number in range(20):
        bought = cart(anna, 500, number=f"n{number}", at=NOW - timedelta(days=1))
        actions.record_order(order=bought, now=bought.placed_at, actor="test")
    codes = tuple(Voucher.objects.values_list("code", flat=True))
    assert len(codes) == 20
    with django_assert_num_queries(2):
        quote(cart(anna, vouchers=codes))
