"""Whole shops at the same moment, each client with a database connection of its own, on many keys and vouchers."""

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from loyalty import actions
from loyalty.actions import vouchers
from loyalty.models import Entry, ProgrammeVersion, Voucher
from loyalty.queries.accounts import load_accounts
from members.models import Activity, Member, Order
from tests.loyalty.api import make

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True), pytest.mark.slow]

# So many connections does a small PostgreSQL have to spare.
CLIENTS = 64
AT_A_TIME = 16
KEYS = 500
VOUCHERS = 1000


def shared_by(clients: int, calls: list[Any], call: Callable[[Any], int]) -> Counter[int]:
    """Let so many clients make the calls between them, all at once, and count what was answered."""
    gate, found = threading.Barrier(clients), Counter[int]()

    def run(share: list[Any]) -> list[int]:
        try:
            connection.ensure_connection()
            gate.wait(60)
            return [call(one) for one in share]
        finally:
            connection.close()

    with ThreadPoolExecutor(clients) as pool:
        for answers in pool.map(run, [calls[client::clients] for client in range(clients)]):
            found.update(answers)
    return found


@pytest.fixture
def anna() -> Member:
    make.programme({**make.QUARTERLY, "life": {}})
    return make.member()


def checks_of(member: Member, many: int) -> list[str]:
    """Codes of so many checks of 50 kr, each on an account of its own would only make it easier."""
    now = timezone.now()
    version = ProgrammeVersion.objects.get()
    rows = Voucher.objects.bulk_create(
        Voucher(
            code=f"RACE{number:09d}", account=member.account, reward="bonus", version=version, kind="money_off",
            value_ore=5000, issued_at=now - timedelta(days=1), available_from=now - timedelta(days=1),
            expires_at=now + timedelta(days=30),
        )
        for number in range(many)
    )  # fmt: skip
    return [row.code for row in rows]


def test_sixty_four_copies_of_each_of_five_hundred_keys_have_five_hundred_effects(anna: Member) -> None:
    shop, placed_at = make.client(), timezone.now().isoformat()

    def send(number: int) -> int:
        told = make.order(f"n{number}", placed_at, make.line(100), member={"number": anna.number})
        headers = {"Idempotency-Key": f"key-{number}"}
        return int(shop.post("/api/v1/orders/", told, format="json", headers=headers).status_code)

    copies = [number for number in range(KEYS) for _copy in range(CLIENTS)]
    Random(64).shuffle(copies)
    answers = shared_by(AT_A_TIME, copies, send)
    assert answers == {201: KEYS * CLIENTS}
    assert Order.objects.count() == KEYS
    assert Entry.objects.filter(kind="earn", meter="points").count() == KEYS
    assert sum(Entry.objects.filter(meter="points").values_list("amount", flat=True)) == KEYS * 100


def test_sixty_four_clients_on_a_thousand_vouchers_redeem_a_thousand_times(anna: Member) -> None:
    shop, codes = make.client(), checks_of(anna, VOUCHERS)
    wanted = [(code, client) for code in codes for client in range(2)]
    Random(1000).shuffle(wanted)

    def redeem(one: tuple[str, int]) -> int:
        code, client = one
        told = {"order_number": f"{code}-{client}", "amount_ore": 10_000}
        return int(shop.post(f"/api/v1/vouchers/{code}/redeem/", told, format="json").status_code)

    assert shared_by(AT_A_TIME, wanted, redeem) == {200: VOUCHERS, 409: VOUCHERS}
    assert Activity.objects.filter(kind="voucher.redeemed").count() == VOUCHERS
    assert Voucher.objects.filter(state="redeemed", used_ore=5000).count() == VOUCHERS
    _check, proofs = actions.check_ledger(now=timezone.now())
    assert [proof.law for proof in proofs if proof.breaks] == []


def test_twin_without_the_lock_redeems_more_than_there_are(
    anna: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    [code] = checks_of(anna, 1)
    shop, all_have_looked = make.client(), threading.Barrier(AT_A_TIME)

    def unlocked(*args: Any, **options: Any) -> Any:
        accounts = load_accounts(*args, **options)
        all_have_looked.wait(60)
        return accounts

    def redeem(client: int) -> int:
        told = {"order_number": f"n{client}", "amount_ore": 10_000}
        return int(shop.post(f"/api/v1/vouchers/{code}/redeem/", told, format="json").status_code)

    monkeypatch.setattr(vouchers, "open_accounts", unlocked)
    assert shared_by(AT_A_TIME, list(range(AT_A_TIME)), redeem)[200] > 1
    assert Activity.objects.filter(kind="voucher.redeemed").count() > 1
