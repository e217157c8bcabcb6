from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from rest_framework.test import APIClient

from members.models import OrderReturn
from tests.loyalty.api import make

MAY = "2025-05-01T10:00:00+02:00"


@pytest.fixture(autouse=True)
def _a_programme_and_a_day(db: None) -> Iterator[None]:
    make.programme(make.QUARTERLY)
    with time_machine.travel("2025-05-01T12:00:00Z", tick=False):
        yield


@pytest.fixture
def bought(shop: APIClient) -> dict[str, Any]:
    """A coat of 600 kr and three pairs of socks for 100 kr."""
    lines = [make.line(600, "coat", sku="COAT"), make.line(100, "socks", sku="SOCKS", quantity=3)]
    told = make.order("1", MAY, *lines, member={"number": make.member().number})
    return dict(shop.post("/api/v1/orders/", told, format="json").json())


def give_back(shop: APIClient, of: dict[str, Any], number: str = "r1", **facts: Any) -> Any:
    told = {"number": number, "returned_at": MAY} | facts
    return shop.post(f"/api/v1/orders/{of['id']}/returns/", told, format="json")


def by_number(shop: APIClient, order_number: str, number: str = "r1", **facts: Any) -> Any:
    told = {"number": number, "returned_at": MAY, "order_number": order_number} | facts
    return shop.post("/api/v1/returns/", told, format="json")


def balance(answer: Any) -> int:
    [points] = answer.json()["points"]
    return int(points["balance"])


def test_a_line_is_returned_by_its_ref(shop: APIClient, bought: dict[str, Any]) -> None:
    answer = give_back(shop, bought, lines=[{"line": "coat", "quantity": 1}])
    told = answer.json()
    assert answer.status_code == 201
    assert (told["amount_ore"], told["is_parked"], told["is_replay"]) == (60000, False, False)
    assert told["taken_back"] == [{"meter": "points", "name": "points", "amount": 600}]
    assert [one["sentence"] for one in told["because"]] == ["600 points taken back for returned goods."]
    assert balance(answer) == 100


def test_without_lines_all_that_is_left_comes_back(shop: APIClient, bought: dict[str, Any]) -> None:
    give_back(shop, bought, "r1", lines=[{"line": "socks", "quantity": 1}])
    answer = give_back(shop, bought, "r2")
    assert (answer.json()["amount_ore"], balance(answer)) == (66666, 0)


def test_any_split_of_a_return_sums_to_the_whole(shop: APIClient, bought: dict[str, Any]) -> None:
    answers = [
        give_back(shop, bought, f"r{number}", lines=[{"line": "socks", "quantity": "1"}])
        for number in range(3)
    ]
    assert sum(answer.json()["amount_ore"] for answer in answers) == 10000
    assert balance(answers[-1]) == 600


def test_the_same_return_again_is_answered_again(shop: APIClient, bought: dict[str, Any]) -> None:
    first, again = give_back(shop, bought), give_back(shop, bought)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json() | {"is_replay": True}


def test_the_same_number_with_other_content_is_refused_with_the_first_answers_facts(
    shop: APIClient, bought: dict[str, Any]
) -> None:
    first = give_back(shop, bought, lines=[{"line": "coat", "quantity": 1}]).json()
    answer = give_back(shop, bought)
    assert (answer.status_code, answer.json()["type"]) == (
        409,
        "/problems/return_number_used_for_something_else",
    )
    assert answer.json()["facts"]["first_answer"] == first | {"is_replay": True}


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ({"line": "coat", "quantity": 2}, "more_than_was_bought"),
        ({"line": "hat", "quantity": 1}, "order_line_not_found"),
        ({"line": "coat", "quantity": 1, "amount_ore": 60001}, "more_than_was_paid"),
    ],
)
def test_what_cannot_come_back_is_refused_and_changes_nothing(
    shop: APIClient, bought: dict[str, Any], line: dict[str, Any], key: str
) -> None:
    answer = give_back(shop, bought, lines=[{"line": "socks", "quantity": 1}, line])
    assert (answer.status_code, answer.json()["type"]) == (422, f"/problems/{key}")
    assert OrderReturn.objects.count() == 0
    assert give_back(shop, bought, "r2").json()["amount_ore"] == 70000


def test_a_line_that_is_named_twice_counts_twice(shop: APIClient, bought: dict[str, Any]) -> None:
    socks = {"line": "socks", "quantity": 1}
    assert give_back(shop, bought, lines=[socks, socks]).json()["amount_ore"] == 6667


def test_a_returned_order_has_nothing_left(shop: APIClient, bought: dict[str, Any]) -> None:
    give_back(shop, bought, "r1")
    answer = give_back(shop, bought, "r2")
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/nothing_left_to_return")


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"lines": []}, "#/lines"),
        ({"lines": [{"quantity": 1}]}, "#/lines/0"),
        ({"lines": [{"line": "coat"}]}, "#/lines/0/quantity"),
        ({"returned_at": "2025-05-01T10:00:00"}, "#/returned_at"),
        ({"returned_at": "2026-05-01T10:00:00Z"}, "#/returned_at"),
        ({"number": None}, "#/number"),
    ],
)
def test_what_is_not_understood_is_refused_with_its_place(
    shop: APIClient, bought: dict[str, Any], wrong: dict[str, Any], pointer: str
) -> None:
    answer = give_back(shop, bought, **wrong)
    assert (answer.status_code, [one["pointer"] for one in answer.json()["errors"]]) == (400, [pointer])


