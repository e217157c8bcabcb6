from typing import Any

import pytest
from rest_framework.test import APIClient

from members import actions
from members.models import Activity, ApiKey, Consent, Member, MemberIdentity
from tests.make import NOON, make_member, make_store

pytestmark = pytest.mark.django_db


def post(shop: APIClient, path: str, body: dict[str, Any]) -> Any:
    return shop.post(f"/api/v1/{path}", body, format="json")


def found(shop: APIClient, query: str) -> list[str]:
    return [member["number"] for member in shop.get(f"/api/v1/members/?{query}").json()["results"]]


def test_somebody_joins_with_all_that_is_told(shop: APIClient, key: tuple[ApiKey, str]) -> None:
    make_store("gbg")
    told = {
        "email": "Vera@Post.Example",
        "phone": "070-123 45 67",
        "first_name": "Vera",
        "last_name": "Åström",
        "birth_date": "1984-05-17",
        "language": "nb",
        "home_store": "gbg",
        "external_id": "c-17",
        "origin": "checkout",
        "consents": [{"purpose": "marketing", "channel": "email", "is_given": True, "wording": "web-3"}],
    }
    response = post(shop, "members/", told)
    assert response.status_code == 201
    member = Member.objects.get()
    answer = response.json()
    assert answer.pop("joined_at")
    assert answer == {
        "number": member.number,
        "state": "active",
        "email": "vera@post.example",
        "phone": "+46701234567",
        "first_name": "Vera",
        "last_name": "Åström",
        "birth_date": "1984-05-17",
        "street": "",
        "postal_code": "",
        "city": "",
        "language": "nb",
        "home_store": "gbg",
        "closed_at": None,
        "external_ids": [{"source": "web", "external_id": "c-17"}],
    }
    assert Consent.objects.get().actor == "key The webshop"
    assert Activity.objects.get(kind="member.joined").facts == {
        "source": "web",
        "origin": "checkout",
        "actor": "key The webshop",
    }


def test_joining_again_is_answered_with_200_and_the_member_as_known(shop: APIClient) -> None:
    first = post(shop, "members/", {"email": "vera@post.example", "first_name": "Vera", "external_id": "1"})
    by_id = post(shop, "members/", {"external_id": "1", "first_name": "Other"})
    by_email = post(shop, "members/", {"email": "VERA@post.example"})
    assert (by_id.status_code, by_email.status_code) == (200, 200)
    assert first.json() == by_id.json() == by_email.json()


def test_who_joins_in_a_store_has_it_as_home(shop: APIClient) -> None:
    ApiKey.objects.update(store=make_store("gbg"))
    make_store("sthlm")
    assert post(shop, "members/", {"phone": "0701234567"}).json()["home_store"] == "gbg"
    told = {"phone": "0701234567", "home_store": "sthlm"}
    assert post(shop, "members/", told).json()["home_store"] == "sthlm"


def test_members_are_found_by_what_they_are_known_by(shop: APIClient, alice: Member, carol: Member) -> None:
    MemberIdentity.objects.create(member=alice, source="web", external_id="17")
    MemberIdentity.objects.create(member=carol, source="till", external_id="17")
    assert found(shop, "email=ALICE@post.example") == [alice.number]
    assert found(shop, "phone=070-1234567") == [alice.number]
    assert found(shop, "external_id=17") == [alice.number]
    assert found(shop, "external_id=17&source=till") == [carol.number]
    assert found(shop, "external_id=17&source=till&email=alice@post.example") == []
    assert found(shop, "source=till") == []


def test_all_members_are_read_page_by_page(shop: APIClient) -> None:
    made = [make_member(f"M{index}").number for index in range(120)]
    url, pages = "/api/v1/members/", []
    while url:
        page = shop.get(url).json()
        pages.append([member["number"] for member in page["results"]])
        url = page["next"]
    assert [len(page) for page in pages] == [50, 50, 20]
    assert [number for page in pages for number in page] == made


def test_a_page_is_read_in_a_constant_number_of_queries(
    shop: APIClient, django_assert_num_queries: Any
) -> None:
    shop.get("/api/v1/members/")  # the key's use is noted once a minute
    for index in range(30):
        member = make_member(f"M{index}", home_store=make_store(f"s{index}"))
        MemberIdentity.objects.create(member=member, source="web", external_id=str(index))
    with django_assert_num_queries(3):  # key, members, external ids
        assert len(found(shop, "")) == 30


