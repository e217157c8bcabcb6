"""What many do at once with invitations and memberships. Each has a twin that shows the race is real."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from loyalty import actions
from loyalty.actions import invitations, moving, orders
from loyalty.models import Entry, Invitation, LedgerCheck
from loyalty.queries.accounts import Wanted, load_books
from members.actions import NewLine, NewOrder
from members.models import Member
from tests.loyalty.api import make
from tests.loyalty.at_once import MANY, at_once
from tests.loyalty.test_races import all_have_looked, refused_or, unlocked

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]
NOW = datetime(2025, 5, 1, 12, tzinfo=UTC)
SHARED: dict[str, Any] = make.AT_ONCE | {"programme": "shared", "audience": {"unit": "household"}}
FULL: dict[str, Any] = SHARED | {"programme": "full", "audience": {"unit": "household", "max_members": 2}}


@pytest.fixture
def holder(db: None) -> Member:
    make.programme(SHARED)
    return make.member("holder")


@pytest.fixture
def others(holder: Member) -> list[Member]:
    return [make.member(f"m{index}") for index in range(MANY)]


def accepting(codes: list[str], others: list[Member]) -> Callable[[int], str]:
    return lambda index: refused_or(
        lambda: actions.accept_invitation(code=codes[index], member=others[index], now=NOW, actor="test")
    )


def sharing(holder: Member) -> int:
    return Member.objects.active().filter(account=holder.account_id).count()


def laws_hold() -> bool:
    actions.check_ledger(now=NOW)
    return not LedgerCheck.objects.latest("pk").breaks


# One invitation


@pytest.fixture
def code(holder: Member) -> str:
    return actions.invite(member=holder, actor="test", now=NOW).code


def test_an_invitation_is_accepted_by_one_of_many(holder: Member, others: list[Member], code: str) -> None:
    answers = Counter(at_once(accepting([code] * MANY, others)))
    assert answers == {"done": 1, "invitation_used": MANY - 1}
    assert sharing(holder) == 2
    assert laws_hold()


def test_twin_without_the_lock_lets_many_in_by_one_invitation(
    holder: Member, others: list[Member], code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(Invitation.objects.all()), "select_for_update", unlocked)
    with all_have_looked(monkeypatch, invitations, "_check_waiting"):
        at_once(accepting([code] * MANY, others))
    assert sharing(holder) > 2


# The last place


@pytest.fixture
def codes(holder: Member) -> list[str]:
    """More invitations than the rules, as they are now, have room for."""
    found = [actions.invite(member=holder, actor="test", now=NOW).code for _index in range(MANY)]
    make.programme(FULL, since=NOW)
    return found


def test_the_last_place_is_one_members(holder: Member, others: list[Member], codes: list[str]) -> None:
    assert Counter(at_once(accepting(codes, others))) == {"done": 1, "household_full": MANY - 1}
    assert sharing(holder) == 2


def test_twin_without_the_lock_takes_more_than_there_is_room_for(
    holder: Member, others: list[Member], codes: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(moving, "locked_with", lambda member, *_ids: Member.objects.get(pk=member.pk))
    with all_have_looked(monkeypatch, moving, "check_room"):
        at_once(accepting(codes, others))
    assert sharing(holder) > 2


# Merging while the other card buys


def merge(member: Member, double: Member) -> str:
    return refused_or(
        lambda: actions.merge_members(member=member, double=double, reason="same", now=NOW, actor="test")
    )


def buy(member: Member, number: str) -> str:
    """With the member as they were when the till looked."""
    line = NewLine(ref="1", quantity=Decimal(1), gross_ore=100_00)
    order = NewOrder(source="web", number=number, placed_at=NOW, lines=(line,), member=member)
    return refused_or(lambda: actions.record_order(order=order, now=NOW, actor="test"))


def earned() -> int:
    return sum(Entry.objects.filter(meter="points", kind="earn").values_list("amount", flat=True))


def test_what_either_card_buys_while_they_become_one_is_the_members_or_is_sent_again(
    holder: Member, others: list[Member]
) -> None:
    double = others[0]
    said = at_once(lambda index: buy(double, f"n{index}") if index else merge(holder, double))
    assert said[0] == "done"
    assert set(said) <= {"done", "account_has_moved"}
    again = [buy(Member.objects.get(pk=holder.pk), f"n{index}") for index in range(1, MANY)]
    assert set(again) <= {"done", "order_number_used_for_something_else"}
    assert earned() == (MANY - 1) * 100 * 1
    assert not Entry.objects.filter(account=double.account_id, kind="earn", recorded_at__gt=NOW).exists()
    assert laws_hold()


def test_twin_that_does_not_look_again_loses_what_the_old_card_bought(
    holder: Member, others: list[Member], monkeypatch: pytest.MonkeyPatch
) -> None:
    double = others[0]
    assert merge(holder, double) == "done"
    assert buy(double, "n1") == "account_has_moved"

    def unseen(ids: Any, *along: Any, since: datetime, codes: Any = ()) -> Any:
        return load_books(Wanted(ids, since, codes=codes), *along)

    monkeypatch.setattr(orders, "open_books", unseen)
    assert buy(double, "n1") == "done"
    assert earned() == 0


def test_of_two_who_are_each_merged_into_the_other_one_stays(holder: Member, others: list[Member]) -> None:
    one, other = holder, others[0]
    said = at_once(lambda index: merge(one, other) if index % 2 else merge(other, one))
    assert said.count("done") == 1
    assert Member.objects.active().filter(pk__in=[one.pk, other.pk]).count() == 1
    assert laws_hold()
