"""Questions that are compiled once, and statements that are planned once."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext

from members.models import Account, ApiKey, Member, Store
from members.models.asked import asked
from members.models.plans import MOST_VALUES
from members.models.together import fetch_together
from tests.make import make_api_key, make_member

AWKWARD = "a'b\"c\\d%s%(e)s100 %;--Å\u2603"
OPEN, CLOSED = False, True


def _members(ids: list[int], names: list[str]) -> QuerySet[Member, tuple[Any, ...]]:
    found = (
        Member.objects.filter(pk__in=ids, first_name__in=names)
        if names
        else Member.objects.filter(pk__in=ids)
    )
    return found.order_by("pk").values_list("pk", "first_name", "joined_at")


def _named(name: str, is_closed: bool) -> QuerySet[Member]:
    found = Member.objects.filter(closed_at__isnull=not is_closed)
    return found.filter(first_name=name) if name else found


def _joined_since(names: list[str], moments: list[datetime]) -> QuerySet[Member]:
    found = Member.objects.none()
    for name, moment in zip(names, moments, strict=True):
        found |= Member.objects.filter(first_name=name, joined_at__gte=moment)
    return found.order_by("pk")


def _keys(prefix: str) -> QuerySet[ApiKey]:
    return ApiKey.objects.select_related("store").filter(prefix=prefix)


def _shifted(pk: int) -> QuerySet[Member]:
    return Member.objects.filter(pk=pk + 1)


def _forgetful(pk: int, name: str) -> QuerySet[Member]:
    return Member.objects.filter(pk=pk)


def _locked(pk: int) -> QuerySet[Account]:
    return Account.objects.select_for_update().filter(pk=pk)


def _plans() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements")
        return {row[0] for row in cursor.fetchall()}


def test_questions_are_answered_as_their_queries_are_and_in_their_order(alice: Member, bob: Member) -> None:
    questions = [
        asked(_members, [bob.pk, alice.pk], []),
        asked(_members, [], ["Bob"]),
        asked(_members, [bob.pk, alice.pk], ["Bob", "Carol"]),
        asked(_named, "Alice", OPEN),
        asked(_named, "", CLOSED),
    ]
    both, nobody, only_bob, only_alice, closed = fetch_together(*questions)
    assert both == [(alice.pk, "Alice", alice.joined_at), (bob.pk, "Bob", bob.joined_at)]
    assert (nobody, closed) == ([], [])
    assert only_bob == [(bob.pk, "Bob", bob.joined_at)]
    assert only_alice == [alice]
    assert (only_alice[0].number, only_alice[0].phone) == (alice.number, alice.phone)


def test_moments_are_compared_as_they_are(alice: Member, bob: Member) -> None:
    instant = timedelta(microseconds=1)
    for _time in range(2):
        [found] = fetch_together(
            asked(_joined_since, ["Alice", "Bob"], [alice.joined_at, bob.joined_at + instant])
        )
        assert found == [alice]


@pytest.mark.django_db
def test_what_is_selected_with_a_model_is_not_asked_for_again() -> None:
    bound, _key = make_api_key()
    bound.store = Store.objects.create(code="sthlm", name="Stockholm")
    bound.save()
    [[found]] = fetch_together(asked(_keys, bound.prefix))
    with CaptureQueriesContext(connection) as queries:
        assert (found, found.store, found.scopes) == (bound, bound.store, bound.scopes)
    assert len(queries) == 0


@pytest.mark.django_db
def test_a_question_is_compiled_once_for_as_many_values_of_the_same_kind() -> None:
    two = asked(_members, [1, 2], ["Bob"]).compiled
    assert asked(_members, [8, 9], ["Alice"]).compiled is two
    assert asked(_members, [8, 9], ["Alice", "Bob"]).compiled is not two
    assert asked(_named, "Alice", CLOSED).compiled is asked(_named, "Bob", CLOSED).compiled
    assert asked(_named, "Alice", CLOSED).compiled is not asked(_named, "Alice", OPEN).compiled
    assert asked(_named, "Alice", CLOSED).compiled is not asked(_named, "", CLOSED).compiled


@pytest.mark.django_db
@pytest.mark.parametrize(("build", "values"), [(_shifted, (1,)), (_forgetful, (1, "Bob"))])
def test_a_question_that_does_not_take_its_values_as_they_are_is_refused(
    build: Callable[..., Any], values: tuple[Any, ...]
) -> None:
    with pytest.raises(TypeError, match=f"{build.__name__} changes what it is asked"):
        _ = asked(build, *values).compiled


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_rows_are_locked_within_a_transaction_only() -> None:
    for _time in range(2):
        with pytest.raises(TransactionManagementError):
            fetch_together(asked(_locked, 1))


@pytest.mark.services
@pytest.mark.django_db
@pytest.mark.parametrize("is_behind_pgbouncer", [False, True])
def test_every_text_arrives_as_it_is(is_behind_pgbouncer: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(connection.settings_dict, "DISABLE_SERVER_SIDE_CURSORS", is_behind_pgbouncer)
    odd = make_member(AWKWARD)
    for _time in range(2):
        assert fetch_together(asked(_named, AWKWARD, OPEN), asked(_named, "%s", OPEN)) == [[odd], []]


@pytest.mark.services
@pytest.mark.django_db
def test_a_statement_is_planned_once_per_connection(alice: Member) -> None:
    fetch_together(asked(_members, [alice.pk], ["Alice"]))
    known = _plans()
    fetch_together(asked(_members, [alice.pk + 1], ["Bob"]), asked(_members, [alice.pk], ["Alice"]))
    assert _plans() == known


@pytest.mark.services
@pytest.mark.django_db
def test_no_plan_is_kept_of_a_long_statement_nor_behind_pgbouncer(
    alice: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = _plans()
    long = [alice.pk] * (MOST_VALUES + 1)
    assert fetch_together(asked(_members, long, [])) == [[(alice.pk, "Alice", alice.joined_at)]]
    monkeypatch.setitem(connection.settings_dict, "DISABLE_SERVER_SIDE_CURSORS", True)  # noqa: FBT003
    assert len(fetch_together(asked(_members, [alice.pk] * 7, ["Alice"] * 3))[0]) == 1
    assert _plans() == known
