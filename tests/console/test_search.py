"""The search boxes of long lists read an index, and never the whole table."""

import re
from datetime import datetime
from typing import Any

import pytest
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from members.models import Account, Member, Order, OrderReturn
from tests.make import NOON

MANY = 20_000


def fill(model: type[Model], rows: list[Any]) -> None:
    model._default_manager.bulk_create(rows, batch_size=5_000)


@pytest.fixture
def busy_club(db: None) -> None:
    """Ten orders and returns for each of two thousand members, and statistics of them."""
    if connection.vendor != "postgresql":
        pytest.skip("Only PostgreSQL tells how it would look.")
    accounts = Account.objects.bulk_create([Account(opened_at=NOON) for _ in range(MANY // 10)])
    fill(Member, [member(number, account) for number, account in enumerate(accounts)])
    owners = list(Member.objects.all())
    fill(Order, [order(number, owners[number // 10], NOON) for number in range(MANY)])
    fill(OrderReturn, [order_return(number, owners[number // 10], NOON) for number in range(MANY)])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE members_member, members_order, members_orderreturn")


def member(number: int, account: Account) -> Member:
    told = f"{number:010} anna{number}@post.example"
    return Member(number=f"{number:010}", account=account, joined_at=NOON, search_text=told)


def order(number: int, owner: Member, at: datetime) -> Order:
    return Order(
        gross_ore=100,
        paid_ore=100,
        source="web",
        number=f"W{number}",
        member=owner,
        account=owner.account,
        placed_at=at,
        recorded_at=at,
    )


def order_return(number: int, owner: Member, at: datetime) -> OrderReturn:
    return OrderReturn(
        amount_ore=100,
        source="web",
        number=f"R{number}",
        order_number=f"W{number}",
        member=owner,
        returned_at=at,
        recorded_at=at,
    )


@pytest.mark.services
@pytest.mark.parametrize(
    ("page", "words"), [("order", "W12345"), ("orderreturn", "R12345"), ("orderreturn", "W123")]
)
def test_a_number_is_found_by_its_index(owner: Client, busy_club: None, page: str, words: str) -> None:
    with CaptureQueriesContext(connection) as asked:
        answer = owner.get(reverse(f"admin:members_{page}_changelist"), {"q": words})
    assert [
        words in (row.number, getattr(row, "order_number", "")) for row in answer.context["cl"].result_list
    ] == [True]
    about = [one["sql"] for one in asked.captured_queries if f'FROM "members_{page}"' in one["sql"]]
    assert about
    for sql in about:
        plan = plan_of(sql)
        assert "Seq Scan on members_order" not in plan, plan
        assert re.search(r"Index Cond: \(+(order_)?number\b", plan), plan


def plan_of(sql: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {sql}")
        return "\n".join(row for (row,) in cursor.fetchall())
