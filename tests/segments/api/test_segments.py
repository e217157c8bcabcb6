"""Segments over the API: what there is, who is meant, and what is wrong with a definition."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from members.models import Member
from segments import actions
from tests.make import NOON, make_api_key, make_order_row, make_store
from tests.members.api.conftest import calling_with
from tests.segments.make import BOUGHT, make_segment

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(db: None) -> APIClient:
    return calling_with(make_api_key()[1])


def preview(client: APIClient, definition: Any, **told: Any) -> Any:
    body = {"definition": definition, **told}
    return client.post("/api/v1/segments/preview/", body, format="json")


def test_a_preview_counts_and_names_whom_a_definition_means(
    shop: APIClient, alice: Member, bob: Member
) -> None:
    make_order_row(alice)
    answer = preview(shop, {"not": {**BOUGHT, "window": "all"}}, now=NOON.isoformat())
    assert answer.status_code == 200
    assert answer.json() | {"fingerprint": ""} == {
        "count": 1,
        "now": NOON.isoformat(),
        "definition": {"not": BOUGHT},
        "fingerprint": "",
        "sentence": "Members who have no orders.",
        "members": [bob.number],
    }


def test_a_preview_is_as_of_the_moment_that_is_told(shop: APIClient, alice: Member) -> None:
    make_order_row(alice)
    assert preview(shop, BOUGHT).json()["count"] == 1
    assert preview(shop, BOUGHT, now="2025-01-01T00:00:00Z").json()["count"] == 0


def test_a_key_that_may_only_read_is_not_told_who(alice: Member) -> None:
    make_order_row(alice)
    reader = calling_with(make_api_key("read", name="Reader")[1])
    answer = preview(reader, BOUGHT).json()
    assert (answer["count"], answer["members"]) == (1, None)


def test_so_many_members_are_named_as_are_asked_for(shop: APIClient, alice: Member, bob: Member) -> None:
    everybody = {"not": BOUGHT}
    assert preview(shop, everybody, members=1).json()["members"] == [min(alice.number, bob.number)]
    assert preview(shop, everybody, members=0).json()["members"] == []


def test_a_mistake_is_answered_with_its_place_and_what_to_do(shop: APIClient) -> None:
    answer = preview(shop, {"any": [BOUGHT, {"all": []}]})
    assert answer.status_code == 400
    assert answer.json()["errors"] == [
        {
            "pointer": "#/definition/any/1/all",
            "code": "group_is_empty",
            "detail": "The group is empty. Put a condition into it or take it away.",
        }
    ]


@pytest.mark.parametrize(
    "definition", [None, 1, "x", [], {}, {"not": None}, {"field": {}}, {"agg": [], "of": {}}]
)
def test_no_definition_makes_the_club_stumble(shop: APIClient, definition: Any) -> None:
    assert preview(shop, definition).status_code == 400


@pytest.mark.parametrize("now", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "soon"])
def test_a_moment_out_of_reach_is_refused(shop: APIClient, now: str) -> None:
    answer = preview(shop, {**BOUGHT, "window": {"last": [100_000, "week"]}}, now=now)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "#/now")


def test_the_longest_windows_are_counted(shop: APIClient, alice: Member) -> None:
    make_order_row(alice)
    for told in ([100_000, "week"], [1_000, "year"], [1_000, "month"]):
        assert (
            preview(shop, {**BOUGHT, "window": {"last": told}}, now="1980-01-01T00:00:00Z").json()["count"]
            == 0
        )
        assert preview(shop, {**BOUGHT, "window": {"last": told}}).json()["count"] == 1


def test_saved_segments_are_listed_read_counted_and_paged(
    shop: APIClient, alice: Member, bob: Member
) -> None:
    make_order_row(alice)
    segment = make_segment()
    listed = shop.get("/api/v1/segments/").json()["results"]
    assert [(one["key"], one["computed_at"]) for one in listed] == [("buyers", None)]
    actions.recompute_segment(segment=segment, now=NOON)
    read = shop.get("/api/v1/segments/buyers/").json()
    assert (read["definition"], read["version"], read["size"]) == (BOUGHT, 1, 1)
    assert read["sentence"] == "Members whose number of orders is at least 1."
    make_order_row(bob)
    assert shop.get("/api/v1/segments/buyers/count/").json()["count"] == 2
    members = shop.get("/api/v1/segments/buyers/members/").json()
    assert members["results"] == [{"number": alice.number}]
    nothing = shop.get("/api/v1/segments/nothing/")
    assert (nothing.status_code, nothing.json()["type"]) == (404, "/problems/segment_not_found")


def test_a_segment_is_read_back_in_the_language_of_the_reader() -> None:
    make_segment()
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {make_api_key()[1]}", HTTP_ACCEPT_LANGUAGE="sv")
    read = client.get("/api/v1/segments/buyers/").json()
    assert read["sentence"] == "Medlemmar vars antal ordrar är minst 1."


def test_a_saved_segment_that_names_what_is_gone_is_told_and_does_not_stumble(shop: APIClient) -> None:
    make_store("sthlm")
    store = make_store("gbg")
    make_segment("locals", {"field": "home_store", "op": "eq", "value": "gbg"})
    store.delete()
    answer = shop.get("/api/v1/segments/locals/count/")
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/choice_is_not_known")
    assert answer.json()["detail"] == "“gbg” is none of: sthlm."
    assert shop.get("/api/v1/segments/locals/").json()["sentence"] == "“gbg” is none of: sthlm."


def test_the_language_tells_all_that_a_form_needs(shop: APIClient) -> None:
    told = shop.get("/api/v1/segment-language/").json()
    language = next(field for field in told["fields"] if field["key"] == "language")
    assert language["kind"] == "choice"
    assert language["label"] == "language"
    assert {"key": "sv", "label": "Swedish"} in language["choices"]
    assert "in" in language["operators"]
    lines = next(fact for fact in told["facts"] if fact["key"] == "order_line")
    assert {"qty", "total"} <= {measure["key"] for measure in lines["measures"]}
    assert "category_under" in {detail["key"] for detail in lines["where"]}
    consent = next(field for field in told["fields"] if field["key"] == "consent")
    assert [parameter["key"] for parameter in consent["needs"]] == ["purpose"]
