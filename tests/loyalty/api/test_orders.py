from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from rest_framework.test import APIClient

from loyalty.models import Entry, Voucher
from members.models import Activity, ApiKey, Order, StoredAnswer
from tests.loyalty.api import make

MAY = "2025-05-01T10:00:00+02:00"
HUNDRED: dict[str, Any] = {"lines": [make.line(100)]}


@pytest.fixture(autouse=True)
def _a_programme_and_a_day(db: None) -> Iterator[None]:
    make.programme(make.AT_ONCE)
    with time_machine.travel("2025-05-01T12:00:00Z", tick=False):
        yield


def send(shop: APIClient, told: Any, key: str = "") -> Any:
    headers = {"Idempotency-Key": key} if key else {}
    return shop.post("/api/v1/orders/", told, format="json", headers=headers)


def order(number: str = "1", **facts: Any) -> dict[str, Any]:
    return make.order(number, MAY) | facts


def problem(answer: Any, status: int) -> dict[str, Any]:
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json"), (
        answer.content
    )
    return dict(answer.json())


def test_the_cashier_reads_everything_in_one_answer(shop: APIClient) -> None:
    anna = make.member()
    answer = send(shop, order(member={"number": anna.number}))
    told = answer.json()
    assert answer.status_code == 201
    [check] = told["issued"]
    assert told == {
        "id": str(Order.objects.get().pk),
        "number": "1",
        "revision": 1,
        "state": "placed",
        "placed_at": MAY,
        "member": anna.number,
        "store": None,
        "currency": "SEK",
        "gross_ore": 60000,
        "discount_ore": 0,
        "voucher_ore": 0,
        "paid_ore": 60000,
        "is_replay": False,
        "earned": [{"meter": "points", "name": "points", "amount": 600}],
        "because": [
            {
                "key": "earned",
                "sentence": "600 points for 600 kr.",
                "facts": {"rule": "purchases", "base": 60000, "of": "paid", "amount": 600, "meter": "points"},
            }
        ],
        "issued": [check],
        "used": [],
        "tiers": [],
        "points": [
            {
                "meter": "points",
                "name": "points",
                "unit": 1,
                "is_spendable": True,
                "balance": 100,
                "available": 100,
                "pending": 0,
                "debt": 0,
                "pending_from": None,
                "lapses_next": None,
            }
        ],
    }
    assert (check["value_ore"], check["state"], check["last_day"]) == (5000, "issued", "2025-11-01")


def test_the_reasons_are_told_in_the_callers_language(db: None) -> None:
    anna = make.member()
    swedish = make.client(language="sv")
    [because] = send(swedish, order(member={"number": anna.number})).json()["because"]
    assert because["key"] == "earned"
    assert "poäng" in because["sentence"]


@pytest.mark.parametrize(
    "named", [{"email": "ANNA@post.example"}, {"external_id": "customer-anna"}], ids=["e-mail", "external id"]
)
def test_a_member_can_be_named_in_three_ways(shop: APIClient, named: dict[str, str]) -> None:
    anna = make.member()
    assert send(shop, order(member=named)).json()["member"] == anna.number


def test_another_shops_external_id_names_nobody(db: None) -> None:
    make.member()
    till = make.client(source="till")
    told = problem(send(till, order(member={"external_id": "customer-anna"})), 422)
    assert (told["type"], told["facts"]) == (
        "/problems/member_not_found",
        {"name": "external_id", "value": "customer-anna"},
    )


def test_a_member_must_be_named_in_one_way(shop: APIClient) -> None:
    told = problem(send(shop, order(member={"number": "1", "email": "a@b.se"})), 400)
    assert [one["pointer"] for one in told["errors"]] == ["#/member"]


def test_without_a_member_it_is_a_guests(shop: APIClient) -> None:
    told = send(shop, order()).json()
    assert (told["member"], told["earned"], told["points"]) == (None, [], [])
    assert [one["key"] for one in told["because"]] == ["no_member"]


