"""What many do at once, on a database where they really can. Each has a twin that shows the race is real."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction
from django.db.models import QuerySet

from members import actions
from members.actions import activities
from members.models import Account, Activity, Member
from members.registry import react_to, reactions
from tests.make import NOON, make_activity, make_member

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]

AT_ONCE = 8
TURNS = 5


def at_once(call: Callable[[int], Any]) -> list[Any]:
    """Call from several threads at the same moment, each with a connection of its own."""
    gate = threading.Barrier(AT_ONCE)

    def run(index: int) -> Any:
        try:
            connection.ensure_connection()  # or who connects first has won before the others begin
            gate.wait()
            return call(index)
        finally:
            connection.close()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(run, range(AT_ONCE)))


@pytest.fixture
def seen() -> Iterator[list[str]]:
    """The activities that a reaction has seen, in a moment long enough for others to come along."""
    kept = dict(reactions)
    reactions.clear()
    handled: list[str] = []

    @react_to("order.recorded")
    def slow(activity: Activity, now: datetime) -> None:
        handled.append(str(activity.pk))
        time.sleep(0.005)

    yield handled
    reactions.clear()
    reactions.update(kept)


def deliver(index: int) -> object:
    return actions.deliver_activities(now=NOON)


def deliver_or_collide(index: int) -> object:
    """Without the lock, two that hand out the same rows may also run into each other's updates."""
    with suppress(OperationalError):
        return deliver(index)
    return None


def test_many_deliverers_hand_out_each_activity_once(seen: list[str]) -> None:
    ids = sorted(str(make_activity("order.recorded").pk) for _each in range(120))
    at_once(deliver)
    deliver(0)
    assert sorted(seen) == ids
    assert Activity.objects.undelivered().count() == 0


def test_twin_without_the_lock_hands_out_activities_twice(
    seen: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def unlocked(now: datetime) -> QuerySet[Activity]:
        return Activity.objects.undelivered().filter(due_at__lte=now).order_by("due_at", "id")

    monkeypatch.setattr(activities, "_due", unlocked)
    for _each in range(120):
        make_activity("order.recorded")
    at_once(deliver_or_collide)
    assert len(seen) > len(set(seen))


def test_who_joins_many_times_at_once_is_one_member() -> None:
    joined = at_once(
        lambda index: actions.join_member(
            email="vera@post.example", source="web", external_id="1", actor="test", now=NOON
        )
    )
    assert sum(one.is_new for one in joined if isinstance(one, actions.Joined)) == 1
    assert (Member.objects.count(), Account.objects.count()) == (1, 1)
    assert Activity.objects.filter(kind="member.joined").count() == 1


def joining(email: str) -> Callable[[int], object]:
    return lambda _index: actions.join_member(email=email, actor="test", now=NOON)


def test_twin_without_the_unique_email_joins_more_than_once() -> None:
    constraint = next(one for one in Member._meta.constraints if one.name == "member_email_is_taken_once")
    with connection.schema_editor() as editor:
        editor.remove_constraint(Member, constraint)
    try:
        for turn in range(TURNS):
            at_once(joining(f"vera{turn}@post.example"))
        assert Member.objects.count() > TURNS
    finally:
        with transaction.atomic():
            Member.objects.update(email="")
        with connection.schema_editor() as editor:
            editor.add_constraint(Member, constraint)


def test_one_email_taken_by_many_at_once_goes_to_one() -> None:
    everybody = [make_member(f"M{index}") for index in range(AT_ONCE)]

    def take(index: int) -> str:
        try:
            actions.update_member(
                member=everybody[index], email="wanted@post.example", actor="test", now=NOON
            )
        except actions.UnableToUpdateMember as error:
            return error.key
        return "taken by me"

    assert sorted(map(str, at_once(take))) == ["email_is_taken"] * (AT_ONCE - 1) + ["taken by me"]


def test_yes_and_no_at_once_leave_a_latest_answer_that_everybody_agrees_on(alice: Member) -> None:
    def answer(index: int) -> object:
        say = actions.give_consent if index % 2 else actions.withdraw_consent
        return say(
            member=alice,
            purpose="marketing",
            channel="email",
            wording="1",
            origin="test",
            actor="test",
            now=NOON,
        )

    at_once(answer)
    times = list(alice.consents.order_by("given_at").values_list("given_at", flat=True))
    assert len(set(times)) == len(times)
