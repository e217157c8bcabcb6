"""A till asks who stands there in one call, and goes on when there is no network."""

import base64
import json
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.conf import settings
from django.test import Client, override_settings
from django.utils import timezone
from rest_framework.test import APIClient

from loyalty.models import OfflineUse, Voucher
from loyalty.queries.passes import pass_of
from members.models import Activity, Member
from tests.loyalty.api import make

pytestmark = pytest.mark.django_db
SCAN, USES, KEYS = "/api/v1/till/scan/", "/api/v1/till/uses/", "/api/v1/till/keys/"


@pytest.fixture
def anna(shop: APIClient) -> Member:
    """She has 100 points, silver and a check of 100 kr since yesterday."""
    make.programme(make.AT_ONCE)
    anna = make.member()
    Member.objects.filter(pk=anna.pk).update(phone="+46701234567")
    yesterday = (timezone.now() - timedelta(days=1)).isoformat()
    told = make.order("first", yesterday, make.line(1100), member={"number": anna.number})
    assert shop.post("/api/v1/orders/", told, format="json").status_code == 201
    return anna


def scan(shop: APIClient, told: str) -> Any:
    return shop.post(SCAN, {"scanned": told}, format="json")


def offline(shop: APIClient, *uses: dict[str, Any], **facts: Any) -> list[dict[str, Any]]:
    answer = shop.post(USES, {"uses": uses, **facts}, format="json")
    assert answer.status_code == 200, answer.json()
    results: list[dict[str, Any]] = answer.json()["results"]
    return results


def use(token: str, code: str, number: str = "1", **facts: Any) -> dict[str, Any]:
    return {
        "number": number, "token": token, "code": code, "order_number": f"n{number}", "amount_ore": 30_000,
        "given_ore": 5_000, "used_at": timezone.now().isoformat(), **facts,
    }  # fmt: skip


# -- Who stands there


