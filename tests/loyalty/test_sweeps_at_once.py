"""Several sweeps at the same moment share the accounts, and pay nobody twice."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, OperationalError, connection
from django.db.models import QuerySet

from loyalty import actions
from loyalty.actions import due
from loyalty.models import Entry, Voucher
from loyalty.queries.accounts import load_accounts
from members.actions import NewLine, NewOrder
from members.models import Account
from tests.loyalty.api import make

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]
JANUARY, APRIL = datetime(2025, 1, 10, 12, tzinfo=UTC), datetime(2025, 4, 2, tzinfo=UTC)
SWEEPS, MEMBERS = 4, 40


def sweep_at_once() -> list[int]:
    """How many accounts each of the sweeps has had; -1 where it ran into another."""
    gate = threading.Barrier(SWEEPS)

    def run(_sweep: int) -> int:
        try:
            connection.ensure_connection()
            gate.wait()
            with suppress(IntegrityError, OperationalError):
                return actions.run_due(at=APRIL, now=APRIL, chunk=3).accounts
            return -1
        finally:
            connection.close()

    with ThreadPoolExecutor(SWEEPS) as pool:
        return list(pool.map(run, range(SWEEPS)))


@pytest.fixture
def everybody() -> None:
    """Members with 2,300 points each of the first quarter."""
    make.programme()
    line = NewLine(ref="1", quantity=Decimal(1), gross_ore=2300_00)
    for index in range(MEMBERS):
        member = make.member(f"m{index}")
        order = NewOrder(source="web", number=str(index), placed_at=JANUARY, lines=(line,), member=member)
        actions.record_order(order=order, now=JANUARY, actor="test")


def test_sweeps_at_once_share_the_accounts_and_pay_each_once(everybody: None) -> None:
    had = sweep_at_once()
    had.append(actions.run_due(at=APRIL, now=APRIL).accounts)  # what was in hand when the last one looked
    assert sum(had) == MEMBERS
    assert Entry.objects.filter(kind="redeem", amount=-2000).count() == MEMBERS
    assert Voucher.objects.values("account").distinct().count() == Voucher.objects.count() == MEMBERS
    _check, proofs = actions.check_ledger(now=APRIL)
    assert [proof.law for proof in proofs if proof.breaks] == []


def test_twins_without_the_lock_run_into_each_other(everybody: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def unlocked(accounts: QuerySet[Account], size: int) -> list[int]:
        return list(accounts.order_by("pk").values_list("pk", flat=True)[:size])

    monkeypatch.setattr(due, "_claimed", unlocked)
    monkeypatch.setattr(due, "open_accounts", load_accounts)
    assert -1 in sweep_at_once()
