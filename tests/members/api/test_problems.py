"""Every error is a problem that says what to do, and nothing that a caller sends is our failure."""

import json
from typing import Any

import pytest
from django.db import OperationalError
from rest_framework.exceptions import Throttled
from rest_framework.test import APIClient

from members import actions
from members.api.problems import answer_problem
from members.api.sentences import learn, sentence_of
from members.models import Member
from members.registry import DoubledKeyError

pytestmark = pytest.mark.django_db

PROBLEM = "application/problem+json"


def post(shop: APIClient, body: str | bytes, content_type: str = "application/json") -> Any:
    return shop.post("/api/v1/members/", body, content_type=content_type)


def test_each_wrong_field_is_pointed_to(shop: APIClient) -> None:
    body = {"email": "vera", "consents": [{"purpose": "gossip", "is_given": True}], "a/b~c": 1}
    response = post(shop, json.dumps(body))
    assert (response.status_code, response.headers["Content-Type"]) == (400, PROBLEM)
    assert response.json()["errors"] == [
        {"pointer": "#/a~1b~0c", "code": "invalid", "detail": "There is no such field."}
    ]
    del body["a/b~c"]
    response = post(shop, json.dumps(body))
    assert response.json()["type"] == "/problems/not_valid"
    assert [(one["pointer"], one["code"]) for one in response.json()["errors"]] == [
        ("#/email", "invalid"),
        ("#/consents/0/purpose", "invalid_choice"),
        ("#/consents/0/wording", "required"),
    ]


def test_a_wrong_parameter_is_named(shop: APIClient) -> None:
    response = shop.get("/api/v1/members/?emial=vera@post.example")
    assert response.status_code == 400
    assert response.json()["errors"] == [
        {"parameter": "emial", "code": "invalid", "detail": "There is no such field."}
    ]


def test_what_cannot_be_done_is_told_by_its_key_with_its_facts(shop: APIClient) -> None:
    response = shop.get("/api/v1/members/1000000009/")
    assert response.status_code == 404
    assert response.json() == {
        "type": "/problems/member_not_found",
        "title": "Member not found",
        "status": 404,
        "detail": "There is no member with number 1000000009.",
        "facts": {"name": "number", "value": "1000000009"},
    }


@pytest.mark.parametrize("path", ["/api/v1/nowhere/", "/api/v1/members", "/api/v2/members/", "/api/"])
def test_an_address_that_is_none_is_a_problem_too(shop: APIClient, path: str) -> None:
    for response in (shop.get(path), shop.post(path)):
        assert (response.status_code, response.headers["Content-Type"]) == (404, PROBLEM)
        assert response.json()["type"] == "/problems/not_found"


def test_a_method_that_is_none_says_which_there_are(shop: APIClient) -> None:
    for method in ("delete", "options"):
        response = getattr(shop, method)("/api/v1/members/")
        assert (response.status_code, response.json()["type"]) == (405, "/problems/method_not_allowed")
        assert response.headers["Allow"] == "GET, HEAD, POST"


def test_only_json_is_read_and_written(shop: APIClient) -> None:
    assert post(shop, "<member/>", "application/xml").status_code == 415
    response = shop.get("/api/v1/members/", HTTP_ACCEPT="text/html")
    assert (response.status_code, response.headers["Content-Type"]) == (406, PROBLEM)


HOSTILE = {
    "no json": "{",
    "nothing": "",
    "not an object": "[]",
    "null": "null",
    "a number": "7",
    "not utf-8": b'{"first_name": "\xff"}',
    "nul byte": '{"email": "v@post.example", "first_name": "\\u0000"}',
    "raw nul byte": b'{"email": "v@post.example", "first_name": "\x00"}',
    "lone surrogate": '{"email": "v@post.example", "first_name": "\\ud800"}',
    "nul in an id": '{"external_id": "\\u0000"}',
    "surrogate in a store": '{"email": "v@post.example", "home_store": "\\udfff"}',
    "nul in a store": '{"email": "v@post.example", "home_store": "\\u0000"}',
    "nul in a field's name": '{"\\u0000": 1}',
    "huge integer": '{"external_id": ' + "9" * 5000 + "}",
    "big integer": '{"external_id": ' + "9" * 400 + "}",
    "not a number": '{"external_id": NaN}',
    "infinity": '{"birth_date": 1e999}',
    "deep lists": "[" * 100_000,
    "deep objects": '{"consents": ' * 50_000,
    "wrong types": '{"email": {}, "phone": [], "birth_date": 7, "language": null, "consents": "yes"}',
    "a consent that is no object": '{"email": "v@post.example", "consents": [7]}',
    "too many consents": '{"email": "v@post.example", "consents": [' + ",".join(["{}"] * 21) + "]}",
    "year nought": '{"email": "v@post.example", "birth_date": "0000-01-01"}',
    "too long": '{"email": "v@post.example", "first_name": "' + "v" * 81 + '"}',
}


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("once", ["", "once"])
def test_a_hostile_body_is_refused_and_changes_nothing(shop: APIClient, body: str | bytes, once: str) -> None:
    headers = {"Idempotency-Key": once} if once else {}
    response = shop.post("/api/v1/members/", body, content_type="application/json", headers=headers)
    assert response.headers["Content-Type"] == PROBLEM
    assert response.status_code == (422 if body == "" else 400)
    assert Member.objects.count() == 0


