"""Points given and taken by hand through the API: with a reason, by a key that may, once by its key."""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from rest_framework.test import APIClient

from loyalty.models import Entry
from members.models import Member
from tests.loyalty.api import make


@pytest.fixture(autouse=True)
def _a_programme_and_a_day(db: None) -> Iterator[None]:
    make.programme(make.QUARTERLY)
    with time_machine.travel("2025-05-01T12:00:00Z", tick=False):
        yield


@pytest.fixture
def anna(db: None) -> Member:
    return make.member()


def adjust(shop: APIClient, member: Member, amount: int, key: str = "", **told: Any) -> Any:
    body = {"meter": "points", "amount": amount, "reason": "The parcel came late", **told}
    headers = {"Idempotency-Key": key} if key else None
    path = f"/api/v1/members/{member.number}/points/adjustments/"
    return shop.post(path, body, format="json", headers=headers)


def available(shop: APIClient, member: Member) -> int:
    [points] = shop.get(f"/api/v1/members/{member.number}/points/").json()["points"]
    return int(points["available"])


def test_points_are_given_with_a_reason_that_the_member_reads(shop: APIClient, anna: Member) -> None:
    answer = adjust(shop, anna, 200)
    assert (answer.status_code, answer.json()["amount"], answer.json()["kind"]) == (201, 200, "adjust")
    assert "The parcel came late" in answer.json()["because"]["sentence"]
    entry = Entry.objects.get(kind="adjust")
    assert (entry.actor, entry.reason) == ("key web  0", "The parcel came late")
    assert available(shop, anna) == 200


def test_points_are_taken_but_never_more_than_there_are(shop: APIClient, anna: Member) -> None:
    adjust(shop, anna, 200)
    assert adjust(shop, anna, -150).status_code == 201
    answer = adjust(shop, anna, -51)
    assert (answer.status_code, answer.json()["detail"]) == (422, "Only 50 of 51 are available.")
    assert available(shop, anna) == 50


def test_the_same_key_gives_once(shop: APIClient, anna: Member) -> None:
    first, again = [adjust(shop, anna, 200, key="late-parcel-7") for _ in range(2)]
    assert (again.json(), again["Idempotent-Replayed"]) == (first.json(), "true")
    assert available(shop, anna) == 200


@pytest.mark.parametrize(
    ("told", "status", "problem"),
    [
        ({"amount": 0}, 422, "amount_is_zero"),
        ({"reason": ""}, 400, "not_valid"),
        ({"reason": "  "}, 400, "not_valid"),
        ({"meter": "stars"}, 422, "no_such_meter"),
        ({"amount": 10**12}, 400, "not_valid"),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(
    shop: APIClient, anna: Member, told: dict[str, Any], status: int, problem: str
) -> None:
    answer = adjust(shop, anna, 1, **told) if "amount" not in told else adjust(shop, anna, told["amount"])
    assert (answer.status_code, answer.json()["type"]) == (status, f"/problems/{problem}")
    assert not Entry.objects.exists()