def test_a_store_is_named_by_its_code_and_else_is_the_keys_own(db: None) -> None:
    till = make.client(at=make.store("gbg"))
    make.store("sthlm")
    assert send(till, order("1")).json()["store"] == "gbg"
    assert send(till, order("2", store="sthlm")).json()["store"] == "sthlm"
    told = problem(send(till, order("3", store="oslo")), 422)
    assert (told["type"], told["detail"]) == (
        "/problems/store_not_found",
        "There is no store with the code oslo.",
    )


def test_the_same_order_again_is_answered_again_and_gives_nothing_more(shop: APIClient) -> None:
    anna = make.member()
    told = order(member={"number": anna.number})
    first, again = send(shop, told), send(shop, told)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json() | {"is_replay": True}
    assert Entry.objects.filter(kind="earn").count() == 1


def test_the_same_number_with_other_content_is_refused_with_the_first_answers_facts(shop: APIClient) -> None:
    anna = make.member()
    first = send(shop, order(member={"number": anna.number})).json()
    told = problem(send(shop, order(member={"number": anna.number}, lines=[make.line(700)])), 409)
    assert told["type"] == "/problems/order_number_used_for_something_else"
    assert told["facts"]["first_answer"] == first | {"is_replay": True}
    assert Order.objects.get().paid_ore == 60000


def test_a_higher_revision_replaces_the_order(shop: APIClient) -> None:
    anna = make.member()
    send(shop, order(member={"number": anna.number}, lines=[make.line(100)]))
    answer = send(shop, order(member={"number": anna.number}, revision=2, lines=[make.line(80)]))
    assert (answer.json()["revision"], answer.json()["paid_ore"]) == (2, 8000)
    assert [one["balance"] for one in answer.json()["points"]] == [80]


def test_two_shops_may_use_the_same_number(shop: APIClient) -> None:
    till = make.client(source="till")
    assert [send(shop, order()).status_code, send(till, order()).status_code] == [201, 201]
    assert sorted(Order.objects.values_list("source", flat=True)) == ["till", "web"]


def test_a_shop_cannot_write_in_anothers_name(shop: APIClient) -> None:
    told = problem(send(shop, order(source="till")), 400)
    assert [(one["pointer"], one["detail"]) for one in told["errors"]] == [
        ("#/source", "There is no such field.")
    ]


@pytest.mark.parametrize("deed", ["", "cancel/", "claim/", "returns/"])
def test_of_another_shops_orders_a_shop_is_told_nothing(shop: APIClient, deed: str) -> None:
    anna = make.member()
    path = f"/api/v1/orders/{send(shop, order()).json()['id']}/{deed}"
    till = make.client(source="till")
    bodies = {
        "claim/": {"member": {"number": anna.number}},
        "returns/": {"number": "r", "returned_at": MAY},
    }
    answer = till.post(path, bodies.get(deed, {}), format="json") if deed else till.get(path)
    assert problem(answer, 404)["type"] == "/problems/order_not_found"


# -- Idempotency-Key ---------------------------------------------------------------------------------------


def test_a_call_with_the_same_key_is_answered_with_the_first_answer(shop: APIClient) -> None:
    first, again = send(shop, order(), "k"), send(shop, order(), "k")
    assert (again.status_code, again.json()) == (201, first.json())
    assert (first.headers.get("Idempotent-Replayed"), again["Idempotent-Replayed"]) == (None, "true")


def test_a_key_used_for_another_body_is_refused(shop: APIClient) -> None:
    send(shop, order("1"), "k")
    told = problem(send(shop, order("2"), "k"), 409)
    assert told["type"] == "/problems/idempotency_key_used_for_something_else"
    assert Order.objects.count() == 1


@pytest.mark.parametrize(
    "wrong", [{"store": "nowhere"}, {"lines": []}, {"vouchers": ["NONE"]}], ids=["422", "400", "no member"]
)
def test_a_refused_call_leaves_its_key_unused(shop: APIClient, wrong: dict[str, Any]) -> None:
    assert send(shop, order(**wrong), "k").status_code in (400, 422)
    assert StoredAnswer.objects.count() == 0
    assert send(shop, order(), "k").status_code == 201