@pytest.mark.parametrize("charset", ["utf-16", "base64", "rot13", "no-such-thing"])
def test_a_body_is_utf_8_whatever_its_header_claims(shop: APIClient, charset: str) -> None:
    body = '{"email": "v@post.example", "first_name": "Åsa"}'.encode()
    response = post(shop, body, f"application/json; charset={charset}")
    assert (response.status_code, response.json()["first_name"]) == (201, "Åsa")


def test_a_body_that_is_too_large_is_not_read(shop: APIClient) -> None:
    response = post(shop, b'{"email": "' + b"v" * 3_000_000 + b'"}')
    assert (response.status_code, response.json()["type"]) == (413, "/problems/body_is_too_large")


@pytest.mark.parametrize(
    "query",
    [
        "email=%00",
        "phone=%00",
        "external_id=%00",
        "source=%00&external_id=1",
        "email=%ff",
        "cursor=%00",
        "cursor=abc",
        "cursor=cD1hYmM=",  # a position that is no number
        "cursor=cD0lMDA=",  # a position that is a NUL byte
        "cursor=cD0tMDFhYg==",
        "cursor=" + "cD05" + "OTk5" * 30,  # a position beyond every integer
    ],
)
def test_a_hostile_query_finds_nobody_and_breaks_nothing(shop: APIClient, alice: Member, query: str) -> None:
    response = shop.get(f"/api/v1/members/?{query}")
    assert response.status_code in (200, 400)
    assert response.json().get("results", []) == []


@pytest.mark.parametrize("number", ["%00", "%ed%a0%80", "0" * 5000, "-1", "１００００００００８"])
def test_a_hostile_number_is_nobodys(shop: APIClient, number: str) -> None:
    assert shop.get(f"/api/v1/members/{number}/").status_code == 404


def test_what_we_did_not_expect_is_logged_and_tells_nothing(
    shop: APIClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(**told: object) -> None:
        raise ZeroDivisionError("vera@post.example")

    monkeypatch.setattr(actions, "join_member", fails)
    response = post(shop, '{"email": "vera@post.example"}')
    assert (response.status_code, response.headers["Content-Type"]) == (500, PROBLEM)
    assert response.json()["type"] == "/problems/unexpected"
    assert response.json()["request_id"]
    assert "vera" not in response.content.decode()
    [record] = [record for record in caplog.records if record.name == "members.api.problems"]
    assert record.exc_info
    assert record.exc_info[0] is ZeroDivisionError


def test_a_busy_database_asks_to_come_again() -> None:
    response = answer_problem(OperationalError("deadlock detected"), {})
    assert (response.status_code, response.headers["Retry-After"]) == (503, "1")


def test_who_calls_too_often_is_told_how_long_to_wait() -> None:
    response = answer_problem(Throttled(wait=17), {})
    assert (response.status_code, response.headers["Retry-After"]) == (429, "17")
    assert response.data["type"] == "/problems/throttled"


def test_a_key_without_a_sentence_is_told_by_its_words() -> None:
    assert sentence_of("moon_is_full", {}) == "Moon is full."


def test_one_key_has_one_sentence_on_all_floors() -> None:
    learn({"email_is_taken": "Another member has this e-mail address."})
    with pytest.raises(DoubledKeyError, match="email_is_taken"):
        learn({"email_is_taken": "Taken."})
