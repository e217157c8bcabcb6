from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from rest_framework.test import APIClient

from loyalty.models import ProgrammeVersion
from loyalty.queries import forget_programmes
from members.models import Member, Store
from tests.loyalty.api import make

MAY = "2025-05-01T12:00:00+02:00"


@pytest.fixture(autouse=True)
def clock(db: None) -> Iterator[time_machine.Traveller]:
    make.programme(make.AT_ONCE)
    with time_machine.travel(MAY, tick=False) as clock:
        yield clock


@pytest.fixture
def check(shop: APIClient) -> str:
    """The code of a check of 50 kr, won by a purchase of 500 kr."""
    told = make.order("1", MAY, make.line(500), member={"number": make.member().number})
    [issued] = shop.post("/api/v1/orders/", told, format="json").json()["issued"]
    return str(issued["code"])


def call(shop: APIClient, code: str, deed: str, number: str = "2", **facts: Any) -> Any:
    return shop.post(f"/api/v1/vouchers/{code}/{deed}/", {"order_number": number} | facts, format="json")


def refusal(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"].removeprefix("/problems/")


def test_a_voucher_is_read_by_its_code(shop: APIClient, check: str) -> None:
    told = shop.get(f"/api/v1/vouchers/{check}/").json()
    assert told == {
        "code": check,
        "reward": "bonus",
        "name": "bonus check",
        "kind": "money_off",
        "state": "issued",
        "value_ore": 5000,
        "percent": None,
        "used_ore": 0,
        "issued_at": MAY,
        "available_from": MAY,
        "expires_at": "2025-11-02T00:00:00+01:00",
        "last_day": "2025-11-01",
        "reserved_for": "",
        "reserved_until": None,
        "redeemed_for": "",
        "redeemed_at": None,
        "ended_because": "",
        "because": told["because"],
        "choices": [],
    }
    assert told["because"]["sentence"] == "500 points became a check of 50 kr."


@pytest.mark.parametrize("code", ["NONE", "x" * 300, "%00", "åäö", "a b"])
def test_an_unknown_code_is_not_found(shop: APIClient, code: str) -> None:
    answer = shop.get(f"/api/v1/vouchers/{code}/")
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")


def test_a_reserved_voucher_is_held_for_half_an_hour_when_nothing_else_is_said(
    shop: APIClient, check: str
) -> None:
    told = call(shop, check, "reserve").json()
    assert (told["state"], told["reserved_for"]) == ("reserved", "web:2")
    assert told["reserved_until"] == "2025-05-01T12:30:00+02:00"


def test_nobody_else_can_use_what_is_reserved(shop: APIClient, check: str) -> None:
    call(shop, check, "reserve", "2")
    assert refusal(call(shop, check, "reserve", "3")) == (409, "voucher_reserved")
    assert refusal(call(shop, check, "redeem", "3", amount_ore=10000)) == (409, "voucher_reserved")
    assert refusal(call(shop, check, "release", "3")) == (409, "voucher_reserved")
    till = make.client(source="till")
    assert refusal(call(till, check, "redeem", "2", amount_ore=10000)) == (409, "voucher_reserved")


def test_a_reservation_can_be_made_longer_by_its_own_order(shop: APIClient, check: str) -> None:
    call(shop, check, "reserve")
    told = call(shop, check, "reserve", minutes=60).json()
    assert told["reserved_until"] == "2025-05-01T13:00:00+02:00"


def test_a_reservation_that_ran_out_holds_nothing(
    shop: APIClient, check: str, clock: time_machine.Traveller
) -> None:
    call(shop, check, "reserve")
    clock.shift(timedelta(minutes=30))
    assert shop.get(f"/api/v1/vouchers/{check}/").json()["state"] == "issued"
    assert call(shop, check, "reserve", "3").status_code == 200


def test_a_released_voucher_can_be_used_again_and_twice_is_once(shop: APIClient, check: str) -> None:
    call(shop, check, "reserve")
    answers = [call(shop, check, "release") for _ in range(2)]
    assert [(one.status_code, one.json()["state"]) for one in answers] == [(200, "issued")] * 2


def test_a_voucher_is_redeemed_once_and_the_same_order_gets_the_same_answer(
    shop: APIClient, check: str
) -> None:
    first, again = [call(shop, check, "redeem", amount_ore=12000) for _ in range(2)]
    assert [one.status_code for one in (first, again)] == [200, 200]
    assert (first.json()["discount_ore"], first.json()["payable_ore"]) == (5000, 7000)
    assert again.json() == first.json() | {"is_replay": True}
    assert refusal(call(shop, check, "redeem", "3", amount_ore=12000)) == (409, "voucher_used")


def test_a_voucher_never_pays_more_than_the_order_costs(shop: APIClient, check: str) -> None:
    told = call(shop, check, "redeem", amount_ore=2000).json()
    assert (told["discount_ore"], told["payable_ore"]) == (2000, 0)


def test_a_used_voucher_is_a_conflict_for_an_order_too(shop: APIClient, check: str) -> None:
    call(shop, check, "redeem", amount_ore=2000)
    told = make.order("3", MAY, make.line(100), member={"external_id": "customer-anna"}, vouchers=[check])
    assert refusal(shop.post("/api/v1/orders/", told, format="json")) == (409, "voucher_used")


def test_a_reserved_voucher_is_used_by_recording_its_order(shop: APIClient, check: str) -> None:
    call(shop, check, "reserve", "2")
    told = make.order("2", MAY, make.line(100), member={"external_id": "customer-anna"}, vouchers=[check])
    answer = shop.post("/api/v1/orders/", told, format="json").json()
    assert (answer["voucher_ore"], answer["paid_ore"]) == (5000, 5000)
    assert [(one["code"], one["state"]) for one in answer["used"]] == [(check, "redeemed")]


def test_after_its_last_day_a_voucher_is_expired_whether_swept_or_not(
    shop: APIClient, check: str, clock: time_machine.Traveller
) -> None:
    clock.move_to(datetime.fromisoformat("2025-11-02T00:00:00+01:00"))
    assert shop.get(f"/api/v1/vouchers/{check}/").json()["state"] == "expired"
    assert refusal(call(shop, check, "redeem", amount_ore=1)) == (409, "voucher_expired")


@pytest.mark.parametrize(
    ("deed", "facts", "pointer"),
    [
        ("reserve", {"minutes": 0}, "#/minutes"),
        ("reserve", {"minutes": 7 * 24 * 60 + 1}, "#/minutes"),
        ("reserve", {"number": ""}, "#/order_number"),
        ("redeem", {}, "#/amount_ore"),
        ("redeem", {"amount_ore": -1}, "#/amount_ore"),
    ],
)
def test_what_is_not_understood_is_refused_with_its_place(
    shop: APIClient, check: str, deed: str, facts: dict[str, Any], pointer: str
) -> None:
    answer = call(shop, check, deed, **facts)
    assert (answer.status_code, [one["pointer"] for one in answer.json()["errors"]]) == (400, [pointer])


@pytest.mark.parametrize(("usable", "count"), [("true", 1), ("false", 1), ("", 2)])
def test_a_members_vouchers_can_be_asked_for_by_use(
    shop: APIClient, check: str, usable: str, count: int
) -> None:
    told = make.order("2", MAY, make.line(500), member={"external_id": "customer-anna"})
    shop.post("/api/v1/orders/", told, format="json")
    call(shop, check, "redeem", "3", amount_ore=5000)
    number = Member.objects.get().number
    answer = shop.get(f"/api/v1/members/{number}/vouchers/", {"usable": usable} if usable else {})
    assert (answer.status_code, len(answer.json()["results"])) == (200, count)


def test_a_question_that_is_not_known_is_refused(shop: APIClient) -> None:
    anna = make.member()
    answer = shop.get(f"/api/v1/members/{anna.number}/vouchers/", {"useable": "true"})
    assert (answer.status_code, [one["parameter"] for one in answer.json()["errors"]]) == (400, ["useable"])


@pytest.fixture
def only_sthlm(shop: APIClient) -> str:
    """The code of a check that is for one of two stores."""
    make.store("sthlm")
    make.store("gbg")
    [reward] = make.AT_ONCE["rewards"]
    scoped = {**make.AT_ONCE, "rewards": [reward | {"scope": {"include": {"stores": ["sthlm"]}}}]}
    ProgrammeVersion.objects.update(document=scoped)
    forget_programmes()
    told = make.order("1", MAY, make.line(500), member={"number": make.member().number})
    [issued] = shop.post("/api/v1/orders/", told, format="json").json()["issued"]
    return str(issued["code"])


@pytest.mark.parametrize(("deed", "facts"), [("redeem", {"amount_ore": 12000}), ("reserve", {})])
def test_a_voucher_for_one_store_is_used_there_and_nowhere_else(
    shop: APIClient, only_sthlm: str, deed: str, facts: dict[str, Any]
) -> None:
    refused = call(shop, only_sthlm, deed, store="gbg", **facts)
    assert refusal(refused) == (409, "nothing_to_pay_with_voucher")
    assert call(shop, only_sthlm, deed, store="sthlm", **facts).status_code == 200


def test_a_tills_key_says_in_which_store_a_voucher_is_used(only_sthlm: str) -> None:
    sthlm, gbg = (Store.objects.get(code=code) for code in ("sthlm", "gbg"))
    there = call(make.client(source="till", at=gbg), only_sthlm, "redeem", amount_ore=12000)
    assert refusal(there) == (409, "nothing_to_pay_with_voucher")
    assert (
        call(make.client(source="till", at=sthlm), only_sthlm, "redeem", amount_ore=12000).status_code == 200
    )


def test_where_a_reserved_voucher_will_be_used_may_be_said_later(shop: APIClient, only_sthlm: str) -> None:
    assert call(shop, only_sthlm, "reserve").status_code == 200
    assert refusal(call(shop, only_sthlm, "redeem", amount_ore=12000)) == (409, "nothing_to_pay_with_voucher")


@pytest.mark.parametrize(("deed", "facts"), [("redeem", {"amount_ore": 12000}), ("reserve", {})])
def test_an_unknown_store_is_refused_by_name(
    shop: APIClient, check: str, deed: str, facts: dict[str, Any]
) -> None:
    answer = call(shop, check, deed, store="moon", **facts)
    assert refusal(answer) == (422, "store_not_found")
    assert answer.json()["detail"] == "There is no store with the code moon."
    wrong = call(shop, check, deed, channel="pigeon", **facts)
    assert (wrong.status_code, [one["pointer"] for one in wrong.json()["errors"]]) == (400, ["#/channel"])