def test_a_member_is_read_and_changed(shop: APIClient, alice: Member) -> None:
    path = f"/api/v1/members/{alice.number}/"
    assert shop.get(path).json()["first_name"] == "Alice"
    response = shop.patch(path, {"first_name": "Alva", "phone": "", "birth_date": None}, format="json")
    assert response.status_code == 200
    assert response.json() == shop.get(path).json()
    alice.refresh_from_db()
    assert (alice.full_name, str(alice.phone), alice.email) == ("Alva Åkesson", "", "alice@post.example")


def test_a_change_that_cannot_be_is_refused_with_its_reason(
    shop: APIClient, alice: Member, bob: Member
) -> None:
    path = f"/api/v1/members/{alice.number}/"
    taken = shop.patch(path, {"email": "bob@post.example"}, format="json")
    assert (taken.status_code, taken.json()["type"]) == (422, "/problems/email_is_taken")
    nowhere = shop.patch(path, {"home_store": "nowhere"}, format="json")
    assert nowhere.json()["errors"] == [
        {"pointer": "#/home_store", "code": "invalid", "detail": "There is no store with this code."}
    ]
    actions.close_member(member=alice, reason="asked", now=NOON, actor="test")
    closed = shop.patch(path, {"first_name": "Alva"}, format="json")
    assert (closed.status_code, closed.json()["type"]) == (422, "/problems/member_is_closed")


def test_consents_are_recorded_and_read_newest_first(shop: APIClient, alice: Member) -> None:
    path = f"members/{alice.number}/consents/"
    told = {"purpose": "marketing", "channel": "email", "is_given": True, "wording": "web-3"}
    yes = post(shop, path, told)
    again = post(shop, path, told)
    no = post(shop, path, {**told, "is_given": False, "origin": "till"})
    assert (yes.status_code, again.status_code, no.status_code) == (201, 200, 201)
    assert again.json() == yes.json()
    rows = shop.get(f"/api/v1/{path}").json()["results"]
    assert rows == [no.json(), yes.json()]
    assert [(row["is_given"], row["origin"]) for row in rows] == [(False, "till"), (True, "api")]


def test_nobody_s_consents_cannot_be_recorded(shop: APIClient, alice: Member) -> None:
    told = {"purpose": "marketing", "is_given": True, "wording": "web-3"}
    assert post(shop, "members/1000000008/consents/", told).status_code == 404
    assert Consent.objects.count() == 0


def test_a_member_is_linked_to_what_the_shop_calls_them(shop: APIClient) -> None:
    vera, other = make_member("Vera"), make_member("Other")
    path = f"members/{vera.number}/external-ids/"
    first, again = [post(shop, path, {"external_id": "shop/7"}) for _ in range(2)]
    assert [first.status_code, again.status_code] == [201, 200]
    assert again.json()["external_ids"] == [{"source": "web", "external_id": "shop/7"}]
    assert found(shop, "external_id=shop/7") == [vera.number]
    refused = post(shop, f"members/{other.number}/external-ids/", {"external_id": "shop/7"})
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/external_id_is_taken")
    assert [one.facts["fields"] for one in Activity.objects.filter(kind="member.updated")] == [
        ["external_ids"]
    ]


def test_a_member_is_unlinked_and_the_id_is_free_again(shop: APIClient) -> None:
    vera, other = make_member("Vera"), make_member("Other")
    post(shop, f"members/{vera.number}/external-ids/", {"external_id": "shop/7"})
    not_theirs = shop.delete(f"/api/v1/members/{other.number}/external-ids/shop/7/")
    assert (not_theirs.status_code, found(shop, "external_id=shop/7")) == (200, [vera.number])
    for _ in range(2):
        answer = shop.delete(f"/api/v1/members/{vera.number}/external-ids/shop/7/")
        assert (answer.status_code, answer.json()["external_ids"]) == (200, [])
    assert post(shop, f"members/{other.number}/external-ids/", {"external_id": "shop/7"}).status_code == 201


def test_who_has_left_is_not_linked(shop: APIClient) -> None:
    gone = make_member("Gone", state=Member.State.CLOSED, closed_at=NOON)
    answer = post(shop, f"members/{gone.number}/external-ids/", {"external_id": "7"})
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/member_is_closed")


def test_a_page_is_as_long_as_is_asked_for(shop: APIClient) -> None:
    for name in ("A", "B", "C"):
        make_member(name)
    page = shop.get("/api/v1/members/?limit=2").json()
    assert len(page["results"]) == 2
    assert len(shop.get(page["next"]).json()["results"]) == 1
    for limit in ("0", "201", "x"):
        answer = shop.get(f"/api/v1/members/?limit={limit}")
        assert (answer.status_code, answer.json()["errors"][0]["parameter"]) == (400, "limit")
