"""What a member can get, and taking it; the club's tiers and where a member stands."""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from members.models import Member
from tests.loyalty.api import make
from tests.loyalty.rich import RICH

MAY = "2025-05-01T10:00:00Z"


@pytest.fixture(autouse=True)
def _a_programme_and_a_day(db: None) -> Iterator[None]:
    make.programme(RICH)
    with time_machine.travel("2025-05-01T12:00:00Z", tick=False):
        yield


@pytest.fixture
def anna(shop: APIClient) -> Member:
    """Has bought for 400 kr, and so has 400 points."""
    member = make.member()
    told = make.order("1", MAY, make.line(400), member={"number": member.number})
    assert shop.post("/api/v1/orders/", told, format="json").status_code == 201
    return member


def menus(shop: APIClient, member: Member) -> dict[str, dict[str, Any]]:
    told = shop.get(f"/api/v1/members/{member.number}/rewards/").json()
    return {menu["menu"]: menu for menu in told["menus"]}


def take(shop: APIClient, member: Member, key: str = "", **told: Any) -> Any:
    headers = {"Idempotency-Key": key} if key else None
    return shop.post(f"/api/v1/members/{member.number}/rewards/", told, format="json", headers=headers)


def available(answer: Any) -> int:
    return int(next(one["available"] for one in answer.json()["points"] if one["meter"] == "points"))


def test_what_can_be_got_says_what_it_takes_and_what_is_missing(shop: APIClient, anna: Member) -> None:
    shelf = menus(shop, anna)["shelf"]
    options = {one["option"]: one for one in shelf["options"]}
    assert (shelf["meter"], shelf["available"]) == ("points", 400)
    assert {name: (one["points"], one["missing"], one["can_be_taken"]) for name, one in options.items()} == {
        "coffee": (300, 0, True),
        "towel": (900, 500, False),
        "ten": (100, 0, False),  # used with a purchase
    }


def test_what_comes_next_by_itself_is_told_beside_it(shop: APIClient, anna: Member) -> None:
    told = shop.get(f"/api/v1/members/{anna.number}/rewards/").json()["next"]
    assert all(one["missing"] == max(one["need"] - one["have"], 0) for one in told)
    assert told


def test_an_option_is_taken_once_by_its_key_and_its_points_are_gone(shop: APIClient, anna: Member) -> None:
    first, again = [take(shop, anna, "once", menu="shelf", option="coffee") for _ in range(2)]
    assert (first.status_code, again.json()) == (201, first.json())
    [voucher] = first.json()["issued"]
    assert (voucher["state"], available(first)) == ("issued", 100)
    code = f"/api/v1/vouchers/{voucher['code']}/"
    assert shop.get(code).json() == voucher


@pytest.mark.parametrize(
    ("told", "status", "key"),
    [
        ({"menu": "shelf", "option": "towel"}, 422, "not_enough"),
        ({"menu": "shelf", "option": "boat"}, 422, "no_such_option"),
        ({"menu": "none"}, 422, "no_such_menu"),
        ({"conversion": "none"}, 422, "no_such_conversion"),
        ({"menu": "shelf", "conversion": "none"}, 400, "not_valid"),
        ({}, 400, "not_valid"),
        ({"menu": "shelf", "amount": 0}, 400, "not_valid"),
    ],
)
def test_what_cannot_be_taken_is_refused_and_takes_nothing(
    shop: APIClient, anna: Member, told: dict[str, Any], status: int, key: str
) -> None:
    answer = take(shop, anna, **told)
    assert (answer.status_code, answer.json()["type"]) == (status, f"/problems/{key}")
    assert menus(shop, anna)["shelf"]["available"] == 400


def test_every_reward_of_the_rules_in_force_is_listed(shop: APIClient) -> None:
    rewards = shop.get("/api/v1/rewards/").json()["rewards"]
    assert [one["key"] for one in rewards] == [one["key"] for one in RICH["rewards"]]
    assert all(one["name"] and one["kind"] for one in rewards)


def test_the_clubs_tiers_are_listed_the_lowest_first(shop: APIClient) -> None:
    [ladder] = shop.get("/api/v1/tiers/").json()["ladders"]
    assert [(one["key"], one["threshold"]) for one in ladder["tiers"]][:2] == [
        ("silver", 1000),
        ("gold", 5000),
    ]


def test_a_member_sees_the_tier_held_and_what_is_missing_for_the_next(shop: APIClient, anna: Member) -> None:
    path = f"/api/v1/members/{anna.number}/tiers/"
    [before] = shop.get(path).json()["tiers"]
    assert (before["tier"], before["next_tier"], before["missing"]) == ("", "silver", 600)
    told = make.order("2", MAY, make.line(800), member={"number": anna.number})
    shop.post("/api/v1/orders/", told, format="json")
    [after] = shop.get(path).json()["tiers"]
    assert (after["tier"], after["tier_name"], after["missing"]) == ("silver", "silver", 3800)


def test_a_club_without_a_programme_has_nothing_to_give(shop: APIClient, anna: Member) -> None:
    with time_machine.travel("2020-01-01T12:00:00Z", tick=False):
        assert shop.get("/api/v1/rewards/").json() == {"rewards": []}
        assert shop.get("/api/v1/tiers/").json() == {"ladders": []}


def test_reading_what_can_be_got_costs_the_same_however_much_was_bought(
    shop: APIClient, anna: Member
) -> None:
    def cost() -> list[int]:
        counts = []
        for what in ("rewards", "tiers"):
            with CaptureQueriesContext(connection) as queries:
                shop.get(f"/api/v1/members/{anna.number}/{what}/")
            counts.append(len(queries))
        return counts

    cost()
    before = cost()
    for number in range(2, 12):
        told = make.order(str(number), MAY, make.line(1), member={"number": anna.number})
        shop.post("/api/v1/orders/", told, format="json")
    assert cost() == before