def test_a_return_before_its_order_is_parked_and_counted_when_the_order_comes(shop: APIClient) -> None:
    anna = make.member()
    parked = by_number(shop, "late", lines=[{"sku": "COAT", "quantity": 1}])
    assert (parked.status_code, parked.json()["is_parked"], parked.json()["taken_back"]) == (202, True, [])
    lines = [make.line(600, "coat", sku="COAT"), make.line(100, "socks")]
    told = make.order("late", MAY, *lines, member={"number": anna.number})
    answer = shop.post("/api/v1/orders/", told, format="json")
    assert (answer.status_code, balance(answer)) == (201, 100)
    again = by_number(shop, "late", lines=[{"sku": "COAT", "quantity": 1}])
    assert (again.status_code, again.json()["is_parked"], again.json()["amount_ore"]) == (200, False, 60000)


def test_a_parked_return_sent_again_is_still_parked(shop: APIClient) -> None:
    answers = [by_number(shop, "never") for _ in range(2)]
    assert [(one.status_code, one.json()["is_replay"]) for one in answers] == [(202, False), (202, True)]
    assert OrderReturn.objects.count() == 1


def test_a_return_by_the_number_of_a_known_order_counts_at_once(
    shop: APIClient, bought: dict[str, Any]
) -> None:
    answer = by_number(shop, "1", lines=[{"sku": "COAT", "quantity": 1}])
    assert (answer.status_code, answer.json()["is_parked"], balance(answer)) == (201, False, 100)


def test_another_shops_order_number_is_not_this_shops(shop: APIClient, bought: dict[str, Any]) -> None:
    answer = by_number(make.client(source="till"), "1")
    assert (answer.status_code, answer.json()["is_parked"]) == (202, True)


def test_money_for_goods_that_are_kept_is_shared_by_the_lines(
    shop: APIClient, bought: dict[str, Any]
) -> None:
    answer = give_back(shop, bought, amount_ore=7000)
    assert (answer.status_code, answer.json()["amount_ore"], balance(answer)) == (201, 7000, 630)
    order = shop.get(f"/api/v1/orders/{bought['id']}/").json()
    assert [(line["returned_quantity"], line["returned_ore"]) for line in order["lines"]] == [
        ("0", 6000),
        ("0", 1000),
    ]


def test_goods_come_back_whole_after_a_part_of_their_price_has(
    shop: APIClient, bought: dict[str, Any]
) -> None:
    give_back(shop, bought, "r1", lines=[{"line": "coat", "amount_ore": 10000}])
    answer = give_back(shop, bought, "r2", lines=[{"line": "coat", "quantity": 1}])
    assert (answer.json()["amount_ore"], balance(answer)) == (50000, 100)


def test_however_money_and_goods_come_back_they_sum_to_the_whole(
    shop: APIClient, bought: dict[str, Any]
) -> None:
    told: list[dict[str, Any]] = [
        {"amount_ore": 333},
        {"lines": [{"line": "socks", "quantity": 1, "amount_ore": 100}]},
        {"amount_ore": 12345},
        {"lines": [{"line": "socks", "quantity": 1}]},
        {},
    ]
    answers = [give_back(shop, bought, f"r{number}", **one) for number, one in enumerate(told)]
    assert [answer.status_code for answer in answers] == [201] * 5
    assert sum(answer.json()["amount_ore"] for answer in answers) == 70000
    taken = [one["amount"] for answer in answers for one in answer.json()["taken_back"]]
    assert (sum(taken), balance(answers[-1])) == (700, 0)


@pytest.mark.parametrize(
    ("told", "status", "key"),
    [
        ({"amount_ore": 70001}, 422, "more_than_is_left_to_pay_back"),
        ({"amount_ore": 0}, 400, "not_valid"),
        ({"amount_ore": 1, "lines": [{"line": "coat", "quantity": 1}]}, 400, "not_valid"),
        ({"lines": [{"line": "coat"}]}, 400, "not_valid"),
        ({"lines": [{"line": "coat", "amount_ore": 60001}]}, 422, "more_than_was_paid"),
    ],
)
def test_more_money_than_was_paid_is_not_given_back(
    shop: APIClient, bought: dict[str, Any], told: dict[str, Any], status: int, key: str
) -> None:
    answer = give_back(shop, bought, **told)
    assert (answer.status_code, answer.json()["type"]) == (status, f"/problems/{key}")
    assert OrderReturn.objects.count() == 0


def test_money_given_back_before_its_order_is_heard_of_is_counted_when_it_comes(shop: APIClient) -> None:
    make.member()
    parked = by_number(shop, "7", amount_ore=10000)
    assert (parked.status_code, parked.json()["amount_ore"]) == (202, 10000)
    told = make.order("7", MAY, make.line(600), member={"external_id": "customer-anna"})
    answer = shop.post("/api/v1/orders/", told, format="json")
    assert balance(answer) == 500
    again = by_number(shop, "7", amount_ore=10000)
    assert (again.status_code, again.json()["amount_ore"], again.json()["is_parked"]) == (200, 10000, False)
