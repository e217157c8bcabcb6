"""Sixteen tills at the same moment, on a database where they really can be. Each race has a twin without
its lock, which must go wrong: else the race would prove nothing."""

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection

from loyalty.actions import vouchers
from loyalty.models import Entry, Voucher
from loyalty.queries.accounts import load_accounts
from members.api import idempotency
from members.models import Activity, Member, Order
from tests.loyalty.api import make

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]

TILLS = 16


def at_once(call: Callable[[int], Any]) -> list[Any]:
    """Call from all tills at the same moment, each with a connection of its own."""
    gate = threading.Barrier(TILLS)

    def run(till: int) -> Any:
        try:
            connection.ensure_connection()
            gate.wait()
            return call(till)
        finally:
            connection.close()

    with ThreadPoolExecutor(TILLS) as pool:
        return list(pool.map(run, range(TILLS)))


@pytest.fixture
def check() -> str:
    """The code of a check of 50 kr that Anna has."""
    make.programme(make.AT_ONCE)
    shop, anna = make.client(), make.member()
    now = datetime.now(UTC).isoformat()
    told = make.order("first", now, make.line(500), member={"number": anna.number})
    [issued] = shop.post("/api/v1/orders/", told, format="json").json()["issued"]
    return str(issued["code"])


def send_with_one_key(_check: str) -> list[Any]:
    """The same order from all tills, with the same ``Idempotency-Key``."""
    shop = make.client()
    told = make.order("same", "2025-05-01T10:00:00Z", member={"number": Member.objects.get().number})
    return at_once(
        lambda _till: shop.post("/api/v1/orders/", told, format="json", headers={"Idempotency-Key": "once"})
    )


def redeem_at_all_tills(check: str) -> Counter[int]:
    shop, path = make.client(), f"/api/v1/vouchers/{check}/redeem/"
    answers = at_once(
        lambda till: shop.post(path, {"order_number": f"n{till}", "amount_ore": 10000}, format="json")
    )
    return Counter(answer.status_code for answer in answers)


def test_one_key_has_one_effect_and_one_answer(check: str) -> None:
    answers = send_with_one_key(check)
    assert Counter(answer.status_code for answer in answers) == {201: TILLS}
    assert [answer.json() for answer in answers] == [answers[0].json()] * TILLS
    assert Order.objects.filter(number="same").count() == 1
    assert Entry.objects.filter(order__number="same", kind="earn").count() == 1


def test_twin_without_the_claim_does_the_work_of_one_key_again(
    check: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(idempotency, "first_time", lambda call, work, now: work())
    answers = send_with_one_key(check)
    assert Counter(answer.status_code for answer in answers) == {201: 1, 200: TILLS - 1}


def test_a_check_is_redeemed_by_one_till_and_refused_to_the_others(check: str) -> None:
    assert redeem_at_all_tills(check) == {200: 1, 409: TILLS - 1}
    assert Voucher.objects.get(code=check).used_ore == 5000
    assert Activity.objects.filter(kind="voucher.redeemed").count() == 1


def test_twin_without_the_lock_redeems_a_check_twice(check: str, monkeypatch: pytest.MonkeyPatch) -> None:
    all_have_looked = threading.Barrier(TILLS)

    def unlocked(*args: Any, **options: Any) -> Any:
        accounts = load_accounts(*args, **options)
        all_have_looked.wait()
        return accounts

    monkeypatch.setattr(vouchers, "open_accounts", unlocked)
    assert redeem_at_all_tills(check)[200] > 1
    assert Activity.objects.filter(kind="voucher.redeemed").count() > 1


def test_a_check_named_by_many_orders_is_used_on_one_of_them(check: str) -> None:
    shop, member = make.client(), {"number": Member.objects.get().number}
    now = datetime.now(UTC).isoformat()

    def buy(till: int) -> Any:
        told = make.order(f"n{till}", now, make.line(100), member=member, vouchers=[check])
        return shop.post("/api/v1/orders/", told, format="json")

    answers = at_once(buy)
    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: TILLS - 1}
    assert Order.objects.filter(voucher_ore=5000).count() == 1
    assert Order.objects.count() == 2


def test_returns_of_one_line_from_many_tills_never_exceed_what_was_bought(check: str) -> None:
    shop, member = make.client(), {"number": Member.objects.get().number}
    now = datetime.now(UTC).isoformat()
    told = make.order("big", now, make.line(100, quantity=3), member=member)
    order = shop.post("/api/v1/orders/", told, format="json").json()

    def give_back(till: int) -> Any:
        body = {"number": f"r{till}", "returned_at": now, "lines": [{"line": "1", "quantity": 1}]}
        return shop.post(f"/api/v1/orders/{order['id']}/returns/", body, format="json")

    answers = at_once(give_back)
    assert Counter(answer.status_code for answer in answers) == {201: 3, 422: TILLS - 3}
    assert sum(answer.json()["amount_ore"] for answer in answers if answer.status_code == 201) == 10000
    assert sum(Entry.objects.filter(order__number="big").values_list("amount", flat=True)) == 0
