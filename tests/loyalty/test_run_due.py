"""What falls due ends the same whenever, however often and in however many parts it is run."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from loyalty import actions
from loyalty.models import Balance, Entry, LedgerCheck, Lot, Standing, Voucher
from members.actions import NewLine, NewOrder, NewReturn
from members.models import Member, OrderReturnLine
from tests.loyalty.api import make

pytestmark = pytest.mark.django_db

JANUARY, FEBRUARY = datetime(2025, 1, 10, 12, tzinfo=UTC), datetime(2025, 2, 10, 12, tzinfo=UTC)
APRIL, JULY = datetime(2025, 4, 2, tzinfo=UTC), datetime(2025, 7, 2, tzinfo=UTC)


def buy(member: Member, number: str, kronor: int, at: datetime) -> None:
    line = NewLine(ref="1", quantity=Decimal(1), gross_ore=kronor * 100)
    order = NewOrder(source="web", number=number, placed_at=at, lines=(line,), member=member)
    actions.record_order(order=order, now=at, actor="test")


def standing_of_all() -> list[tuple[Any, ...]]:
    """Everything that a sweep may change, without what only says when it was written down."""
    entries = Entry.objects.order_by("account_id", "sequence")
    return [
        *entries.values_list("account_id", "sequence", "kind", "amount", "effective_at"),
        *Balance.objects.order_by("account_id", "meter").values_list("account_id", "amount", "debt"),
        *Voucher.objects.order_by("account_id", "issued_at").values_list("value_ore", "state", "expires_at"),
        *Standing.objects.order_by("account_id").values_list("account_id", "sequence", "due_at", "tiers"),
    ]


@pytest.fixture
def three() -> list[Member]:
    """Members with 2,300, 900 and 4,100 points of the first quarter."""
    make.programme()
    members = [make.member(name) for name in ("anna", "bo", "cia")]
    for member, kronor in zip(members, (2300, 900, 4100), strict=True):
        buy(member, f"jan-{member.pk}", kronor, JANUARY)
    return members


def test_a_quarter_is_settled_with_what_was_there_on_its_last_day(three: list[Member]) -> None:
    actions.run_due(at=APRIL, now=APRIL)
    values = Voucher.objects.order_by("account_id").values_list("account_id", "value_ore")
    assert dict(values) == {three[0].account_id: 100_00, three[2].account_id: 200_00}
    left = Balance.objects.order_by("account_id").values_list("amount", flat=True)
    assert list(left) == [300, 900, 100]


@pytest.mark.parametrize("way", ["twice", "in parts", "late", "account by account"])
def test_any_way_to_run_it_ends_the_same(three: list[Member], way: str) -> None:
    if way == "twice":
        actions.run_due(at=APRIL, now=APRIL)
        assert actions.run_due(at=APRIL, now=APRIL).accounts == 0
    elif way == "in parts":
        for days in range(0, 100, 7):
            at = JANUARY + timedelta(days=days)
            actions.run_due(at=min(at, APRIL), now=at)
    elif way == "account by account":
        actions.run_due(at=APRIL, now=APRIL, chunk=1)
    actions.run_due(at=APRIL, now=JULY)
    by_sequence = [row[2:4] for row in standing_of_all() if len(row) == 5]
    assert sorted(by_sequence) == [
        ("earn", 900), ("earn", 2300), ("earn", 4100), ("redeem", -4000), ("redeem", -2000),
    ]  # fmt: skip
    issued = set(Voucher.objects.values_list("issued_at", flat=True))
    assert issued == {datetime(2025, 3, 31, 21, 59, 59, 999999, tzinfo=UTC)}


def test_a_purchase_after_the_quarter_never_counts_in_it_though_the_sweep_is_late(
    three: list[Member],
) -> None:
    buy(three[1], "april", 5000, APRIL)
    actions.run_due(at=APRIL, now=APRIL)
    assert not Voucher.objects.filter(account=three[1].account).exists()
    assert Balance.objects.get(account=three[1].account).amount == 5900


def test_the_command_runs_it_and_tells_how_many(
    three: list[Member], capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("run_due", at="2025-04-01T00:05")
    assert "2 accounts had something fall due." in capsys.readouterr().out
    assert Voucher.objects.count() == 2


def test_the_command_refuses_what_is_no_time() -> None:
    with pytest.raises(CommandError, match="not an ISO time"):
        call_command("run_due", at="tomorrow")


def test_a_return_parked_beside_its_order_is_found_by_the_sweep(three: list[Member]) -> None:
    back = NewReturn(source="web", number="back", order_number="feb", returned_at=FEBRUARY)
    actions.record_return(new_return=back, now=FEBRUARY, actor="test")
    line = NewLine(ref="1", quantity=Decimal(1), gross_ore=500_00)
    order = NewOrder(source="elsewhere", number="feb", placed_at=FEBRUARY, lines=(line,), member=three[0])
    row = actions.record_order(order=order, now=FEBRUARY, actor="test").order
    type(row).objects.filter(pk=row.pk).update(source="web")  # as if both had been recorded at once
    actions.run_due(at=FEBRUARY, now=FEBRUARY)
    assert OrderReturnLine.objects.get().amount_ore == 500_00
    assert Balance.objects.get(account=three[0].account).amount == 2300


def test_the_ledger_is_proved_and_the_proof_is_kept(
    three: list[Member], capsys: pytest.CaptureFixture[str]
) -> None:
    actions.run_due(at=APRIL, now=APRIL)
    call_command("check_ledger")
    printed = capsys.readouterr().out
    assert "All 10 laws hold over 5 entries." in printed
    assert LedgerCheck.objects.get().breaks == []


def test_a_broken_balance_is_told_with_its_account(
    three: list[Member], capsys: pytest.CaptureFixture[str]
) -> None:
    Balance.objects.filter(account=three[0].account).update(amount=1)
    with pytest.raises(CommandError, match="1 of 10 laws are broken"):
        call_command("check_ledger")
    assert (
        f"account {three[0].account_id}: points stands at 1, entries sum to 2300" in capsys.readouterr().out
    )


def test_a_lot_that_does_not_follow_from_its_allocations_is_told(three: list[Member]) -> None:
    Lot.objects.filter(account=three[0].account).update(remaining=5)
    _check, proofs = actions.check_ledger(now=APRIL)
    assert [proof.law for proof in proofs if proof.breaks] == [2, 3]


def test_a_voucher_without_points_behind_it_is_told(three: list[Member]) -> None:
    actions.run_due(at=APRIL, now=APRIL)
    earned = Entry.objects.filter(kind="earn").first()
    Voucher.objects.filter(account=three[0].account).update(debit=earned)
    _check, proofs = actions.check_ledger(now=APRIL)
    assert [proof.law for proof in proofs if proof.breaks] == [6]


def test_a_tier_nobody_reached_is_told(three: list[Member]) -> None:
    held = {
        "tier": "gold",
        "valid_to": None,
        "reached_at": JANUARY.isoformat(),
        "origin": "earned",
        "below": "",
    }
    Standing.objects.filter(account=three[0].account).update(tiers={"level": held})
    _check, proofs = actions.check_ledger(now=APRIL)
    assert [proof.law for proof in proofs if proof.breaks] == [7]


@pytest.mark.parametrize("model", [Entry])
def test_the_database_refuses_to_change_or_delete_an_entry(three: list[Member], model: type[Entry]) -> None:
    _check, proofs = actions.check_ledger(now=APRIL)
    assert proofs[0].breaks == ()
    assert model.objects.count() == 3