def test_one_call_answers_name_tier_points_and_checks(
    shop: APIClient, anna: Member, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(25):
        found = scan(shop, anna.number).json()
    assert (found["number"], found["name"], found["state"], found["by"]) == (
        anna.number, "Anna", "active", "number",
    )  # fmt: skip
    assert [(one["name"], one["tier"]) for one in found["tiers"]] == [("level", "silver")]
    assert [(one["meter"], one["available"]) for one in found["points"]] == [("points", 100)]
    assert [(one["value_ore"], one["state"]) for one in found["vouchers"]] == [(5000, "issued")] * 2


def test_a_member_is_found_by_card_pass_check_address_and_phone(shop: APIClient, anna: Member) -> None:
    code = Voucher.objects.earliest("code").code
    told = {
        "number": f" {anna.number[:4]} {anna.number[4:]} ",
        "pass": pass_of(anna, timezone.now()),
        "check": code.lower(),
        "email": "Anna@post.example",
        "phone": "070-123 45 67",
    }
    for by, text in told.items():
        found = scan(shop, text).json()
        assert (found["number"], found["by"], found["check_code"]) == (
            anna.number,
            by,
            code if by == "check" else "",
        )


@pytest.mark.parametrize("told", ["1000000008", "nobody@post.example", "0709999999", "hej", "A" * 13])
def test_who_is_not_known_is_not_found(shop: APIClient, anna: Member, told: str) -> None:
    refused = scan(shop, told)
    assert (refused.status_code, refused.json()["type"]) == (404, "/problems/nobody_found")


def test_a_phone_that_several_share_asks_for_a_card(shop: APIClient, anna: Member) -> None:
    bo = make.member("bo")
    Member.objects.filter(pk=bo.pk).update(phone="+46701234567")
    refused = scan(shop, "0701234567").json()
    assert (refused["type"], refused["facts"]["count"]) == ("/problems/several_found", 2)


def test_who_has_left_is_named_with_nothing_to_use(shop: APIClient, anna: Member) -> None:
    Member.objects.filter(pk=anna.pk).update(state="closed", closed_at=timezone.now())
    found = scan(shop, anna.number).json()
    assert (found["state"], found["vouchers"]) == ("closed", [])


# -- Without a network


def test_a_till_checks_a_pass_with_the_public_key_alone(shop: APIClient, anna: Member) -> None:
    [key] = shop.get(KEYS).json()["keys"]
    now = timezone.now()
    head, body, signature = pass_of(anna, now).split(".")
    public = Ed25519PublicKey.from_public_bytes(decoded(key["x"]))
    public.verify(decoded(signature), f"{head}.{body}".encode())
    assert json.loads(decoded(head)) == {"alg": "EdDSA", "kid": key["kid"]}
    claims = json.loads(decoded(body))
    assert (claims["sub"], claims["name"], claims["tiers"]) == (anna.number, "Anna", ["silver"])
    assert claims["exp"] - claims["iat"] == 15 * 60
    codes = Voucher.objects.values_list("code", flat=True)
    assert sorted((code, kind, ore) for code, kind, ore, _day in claims["checks"]) == [
        (code, "money_off", 5000) for code in sorted(codes)
    ]


def decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def test_a_pass_of_before_a_change_of_key_is_read_while_the_old_key_is_kept(
    shop: APIClient, anna: Member
) -> None:
    old = pass_of(anna, timezone.now())
    with override_settings(SECRET_KEY="another key", SECRET_KEY_FALLBACKS=[settings.SECRET_KEY]):
        assert len(shop.get(KEYS).json()["keys"]) == 2
        assert scan(shop, old).json()["number"] == anna.number
    with override_settings(SECRET_KEY="another key", SECRET_KEY_FALLBACKS=[]):
        assert scan(shop, old).json()["type"] == "/problems/pass_is_not_ours"


def test_a_pass_ends_and_one_that_was_changed_is_none(shop: APIClient, anna: Member) -> None:
    ended = pass_of(anna, timezone.now() - timedelta(minutes=21))
    assert scan(shop, ended).json()["type"] == "/problems/pass_has_ended"
    head, body, signature = pass_of(anna, timezone.now()).split(".")
    other = body[:-2] + ("AA" if body[-2:] != "AA" else "BB")
    for forged in (f"{head}.{other}.{signature}", f"{head}.{body}.", "a.b.c", "..", "." * 2 + "é"):
        assert scan(shop, forged).json()["type"] == "/problems/pass_is_not_ours"


def test_a_check_taken_without_a_network_is_used_once_however_often_it_is_told(
    shop: APIClient, anna: Member
) -> None:
    token, code = pass_of(anna, timezone.now()), Voucher.objects.earliest("code").code
    for _each in range(2):
        [settled] = offline(shop, use(token, code))
        assert (settled["state"], settled["given_ore"], settled["booked_ore"]) == ("settled", 5000, 5000)
    voucher = Voucher.objects.get(code=code)
    assert (voucher.state, voucher.redeemed_for) == ("redeemed", "web:n1")
    assert Activity.objects.filter(kind="voucher.redeemed").count() == OfflineUse.objects.count() == 1


def test_a_check_shown_to_two_tills_is_told_as_used_twice_and_holds_up_no_other(
    shop: APIClient, anna: Member
) -> None:
    token = pass_of(anna, timezone.now())
    first, second = Voucher.objects.order_by("code").values_list("code", flat=True)
    offline(shop, use(token, first))
    other = make.client(source="till2")
    answers = offline(other, use(token, first, "7"), use(token, second, "8"))
    assert [(one["state"], one["booked_ore"], one["first_order"]) for one in answers] == [
        ("double", 0, "web:n1"),
        ("settled", 5000, ""),
    ]
    assert answers[0]["detail"] == f"Voucher {first} has been used on order web:n1."


def test_a_check_that_lapsed_before_the_till_told_of_it_counts_as_of_when_it_was_used(
    shop: APIClient, anna: Member
) -> None:
    token, code = pass_of(anna, timezone.now() - timedelta(hours=3)), Voucher.objects.earliest("code").code
    Voucher.objects.filter(code=code).update(expires_at=timezone.now() - timedelta(hours=1))
    then = (timezone.now() - timedelta(hours=3)).isoformat()
    assert offline(shop, use(token, code, used_at=then))[0]["state"] == "settled"
    assert offline(shop, use(token, code, "2"))[0]["reason"] == "pass_has_ended"


def test_what_no_till_could_have_accepted_is_refused_and_kept(shop: APIClient, anna: Member) -> None:
    bo = make.member("bo")
    token, code = pass_of(bo, timezone.now()), Voucher.objects.earliest("code").code
    answers = offline(shop, use(token, code, "1"), use("a.b.c", code, "2"), use(token, "NOSUCH", "3"))
    assert [one["reason"] for one in answers] == [
        "check_is_not_on_the_pass", "pass_is_not_ours", "check_is_not_on_the_pass",
    ]  # fmt: skip
    assert OfflineUse.objects.filter(state="refused").count() == 3
    assert set(Voucher.objects.values_list("state", flat=True)) == {"issued"}


# -- On the member page


def test_the_pass_is_the_members_own_is_new_each_time_and_is_kept_by_nobody(
    client: Client, anna: Member, django_user_model: Any
) -> None:
    assert client.get("/my/pass.svg").status_code == 302
    anna.user = django_user_model.objects.create_user("anna@post.example", "x")
    anna.save()
    client.force_login(anna.user, backend="django.contrib.auth.backends.ModelBackend")
    picture = client.get("/my/pass.svg")
    assert (picture.status_code, picture["Content-Type"]) == (200, "image/svg+xml")
    assert "no-store" in picture["Cache-Control"]
    assert "/my/pass.svg" in client.get("/my/").content.decode()
