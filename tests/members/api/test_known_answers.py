from rest_framework.test import APIClient

from members.models import ApiKey
from tests.make import make_member


def test_what_the_caller_has_already_is_not_sent_again(shop: APIClient) -> None:
    member = make_member("Vera")
    path = f"/api/v1/members/{member.number}/"
    first = shop.get(path)
    assert first["Cache-Control"] == "private, no-cache"
    again = shop.get(path, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    shop.patch(path, {"first_name": "Wera"}, format="json")
    changed = shop.get(path, headers={"If-None-Match": first["ETag"]})
    assert (changed.status_code, changed.json()["first_name"]) == (200, "Wera")
    assert changed["ETag"] != first["ETag"]


def test_another_language_is_another_answer(key: tuple[ApiKey, str]) -> None:
    path = "/api/v1/segment-language/"
    in_english, in_swedish = [
        APIClient().get(path, headers={"Authorization": f"Bearer {key[1]}", "Accept-Language": language})
        for language in ("en", "sv")
    ]
    assert in_english["ETag"] != in_swedish["ETag"]
    assert "Accept-Language" in in_english["Vary"]


def test_a_refusal_has_no_etag(shop: APIClient) -> None:
    assert "ETag" not in shop.get("/api/v1/members/1000000008/").headers
