"""Who may call what: every address of the whole API, with every kind of key."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from drf_spectacular.generators import SchemaGenerator
from rest_framework.test import APIClient

from members import actions
from members.models import ApiKey
from tests.make import EVERYTHING, make_api_key
from tests.members.api.conftest import calling_with

pytestmark = pytest.mark.django_db

NEEDS = {
    "GET /members/": "read",
    "POST /members/": "members",
    "GET /members/{number}/": "read",
    "PATCH /members/{number}/": "members",
    "POST /members/{number}/external-ids/": "members",
    "DELETE /members/{number}/external-ids/{external_id}/": "members",
    "GET /members/{number}/consents/": "read",
    "POST /members/{number}/consents/": "members",
    "GET /members/{number}/points/": "read",
    "GET /members/{number}/entries/": "read",
    "GET /members/{number}/vouchers/": "read",
    "GET /members/{number}/household/": "read",
    "POST /members/{number}/household/invitations/": "members",
    "POST /members/{number}/household/leave/": "members",
    "POST /members/{number}/merge/": "members",
    "POST /invitations/{code}/accept/": "members",
    "POST /activities/": "orders",
    "POST /orders/": "orders",
    "GET /orders/{id}/": "read",
    "POST /orders/{id}/cancel/": "orders",
    "POST /orders/{id}/claim/": "orders",
    "POST /orders/{id}/returns/": "orders",
    "POST /browser-tokens/": "read",
    "POST /quotes/": "read",
    "POST /reservations/": "vouchers",
    "POST /reservations/release/": "vouchers",
    "POST /returns/": "orders",
    "GET /categories/": "read",
    "POST /categories/": "goods",
    "GET /products/": "read",
    "POST /products/": "goods",
    "GET /rewards/": "read",
    "GET /tiers/": "read",
    "GET /members/{number}/tiers/": "read",
    "GET /members/{number}/rewards/": "read",
    "POST /members/{number}/rewards/": "vouchers",
    "POST /members/{number}/points/adjustments/": "points",
    "GET /orders/": "read",
    "POST /activities/batch/": "orders",
    "GET /webhooks/": "webhooks",
    "POST /webhooks/": "webhooks",
    "GET /webhooks/{id}/": "webhooks",
    "PATCH /webhooks/{id}/": "webhooks",
    "DELETE /webhooks/{id}/": "webhooks",
    "POST /webhooks/{id}/rotate-secret/": "webhooks",
    "POST /webhooks/{id}/test/": "webhooks",
    "GET /webhooks/{id}/messages/": "webhooks",
    "POST /webhooks/{id}/messages/{message}/replay/": "webhooks",
    "GET /segment-language/": "read",
    "GET /segments/": "read",
    "GET /segments/{key}/": "read",
    "GET /segments/{key}/count/": "read",
    "GET /segments/{key}/members/": "read",
    "GET /segments/{key}/why/": "read",
    "POST /segments/preview/": "read",
    "GET /till/keys/": "read",
    "POST /till/scan/": "read",
    "POST /till/uses/": "vouchers",
    "GET /vouchers/{code}/": "read",
    "POST /vouchers/{code}/choose/": "vouchers",
    "POST /vouchers/{code}/redeem/": "vouchers",
    "POST /vouchers/{code}/release/": "vouchers",
    "POST /vouchers/{code}/reserve/": "vouchers",
}

CALLS = pytest.mark.parametrize("call", NEEDS)
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


def do(call: str, client: APIClient) -> Any:
    method, path = call.split()
    uuid = "01990000-0000-7000-8000-000000000000"
    path = path.format(
        number="1000000008",
        id="1" if "/webhooks/" in path else uuid,
        message=uuid,
        code="NONE",
        key="none",
        external_id="a",
    )
    return getattr(client, method.lower())(f"/api/v1{path}", {} if method != "GET" else None, format="json")


def problem(response: Any) -> tuple[int, str, str]:
    return response.status_code, response.headers["Content-Type"], response.json()["type"]


def test_no_address_is_missing_here() -> None:
    described = SchemaGenerator().get_schema(request=None, public=True)["paths"]  # type: ignore[no-untyped-call]
    found = {
        f"{method.upper()} {path.removeprefix('/api/v1')}"
        for path, methods in described.items()
        for method in methods
    }
    assert found == set(NEEDS)


@CALLS
def test_without_a_key_nothing_opens(call: str) -> None:
    response = do(call, APIClient())
    assert problem(response) == (401, "application/problem+json", "/problems/not_authenticated")
    assert response.headers["WWW-Authenticate"] == 'Bearer realm="Stamkund"'


@CALLS
@pytest.mark.parametrize("header", ["Bearer sk_00000000_" + 48 * "0", "Bearer", "Bearer ", "Bearer é"])
def test_an_unknown_key_opens_nothing(call: str, header: str) -> None:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=header)
    assert problem(do(call, client)) == (401, "application/problem+json", "/problems/authentication_failed")


@CALLS
def test_a_revoked_key_opens_nothing(call: str) -> None:
    row, key = make_api_key()
    actions.revoke_api_key(api_key=row, now=timezone.now(), actor="test")
    assert problem(do(call, calling_with(key)))[::2] == (401, "/problems/authentication_failed")


@CALLS
def test_an_expired_key_opens_nothing(call: str) -> None:
    row, key = make_api_key()
    ApiKey.objects.filter(pk=row.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    assert problem(do(call, calling_with(key)))[::2] == (401, "/problems/authentication_failed")


@CALLS
def test_all_other_scopes_together_are_not_the_one_that_is_needed(call: str) -> None:
    others = [scope for scope in EVERYTHING if scope != NEEDS[call]]
    _row, key = make_api_key(*others)
    response = do(call, calling_with(key))
    assert problem(response) == (403, "application/problem+json", "/problems/permission_denied")
    assert NEEDS[call] in response.json()["detail"]


@CALLS
def test_the_scope_that_is_needed_is_enough(call: str) -> None:
    _row, key = make_api_key(NEEDS[call])
    assert do(call, calling_with(key)).status_code not in (401, 403, 500)


@pytest.mark.parametrize("path", sorted({call.split()[1] for call in NEEDS}))
def test_no_address_takes_another_method(path: str) -> None:
    _row, key = make_api_key(*EVERYTHING)
    others = [one for one in METHODS if f"{one} {path}" not in NEEDS]
    answers = [do(f"{method} {path}", calling_with(key)) for method in others]
    assert {problem(answer)[::2] for answer in answers} == {(405, "/problems/method_not_allowed")}


def test_a_login_to_the_console_is_no_key(admin_client: Any) -> None:
    assert admin_client.get("/api/v1/members/").status_code == 401


def test_use_of_a_key_is_noted() -> None:
    row, key = make_api_key("read")
    began = timezone.now()
    do("GET /members/", calling_with(key))
    row.refresh_from_db()
    assert row.last_used_at is not None
    assert row.last_used_at >= began
