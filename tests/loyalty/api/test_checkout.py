"""A customer's browser reads what this one member has, from the shop's own pages, for half an hour."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings
from rest_framework.test import APIClient

from loyalty.models import Voucher
from loyalty.queries.browser_tokens import browser_token
from loyalty.queries.passes import pass_of
from members import actions
from members.models import ApiKey, Member
from tests.loyalty.api import make

pytestmark = pytest.mark.django_db
SHOP, TOKENS, CHECKOUT = "https://www.butiken.se", "/api/v1/browser-tokens/", "/checkout/"


@pytest.fixture(autouse=True)
def _shops_pages(settings: Settings) -> None:
    settings.SHOP_ORIGINS = [SHOP]


@pytest.fixture
def anna(shop: APIClient) -> Member:
    """She has 100 points and a check of 50 kr since yesterday."""
    make.programme(make.AT_ONCE)
    anna = make.member()
    yesterday = (timezone.now() - timedelta(days=1)).isoformat()
    told = make.order("first", yesterday, make.line(600), member={"number": anna.number})
    assert shop.post("/api/v1/orders/", told, format="json").status_code == 201
    return anna


def token_for(shop: APIClient, member: Member | None) -> str:
    told = {"member": {"number": member.number}} if member else {}
    answer = shop.post(TOKENS, told, format="json")
    assert answer.status_code == 200, answer.json()
    return str(answer.json()["token"])


def ask(token: str, *, origin: str = SHOP, kronor: int = 0, **facts: Any) -> Any:
    lines = [make.line(kronor)] if kronor else []
    headers = {"Authorization": f"Bearer {token}", "Origin": origin, "Accept-Language": "en"}
    told = {"lines": lines, **facts}
    return Client(headers=headers).post(CHECKOUT, told, content_type="application/json")


def test_the_browser_is_told_in_words_what_the_member_has_and_will_earn(
    shop: APIClient, anna: Member
) -> None:
    answer = ask(token_for(shop, anna), kronor=120, language="sv")
    told = answer.json()
    assert (told["points"], told["earns"]) == ("Du har 100 poäng.", "Du får 120 poäng.")
    [check] = told["checks"]
    assert (check["code"], check["text"], check["is_proposed"]) == (Voucher.objects.get().code, "50 kr", True)
    assert answer["Access-Control-Allow-Origin"] == SHOP
    assert ("Origin" in answer["Vary"], answer["Cache-Control"]) == (True, "no-store")


def test_a_guest_is_told_what_a_member_would_earn(shop: APIClient, anna: Member) -> None:
    told = ask(token_for(shop, None), kronor=120).json()
    assert (told["points"], told["earns"], told["checks"]) == (
        "", "As a member you would earn 120 points.", [],
    )  # fmt: skip


def test_nothing_is_written_however_often_it_is_asked(shop: APIClient, anna: Member) -> None:
    token = token_for(shop, anna)
    assert [ask(token, kronor=120).status_code for _each in range(3)] == [200] * 3
    assert Voucher.objects.get().state == "issued"


def test_a_preflight_is_answered_for_the_shops_pages_alone() -> None:
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"}
    fine = Client(headers={"Origin": SHOP, **asked}).options(CHECKOUT)
    assert (fine.status_code, fine["Access-Control-Allow-Origin"], fine["Access-Control-Allow-Methods"]) == (
        204, SHOP, "POST",
    )  # fmt: skip
    for origin in ("https://evil.example", "null", SHOP + ".evil.example", "http://www.butiken.se", ""):
        other = Client(headers={"Origin": origin, **asked}).options(CHECKOUT)
        assert other.status_code == 403
        assert "Access-Control-Allow-Origin" not in other


def test_a_page_that_is_not_the_shops_is_refused_with_a_good_token_too(shop: APIClient, anna: Member) -> None:
    answer = ask(token_for(shop, anna), origin="https://evil.example")
    assert (answer.status_code, "Access-Control-Allow-Origin" in answer) == (403, False)


def test_a_token_ends_after_half_an_hour_with_its_key_and_with_the_membership(
    shop: APIClient, anna: Member
) -> None:
    key, now = ApiKey.objects.get(), timezone.now()
    old, _until = browser_token(api_key=key, member=anna, at=now - timedelta(minutes=31))
    assert ask(old).status_code == 401
    good = token_for(shop, anna)
    assert ask(good).status_code == 200
    Member.objects.filter(pk=anna.pk).update(state="closed", closed_at=now)
    assert ask(good).status_code == 401
    Member.objects.filter(pk=anna.pk).update(state="active", closed_at=None)
    actions.revoke_api_key(api_key=key, now=now, actor="test")
    assert ask(good).status_code == 401


def test_nothing_else_is_a_token_and_a_token_is_no_key(shop: APIClient, anna: Member) -> None:
    for other in ("", "x", "a.b.c", pass_of(anna, timezone.now()), "sk_00000000_" + 48 * "0"):
        assert ask(other).status_code == 401
    token = token_for(shop, anna)
    client = APIClient(HTTP_AUTHORIZATION=f"Bearer {token}")
    assert client.get(f"/api/v1/members/{anna.number}/points/").status_code == 401


def test_a_browser_sends_a_cart_and_nothing_else(shop: APIClient, anna: Member) -> None:
    token = token_for(shop, anna)
    for facts in ({"member": {"number": "1"}}, {"vouchers": ["X"]}, {"lines": "many"}, {"language": "tlh"}):
        assert ask(token, **facts).status_code == 400
    assert Client(headers={"Origin": SHOP}).get(CHECKOUT).status_code in (401, 405)
