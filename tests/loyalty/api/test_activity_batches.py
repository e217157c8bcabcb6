"""Many activities at once: each is answered by itself, and a batch costs what a few single ones do."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings
from rest_framework.test import APIClient

from loyalty.models import Act
from tests.loyalty.api import make

MAY = "2025-05-01T10:00:00Z"
REVIEWS = deepcopy(make.AT_ONCE)
REVIEWS["earning_rules"] += [
    {
        "key": "reviews",
        "name": "reviews",
        "event": "review",
        "meter": "points",
        "base": {"amount": "one"},
        "rate": {"kind": "per_unit", "value": 250},
    }
]


@pytest.fixture(autouse=True)
def _a_programme_and_a_day(db: None) -> Iterator[None]:
    make.programme(REVIEWS)
    with time_machine.travel("2025-05-01T12:00:00Z", tick=False):
        yield


def review(number: str, **facts: Any) -> dict[str, Any]:
    member = {"external_id": "customer-anna"}
    return {"number": number, "kind": "review", "member": member, "occurred_at": MAY, **facts}


def send(shop: APIClient, *rows: Any) -> Any:
    return shop.post("/api/v1/activities/batch/", {"activities": list(rows)}, format="json")


def outcome(answer: Any) -> tuple[int, int, int]:
    told = answer.json()
    return told["recorded"], told["known"], told["refused"]


def test_each_row_is_answered_as_if_it_had_been_sent_alone(shop: APIClient) -> None:
    anna, bo = make.member("anna"), make.member("bo")
    answer = send(
        shop,
        review("1"),
        review("2", member={"number": bo.number}),
        review("3", member={"email": "Anna@post.example"}),
    )
    assert (answer.status_code, outcome(answer)) == (200, (3, 0, 0))
    rows = [row["answer"] for row in answer.json()["results"]]
    assert [row["earned"] for row in rows] == [[{"meter": "points", "name": "points", "amount": 250}]] * 3
    assert [len(row["issued"]) for row in rows] == [0, 0, 1]
    assert [len(one.vouchers.all()) for one in (anna.account, bo.account)] == [1, 0]
    alone = make.client().post("/api/v1/activities/", review("4"), format="json").json()
    assert alone.keys() == rows[0].keys()


def test_a_row_that_cannot_be_holds_up_no_other_and_says_what_to_do(shop: APIClient) -> None:
    make.member("anna")
    answer = send(
        shop,
        review("1"),
        review("2", member={"external_id": "nobody"}),
        review("3", kind="yodelled"),
        review("4", kind="purchase"),
        review("5", occurred_at="yesterday"),
        {"kind": "review"},
        review("6", store="nowhere"),
        review("1", quantity=2),
    )
    assert outcome(answer) == (1, 0, 7)
    problems = [row["problem"] for row in answer.json()["results"]]
    assert [one and one["type"].removeprefix("/problems/") for one in problems] == [
        None,
        "member_not_found",
        "act_is_not_known",
        "act_happens_by_itself",
        "not_valid",
        "not_valid",
        "store_not_found",
        "act_number_used_for_something_else",
    ]
    assert problems[2]["detail"].startswith("Nothing here asks about “yodelled”. What can be told: ")
    assert problems[4]["errors"][0]["pointer"] == "#/occurred_at"
    assert problems[7]["status"] == 409
    assert Act.objects.count() == 1


def test_the_same_batch_again_changes_nothing(shop: APIClient) -> None:
    make.member("anna")
    first, again = [send(shop, review("1"), review("2")) for _ in range(2)]
    assert [outcome(one) for one in (first, again)] == [(2, 0, 0), (0, 2, 0)]
    shown = [[row["answer"]["earned"] for row in one.json()["results"]] for one in (first, again)]
    assert shown[0] == shown[1]
    alone = shop.post("/api/v1/activities/", review("1"), format="json")
    assert (alone.status_code, alone.json()["is_replay"]) == (200, True)


def test_a_row_twice_in_a_batch_counts_once(shop: APIClient) -> None:
    make.member("anna")
    assert outcome(send(shop, review("1"), review("1"))) == (1, 1, 0)


def test_rows_count_in_the_order_in_which_they_happened(shop: APIClient) -> None:
    make.member("anna")
    answer = send(shop, review("late"), review("early", occurred_at="2025-04-01T10:00:00Z"))
    assert [len(row["answer"]["issued"]) for row in answer.json()["results"]] == [1, 0]


def test_a_kind_that_the_club_has_added_can_be_told(shop: APIClient, settings: Settings) -> None:
    make.member("anna")
    told = review("1", kind="yodelled")
    assert (
        shop.post("/api/v1/activities/", told, format="json").json()["type"] == "/problems/act_is_not_known"
    )
    settings.ACTIVITY_KINDS = ["yodelled"]
    assert shop.post("/api/v1/activities/", told, format="json").status_code == 201


def test_what_a_segment_asks_about_can_be_told(shop: APIClient) -> None:
    make.member("anna")
    assert outcome(send(shop, *[review(kind, kind=kind) for kind in ("visit", "web_view", "login")])) == (
        3,
        0,
        0,
    )


def test_a_batch_has_one_row_at_least_and_a_thousand_at_most(shop: APIClient) -> None:
    for rows in ([], [review("1")] * 1001, ["x"]):
        assert send(shop, *rows).status_code == 400


@pytest.mark.parametrize("is_again", [False, True])
def test_a_row_costs_a_tenth_of_a_call_of_its_own_or_less(shop: APIClient, is_again: bool) -> None:
    """In statements, which is what a call waits for; and they do not grow with the rows."""
    for number in range(40):
        make.member(f"m{number}")

    def cost(count: int) -> int:
        rows = [
            review(f"{count}-{number}", member={"email": f"m{number}@post.example"})
            for number in range(count)
        ]
        if is_again:
            send(shop, *rows)
        with CaptureQueriesContext(connection) as queries:
            assert outcome(send(shop, *rows))[2] == 0
        return len(queries)

    cost(1)
    with CaptureQueriesContext(connection) as queries:
        shop.post("/api/v1/activities/", review("alone", member={"email": "m0@post.example"}), format="json")
    single = len(queries)
    few, many = cost(20), cost(40)
    assert many <= few + 6  # SQLite takes so many values in one statement and no more
    assert many / 40 <= single / 10
