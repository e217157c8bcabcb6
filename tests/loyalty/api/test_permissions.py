"""Who may call what: every address of this floor, with every scope, and without a key."""

from typing import Any
from uuid import UUID

import pytest
from rest_framework.test import APIClient

from loyalty.api.urls import urlpatterns
from members.models import ApiKey
from tests.loyalty.api import make

ID = UUID(int=0)
# (method, address, the one scope that opens it)
ADDRESSES = [
    ("get", "members/{number}/points/", "read"),
    ("get", "members/{number}/entries/", "read"),
    ("get", "members/{number}/points/entries/", "read"),
    ("get", "members/{number}/vouchers/", "read"),
    ("post", "quotes/", "read"),
    ("post", "orders/", "orders"),
    ("get", f"orders/{ID}/", "read"),
    ("post", f"orders/{ID}/returns/", "orders"),
    ("post", f"orders/{ID}/cancel/", "orders"),
    ("post", "activities/", "orders"),
    ("post", f"orders/{ID}/claim/", "orders"),
    ("post", "returns/", "orders"),
    ("get", "vouchers/CODE/", "read"),
    ("post", "vouchers/CODE/choose/", "vouchers"),
    ("post", "vouchers/CODE/reserve/", "vouchers"),
    ("post", "vouchers/CODE/release/", "vouchers"),
    ("post", "vouchers/CODE/redeem/", "vouchers"),
]
NAMES = [f"{method} {address}" for method, address, _scope in ADDRESSES]
pytestmark = pytest.mark.django_db


def call(client: APIClient, method: str, address: str) -> Any:
    path = "/api/v1/" + address.format(number="1000000016")
    return client.get(path) if method == "get" else client.post(path, {}, format="json")


def test_every_address_is_in_the_matrix() -> None:
    assert len(ADDRESSES) == len(urlpatterns)


@pytest.mark.parametrize(("method", "address", "scope"), ADDRESSES, ids=NAMES)
def test_a_key_with_the_scope_is_let_in_and_no_other(method: str, address: str, scope: str) -> None:
    let_in = {
        one.value
        for one in ApiKey.Scope
        if call(make.client(one.value), method, address).status_code not in (401, 403)
    }
    assert let_in == {scope}


@pytest.mark.parametrize(("method", "address", "scope"), ADDRESSES, ids=NAMES)
@pytest.mark.parametrize("authorization", ["", "Bearer", "Bearer sk_no_key", "Basic YTpi", "Bearer å"])
def test_without_a_key_nothing_is_told(method: str, address: str, scope: str, authorization: str) -> None:
    headers: dict[str, Any] = {"HTTP_AUTHORIZATION": authorization} if authorization else {}
    answer = call(APIClient(**headers), method, address)
    assert (answer.status_code, answer["Content-Type"]) == (401, "application/problem+json")
    assert "Bearer" in answer["WWW-Authenticate"]


@pytest.mark.parametrize(("method", "address", "scope"), ADDRESSES, ids=NAMES)
def test_no_address_takes_another_method(method: str, address: str, scope: str) -> None:
    everything = make.client("read", "orders", "vouchers", "points")
    path = "/api/v1/" + address.format(number="1000000016")
    others = {"get", "post", "put", "patch", "delete"} - {method}
    answers = [getattr(everything, other)(path, format="json") for other in others]
    assert [answer.status_code for answer in answers] == [405] * 4
