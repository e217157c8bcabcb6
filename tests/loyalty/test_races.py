"""What many do at once with seats, funds, draws and vouchers. Each has a twin that shows the race is real."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection
from django.db.models import QuerySet, Sum

from loyalty import actions
from loyalty.actions import bookings, funds, vouchers
from loyalty.actions.draws import hold_draw
from loyalty.engine import draws as engine
from loyalty.models import Booking, DrawResult, Entry, FundEntry, ProgrammeVersion, Voucher
from loyalty.queries import timetable
from loyalty.queries.accounts import load_accounts
from members.actions import NewLine, NewOrder, UnableTo
from members.models import Member
from tests.loyalty.api import make
from tests.loyalty.at_once import MANY, at_once

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]

NOW = datetime(2025, 5, 1, 12, tzinfo=UTC)
AFTER = datetime(2025, 6, 2, tzinfo=UTC)
ENTRY = {"per": "receipt"}
PROGRAMME: dict[str, Any] = make.AT_ONCE | {
    "programme": "races",
    "perks": [
        {
            "key": "evening", "name": "kväll", "kind": "event", "seats": 5, "max_each": 2, "waiting_list": True,
        }
    ],
    "funds": [{"key": "forest", "name": "skogen", "opening": 1000, "grant_min": 100, "grant_max": 10000}],
    "draws": [
        {
            "key": "may", "name": "maj", "from_date": "2025-05-01", "to_date": "2025-05-31", "pool": "whole",
            "prizes": [{"count": 2, "meter": "points", "amount": 5000}], "seed": "maj", "drawn": {"days_after": 1},
        }
    ],
}  # fmt: skip


@pytest.fixture
def everybody() -> list[Member]:
    """Members of a club with an evening of five seats, 1,000 kr in a fund and a draw of two prizes."""
    make.programme(PROGRAMME)
    return [make.member(f"m{index}") for index in range(MANY)]


@contextmanager
def all_have_looked(monkeypatch: pytest.MonkeyPatch, room: Any, name: str) -> Iterator[None]:
    """Nobody goes on from ``name`` before everybody has been there."""
    gate, look = threading.Barrier(MANY), getattr(room, name)

    def looked(*args: Any, **options: Any) -> Any:
        seen = look(*args, **options)
        gate.wait(30)
        return seen

    monkeypatch.setattr(room, name, looked)
    yield


def unlocked(queryset: QuerySet[Any], **_options: Any) -> QuerySet[Any]:
    return queryset.all()


def refused_or(call: Callable[[], object]) -> str:
    try:
        call()
    except UnableTo as error:
        return error.key
    return "done"


# Seats


def book(everybody: list[Member]) -> Callable[[int], str]:
    return lambda index: refused_or(
        lambda: actions.book_seats(perk="evening", member=everybody[index], seats=1, now=NOW, actor="test")
    )


def seats(*, is_waiting: bool) -> int:
    found = Booking.objects.filter(perk="evening", is_waiting=is_waiting).aggregate(seats=Sum("seats"))
    return found["seats"] or 0


def test_seats_are_taken_by_as_many_as_there_are_and_the_others_wait(everybody: list[Member]) -> None:
    assert at_once(book(everybody)) == ["done"] * MANY
    assert (seats(is_waiting=False), seats(is_waiting=True)) == (5, MANY - 5)
    assert Booking.objects.values("member").distinct().count() == MANY


def test_seats_given_up_at_once_go_to_those_who_wait(everybody: list[Member]) -> None:
    for index in range(MANY):
        book(everybody)(index)

    def give_up(index: int) -> str:
        return refused_or(
            lambda: actions.give_up_seats(perk="evening", member=everybody[index], now=NOW, actor="test")
        )

    assert at_once(give_up, 3) == ["done"] * 3
    assert (seats(is_waiting=False), seats(is_waiting=True)) == (5, 0)
    assert set(Booking.objects.values_list("member_id", flat=True)) == {one.pk for one in everybody[3:]}


def test_twin_without_the_lock_loses_bookings(
    everybody: list[Member], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(ProgrammeVersion.objects.all()), "select_for_update", unlocked)
    with all_have_looked(monkeypatch, bookings, "_booked"):
        at_once(book(everybody))
    assert (seats(is_waiting=False), seats(is_waiting=True)) != (5, MANY - 5)


# Grants


def grant(_index: int) -> str:
    return refused_or(
        lambda: actions.grant(
            fund="forest", amount_ore=300_00, to="skolan", reason="test", now=NOW, actor="test"
        )
    )


def granted() -> int:
    return -(FundEntry.objects.filter(fund="forest").aggregate(sum=Sum("amount_ore"))["sum"] or 0)


def test_grants_at_once_never_take_a_fund_below_zero(everybody: list[Member]) -> None:
    assert Counter(at_once(grant)) == {"done": 3, "fund_has_too_little": MANY - 3}
    assert granted() == 900_00


def test_twin_without_the_lock_grants_more_than_there_is(
    everybody: list[Member], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(ProgrammeVersion.objects.all()), "select_for_update", unlocked)
    with all_have_looked(monkeypatch, funds, "fund_balance"):
        at_once(grant)
    assert granted() > 1000_00


# Draws


@pytest.fixture
def pool(everybody: list[Member]) -> engine.Pool:
    """Everybody has bought once in May."""
    line = NewLine(ref="1", quantity=Decimal(1), gross_ore=100_00)
    for member in everybody:
        order = NewOrder(source="web", number=member.number, placed_at=NOW, lines=(line,), member=member)
        actions.record_order(order=order, now=NOW, actor="test")
    programme = timetable().versions[-1][2]
    [pool] = engine.pools_of(programme, programme.draws[0])
    return pool


def hold(pool: engine.Pool) -> list[DrawResult | None]:
    draw = timetable().versions[-1][2].draws[0]

    def one(_index: int) -> DrawResult | None:
        try:
            return hold_draw(draw=draw, pool=pool, now=AFTER)
        except IntegrityError:
            return None

    return at_once(one)


def test_a_pool_is_drawn_once_by_many_and_anybody_can_draw_it_again(pool: engine.Pool) -> None:
    results = [result for result in hold(pool) if result is not None]
    assert len(results) == DrawResult.objects.count() == 1
    [result] = results
    prizes = Entry.objects.filter(meter="points", because__key="prize_won")
    assert sorted(prizes.values_list("amount", flat=True)) == [5000, 5000]
    assert {str(pk) for pk in prizes.values_list("account_id", flat=True)} <= set(result.entries)
    draw = timetable().versions[-1][2].draws[0]
    again = engine.winners_of(draw, pool, result.entries, {})
    assert [win.who for win in again] == [winner["account"] for winner in result.winners]
    _check, proofs = actions.check_ledger(now=AFTER)
    assert [proof.law for proof in proofs if proof.breaks] == []


def test_twin_without_the_unique_pool_draws_more_than_once(pool: engine.Pool) -> None:
    [unique] = DrawResult._meta.constraints
    with connection.schema_editor() as editor:
        editor.remove_constraint(DrawResult, unique)
    try:
        hold(pool)
        assert DrawResult.objects.count() > 1
    finally:
        DrawResult.objects.all().delete()
        with connection.schema_editor() as editor:
            editor.add_constraint(DrawResult, unique)


# Reservations


@pytest.fixture
def check(everybody: list[Member]) -> str:
    """The code of a check that a member has."""
    line = NewLine(ref="1", quantity=Decimal(1), gross_ore=500_00)
    order = NewOrder(source="web", number="1", placed_at=NOW, lines=(line,), member=everybody[0])
    actions.record_order(order=order, now=NOW, actor="test")
    return Voucher.objects.get().code


def reserve(code: str) -> Callable[[int], str]:
    until = NOW + timedelta(minutes=30)
    return lambda index: refused_or(
        lambda: actions.reserve_voucher(
            code=code, order_key=f"web:n{index}", until=until, now=NOW, actor="test"
        )
    )


def test_a_check_is_held_for_one_of_many_orders(check: str) -> None:
    assert Counter(at_once(reserve(check))) == {"done": 1, "voucher_reserved": MANY - 1}


def test_twin_without_the_lock_holds_a_check_for_many(check: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vouchers, "open_accounts", load_accounts)
    with all_have_looked(monkeypatch, vouchers, "open_accounts"):
        assert Counter(at_once(reserve(check)))["done"] > 1
