"""Several who count the same members at the same moment, on a database where they really can."""

import pytest
from django.db import IntegrityError, OperationalError

from members.models import Member
from segments import actions
from segments.actions import totals
from segments.models import StaleTotals, Totals, TotalsCount
from tests.loyalty.at_once import at_once
from tests.make import NOON, make_member, make_order_row

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]
BUYERS = 30
TURNS = 5


def buyers() -> list[int]:
    return [make_member(f"M{number}").pk for number in range(BUYERS)]


def count_in_turns(ids: list[int]) -> int:
    """Everybody buys, and many count; tells how many of them ran into each other."""
    collisions = []

    def count(index: int) -> None:
        actions.note_purchases(member_ids=ids, now=NOON)
        try:
            actions.fold_totals()
        except (IntegrityError, OperationalError):
            collisions.append(index)

    for _turn in range(TURNS):
        for pk in ids:
            make_order_row(Member.objects.get(pk=pk))
        at_once(count)
    return len(collisions)


def test_many_who_count_the_same_members_come_one_after_the_other() -> None:
    ids = buyers()
    actions.count_totals(now=NOON)
    assert count_in_turns(ids) == 0
    assert not StaleTotals.objects.exists()
    assert list(Totals.objects.values_list("orders", flat=True)) == [TURNS] * BUYERS


def test_twin_without_the_lock_they_run_into_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    ids = buyers()
    actions.count_totals(now=NOON)
    monkeypatch.setattr(totals, "_locked", lambda: TotalsCount.objects.get())
    assert count_in_turns(ids) > 0
