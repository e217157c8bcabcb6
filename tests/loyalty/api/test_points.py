from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
import time_machine
from rest_framework.test import APIClient

from members.models import Member
from tests.loyalty.api import make

MAY = "2025-05-01T12:00:00+02:00"


@pytest.fixture(autouse=True)
def clock(db: None) -> Iterator[time_machine.Traveller]:
    with time_machine.travel(MAY, tick=False) as clock:
        yield clock


@pytest.fixture
def anna(db: None) -> Member:
    """Bought for 300 kr on 1 May; her points can be used from 15 May."""
    document = deepcopy(make.QUARTERLY)
    document["earning_rules"][0]["pending_days"] = 14
    make.programme(document)
    return make.member()


def buy(shop: APIClient, member: Member, number: str, kronor: int, at: str = MAY) -> None:
    told = make.order(number, at, make.line(kronor), member={"number": member.number})
    answer = shop.post("/api/v1/orders/", told, format="json")
    assert answer.status_code == 201, answer.content


def reading(shop: APIClient, member: Member, **asked: str) -> dict[str, Any]:
    answer = shop.get(f"/api/v1/members/{member.number}/points/", asked)
    assert answer.status_code == 200, answer.content
    [points] = answer.json()["points"]
    return {name: points[name] for name in ("balance", "available", "pending", "debt")}


def test_points_that_cannot_be_used_yet_are_pending(shop: APIClient, anna: Member) -> None:
    buy(shop, anna, "1", 300)
    assert reading(shop, anna) == {"balance": 300, "available": 0, "pending": 300, "debt": 0}


@pytest.mark.parametrize(
    ("at", "balance", "available"),
    [
        ("2025-05-01T11:59:59+02:00", 0, 0),
        (MAY, 300, 0),
        ("2025-05-14T23:59:59+02:00", 300, 0),
        ("2025-05-15T00:00:00+02:00", 300, 300),
        ("2025-05-14T22:00:00Z", 300, 300),
    ],
)
def test_points_can_be_read_as_of_any_time(
    shop: APIClient, anna: Member, at: str, balance: int, available: int
) -> None:
    buy(shop, anna, "1", 300)
    told = reading(shop, anna, at=at)
    assert (told["balance"], told["available"]) == (balance, available)


@pytest.mark.parametrize(
    "at", ["", "yesterday", "2025-05-01T12:00:00", "2025-05-01", "9999-12-31T23:59:59-12:00", "\x00"]
)
def test_a_time_that_is_none_is_refused(shop: APIClient, anna: Member, at: str) -> None:
    answer = shop.get(f"/api/v1/members/{anna.number}/points/", {"at": at})
    assert (answer.status_code, [one["parameter"] for one in answer.json()["errors"]]) == (400, ["at"])


def test_a_plus_that_the_address_turned_into_a_space_is_understood(shop: APIClient, anna: Member) -> None:
    answer = shop.get(f"/api/v1/members/{anna.number}/points/?at=2025-05-01T12:00:00+02:00")
    assert (answer.status_code, answer.json()["at"]) == (200, MAY)


def test_the_ledger_is_read_in_pages_that_new_entries_do_not_shift(shop: APIClient, anna: Member) -> None:
    for number in range(60):
        buy(shop, anna, f"{number}", 1 + number)
    first = shop.get(f"/api/v1/members/{anna.number}/entries/").json()
    buy(shop, anna, "new", 1000)
    second = shop.get(first["next"]).json()
    assert [row["amount"] for row in first["results"]] == list(range(60, 10, -1))
    assert [row["amount"] for row in second["results"]] == list(range(10, 0, -1))
    assert (first["previous"], second["next"]) == (None, None)


def test_an_entry_says_when_for_what_and_why(shop: APIClient, anna: Member) -> None:
    buy(shop, anna, "1", 300)
    [row] = shop.get(f"/api/v1/members/{anna.number}/entries/").json()["results"]
    assert row == {
        "id": row["id"],
        "sequence": 1,
        "meter": "points",
        "name": "points",
        "kind": "earn",
        "amount": 300,
        "order": "web:1",
        "effective_at": MAY,
        "recorded_at": MAY,
        "because": {
            "key": "earned",
            "sentence": "300 points for 300 kr.",
            "facts": {"rule": "purchases", "base": 30000, "of": "paid", "amount": 300, "meter": "points"},
        },
    }


def test_the_ledger_is_found_below_the_points_too(shop: APIClient, anna: Member) -> None:
    buy(shop, anna, "1", 300)
    above, below = (
        shop.get(f"/api/v1/members/{anna.number}/{where}/").json() for where in ("entries", "points/entries")
    )
    assert above == below
    assert len(above["results"]) == 1


@pytest.mark.parametrize("cursor", ["x", "cD1hYmM=", "cD0lMDA=", "bz0tMQ=="])
def test_a_cursor_that_leads_nowhere_is_refused(shop: APIClient, anna: Member, cursor: str) -> None:
    answer = shop.get(f"/api/v1/members/{anna.number}/entries/", {"cursor": cursor})
    assert (answer.status_code, [one["parameter"] for one in answer.json()["errors"]]) == (400, ["cursor"])


@pytest.mark.parametrize("what", ["points", "entries", "vouchers"])
@pytest.mark.parametrize("number", ["1000000016", "anna", "%00", "1" * 400])
def test_an_unknown_member_has_nothing_to_read(shop: APIClient, what: str, number: str) -> None:
    answer = shop.get(f"/api/v1/members/{number}/{what}/")
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")


def test_a_club_without_a_programme_has_no_meters(shop: APIClient) -> None:
    answer = shop.get(f"/api/v1/members/{make.member().number}/points/")
    assert answer.json()["points"] == []