def test_a_refused_order_leaves_nothing_behind(shop: APIClient) -> None:
    anna = make.member()
    before = Activity.objects.count()
    told = problem(send(shop, order(member={"number": anna.number}, paid_ore=1)), 422)
    assert (told["type"], told["facts"]) == (
        "/problems/paid_is_not_what_it_costs",
        {"sent": 1, "computed": 60000},
    )
    assert (Order.objects.count(), Entry.objects.count(), Activity.objects.count()) == (0, 0, before)


# -- What is refused ---------------------------------------------------------------------------------------

REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"placed_at": "2025-05-01T10:00:00"}, "#/placed_at"),
    ({"placed_at": "2025-05-01"}, "#/placed_at"),
    ({"placed_at": "yesterday"}, "#/placed_at"),
    ({"placed_at": 1746086400}, "#/placed_at"),
    ({"placed_at": "0001-01-01T00:00:00+14:00"}, "#/placed_at"),
    ({"placed_at": "2150-05-01T10:00:00Z"}, "#/placed_at"),
    ({"currency": "EUR"}, "#/currency"),
    ({"channel": "fax"}, "#/channel"),
    ({"revision": 0}, "#/revision"),
    ({"number": ""}, "#/number"),
    ({"number": "a\x00b"}, "#/number"),
    ({"number": "x" * 65}, "#/number"),
    ({"lines": []}, "#/lines"),
    ({"lines": {"1": make.line(1)}}, "#/lines"),
    ({"lines": [make.line(1)] * 1001}, "#/lines"),
    ({"lines": [make.line(1) | {"gross_ore": 10.5}]}, "#/lines/0/gross_ore"),
    ({"lines": [make.line(1) | {"gross_ore": -1}]}, "#/lines/0/gross_ore"),
    ({"lines": [make.line(1) | {"gross_ore": 10**30}]}, "#/lines/0/gross_ore"),
    ({"lines": [make.line(1) | {"gross_ore": 1_000_000_001}]}, "#/lines/0/gross_ore"),
    ({"lines": [make.line(6_000_000, "1"), make.line(6_000_000, "2")]}, "#/lines"),
    ({"lines": [make.line(1) | {"gross_ore": True}]}, "#/lines/0/gross_ore"),
    ({"lines": [make.line(1) | {"quantity": "1.0001"}]}, "#/lines/0/quantity"),
    ({"lines": [make.line(1) | {"quantity": 0}]}, "#/lines/0/quantity"),
    ({"lines": [make.line(1) | {"quantity": "NaN"}]}, "#/lines/0/quantity"),
    ({"lines": [make.line(1) | {"vat_rate": 101}]}, "#/lines/0/vat_rate"),
    ({"lines": [make.line(1) | {"discont_ore": 1}]}, "#/lines/0/discont_ore"),
    ({"lines": [make.line(1) | {"flags": "gift_card"}]}, "#/lines/0/flags"),
    ({"vouchers": ["A", "A"]}, "#/vouchers"),
    ({"member": "1000000016"}, "#/member"),
    ({"member": {}}, "#/member"),
]


@pytest.mark.parametrize(("wrong", "pointer"), REFUSED, ids=lambda value: str(value)[:50])
def test_what_cannot_be_is_refused_with_its_place(
    shop: APIClient, wrong: dict[str, Any], pointer: str
) -> None:
    told = problem(send(shop, order(**wrong)), 400)
    assert (told["type"], [one["pointer"] for one in told["errors"]]) == ("/problems/not_valid", [pointer])
    assert Order.objects.count() == 0


@pytest.mark.parametrize(
    ("wrong", "key"),
    [
        ({"lines": [make.line(1), make.line(2)]}, "line_ref_used_twice"),
        ({"lines": [make.line(1, discount_ore=101)]}, "amount_is_not_valid"),
        ({"vouchers": ["NONE"]}, "vouchers_need_a_member"),
    ],
)
def test_what_does_not_fit_together_is_refused_with_a_reason(
    shop: APIClient, wrong: dict[str, Any], key: str
) -> None:
    assert problem(send(shop, order(**wrong)), 422)["type"] == f"/problems/{key}"
    assert Order.objects.count() == 0


