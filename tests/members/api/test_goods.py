"""The shop's goods, told in batches: each row is answered by itself."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from members.models import Category, Product


def send(shop: APIClient, what: str, *rows: dict[str, Any]) -> Any:
    return shop.post(f"/api/v1/{what}/", {what: list(rows)}, format="json")


def results(answer: Any) -> list[str]:
    return [row["result"] for row in answer.json()["results"]]


def listed(shop: APIClient, path: str, name: str) -> list[str]:
    return [row[name] for row in shop.get(f"/api/v1/{path}").json()["results"]]


@pytest.fixture
def women(shop: APIClient) -> None:
    send(shop, "categories", {"code": "women", "name": "Women"})


def test_a_parent_may_come_in_the_same_batch(shop: APIClient) -> None:
    answer = send(
        shop,
        "categories",
        {"code": "women", "name": "Women"},
        {"code": "shoes", "name": "Shoes", "parent": "women"},
    )
    assert (answer.status_code, results(answer)) == (200, ["made", "made"])
    assert listed(shop, "categories/", "path") == ["women", "women/shoes"]
    assert listed(shop, "categories/?parent=women", "code") == ["shoes"]


def test_a_category_is_renamed_and_never_moved(shop: APIClient, women: None) -> None:
    answer = send(
        shop,
        "categories",
        {"code": "women", "name": "Ladies"},
        {"code": "men", "name": "Men"},
        {"code": "women", "name": "Ladies", "parent": "men"},
        {"code": "socks", "name": "Socks", "parent": "no-such"},
    )
    assert results(answer) == ["changed", "made", "refused", "refused"]
    types = [row["problem"]["type"] for row in answer.json()["results"] if row["problem"]]
    assert types == ["/problems/category_stands_elsewhere", "/problems/category_not_found"]
    assert (Category.objects.get(code="women").name, Category.objects.count()) == ("Ladies", 2)


def test_products_are_made_changed_and_left_alone(shop: APIClient, women: None) -> None:
    coat = {"sku": "COAT", "name": "Coat", "category": "women", "brand": "Own", "flags": ["reduced"]}
    assert results(send(shop, "products", coat, {"sku": "HAT", "name": "Hat"})) == ["made", "made"]
    answer = send(shop, "products", coat, {"sku": "HAT", "name": "Cap"})
    assert answer.json() == {
        "made": 0,
        "changed": 1,
        "unchanged": 1,
        "refused": 0,
        "results": [
            {"key": "COAT", "result": "unchanged", "problem": None},
            {"key": "HAT", "result": "changed", "problem": None},
        ],
    }
    assert shop.get("/api/v1/products/?category=women").json()["results"] == [coat]
    assert listed(shop, "products/?sku=HAT", "name") == ["Cap"]


def test_a_product_of_no_known_category_is_refused_alone(shop: APIClient) -> None:
    answer = send(shop, "products", {"sku": "A", "name": "A", "category": "none"}, {"sku": "B", "name": "B"})
    assert results(answer) == ["refused", "made"]
    assert answer.json()["results"][0]["problem"] == {
        "type": "/problems/category_not_found",
        "status": 422,
        "detail": "There is no category with the code none.",
        "facts": {"category": "none"},
    }
    assert Product.objects.get().sku == "B"


def test_the_last_of_two_with_one_number_holds(shop: APIClient) -> None:
    answer = send(shop, "products", {"sku": "A", "name": "First"}, {"sku": "A", "name": "Last"})
    assert (results(answer), Product.objects.get().name) == (["made", "changed"], "Last")


@pytest.mark.parametrize("what", ["products", "categories"])
def test_a_batch_has_one_row_at_least_and_a_thousand_at_most(shop: APIClient, what: str) -> None:
    row = {"name": "x", "sku" if what == "products" else "code": "x"}
    for rows in ([], [row] * 1001):
        answer = send(shop, what, *rows)
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, f"#/{what}")


def test_a_thousand_products_cost_no_more_statements_than_a_hundred_at_a_time(shop: APIClient) -> None:
    def cost(count: int) -> int:
        rows = [{"sku": f"{count}-{number}", "name": "x"} for number in range(count)]
        with CaptureQueriesContext(connection) as queries:
            assert send(shop, "products", *rows).status_code == 200
        return len(queries)

    cost(1)  # notes the use of the key
    assert cost(1000) <= cost(100) + 20  # SQLite takes so many values in one statement and no more