def test_a_tills_clock_may_be_a_day_fast_and_no_more(shop: APIClient) -> None:
    now = datetime.now(UTC)
    fast, faster = now + timedelta(days=1), now + timedelta(days=1, seconds=1)
    assert send(shop, order("1", placed_at=fast.isoformat())).status_code == 201
    told = problem(send(shop, order("2", placed_at=faster.isoformat())), 400)
    assert [one["pointer"] for one in told["errors"]] == ["#/placed_at"]


def test_a_thousand_lines_are_taken(shop: APIClient) -> None:
    lines = [make.line(1, str(number)) for number in range(1000)]
    assert send(shop, order(lines=lines)).json()["paid_ore"] == 100_000


# -- Reading, cancelling, claiming -------------------------------------------------------------------------


def test_an_order_is_read_with_its_lines_and_what_came_back_of_them(shop: APIClient) -> None:
    anna = make.member()
    lines = [make.line(300, "a", sku="A1", name="Coat", quantity="2"), make.line(100, "b")]
    first = send(shop, order(member={"number": anna.number}, lines=lines)).json()
    back = {"number": "r1", "returned_at": MAY, "lines": [{"line": "a", "quantity": 1}]}
    shop.post(f"/api/v1/orders/{first['id']}/returns/", back, format="json")
    told = shop.get(f"/api/v1/orders/{first['id']}/").json()
    assert told["lines"] == [
        {
            "ref": "a",
            "sku": "A1",
            "name": "Coat",
            "quantity": "2",
            "paid_ore": 30000,
            "returned_quantity": "1",
            "returned_ore": 15000,
        },
        {
            "ref": "b",
            "sku": "",
            "name": "",
            "quantity": "1",
            "paid_ore": 10000,
            "returned_quantity": "0",
            "returned_ore": 0,
        },
    ]
    assert told["earned"] == first["earned"]
    assert [one["balance"] for one in told["points"]] == [250]


def test_a_cancelled_order_takes_back_what_it_gave_and_twice_is_once(shop: APIClient) -> None:
    anna = make.member()
    first = send(shop, order(member={"number": anna.number})).json()
    answers = [shop.post(f"/api/v1/orders/{first['id']}/cancel/", {}, format="json") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert [answer.json()["state"] for answer in answers] == ["cancelled", "cancelled"]
    assert [one["balance"] for one in answers[1].json()["points"]] == [0]
    assert Voucher.objects.get().state == "cancelled"


def test_an_order_with_returned_goods_is_not_cancelled(shop: APIClient) -> None:
    first = send(shop, order()).json()
    shop.post(f"/api/v1/orders/{first['id']}/returns/", {"number": "r", "returned_at": MAY}, format="json")
    answer = shop.post(f"/api/v1/orders/{first['id']}/cancel/", {}, format="json")
    assert problem(answer, 422)["type"] == "/problems/goods_came_back"


def test_a_guests_order_is_claimed_by_its_member_once(shop: APIClient) -> None:
    anna, bo = make.member("anna"), make.member("bo")
    path = f"/api/v1/orders/{send(shop, order(**HUNDRED)).json()['id']}/claim/"
    claims = [shop.post(path, {"member": {"number": anna.number}}, format="json") for _ in range(2)]
    assert [answer.status_code for answer in claims] == [200, 200]
    assert [answer.json()["earned"][0]["amount"] for answer in claims] == [100, 100]
    told = problem(shop.post(path, {"member": {"number": bo.number}}, format="json"), 422)
    assert told["type"] == "/problems/order_belongs_to_another_member"


# -- Keys --------------------------------------------------------------------------------------------------


def test_the_key_that_recorded_is_named_in_no_answer(shop: APIClient) -> None:
    assert ApiKey.objects.get().name not in send(shop, order()).content.decode()
