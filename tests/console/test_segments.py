"""Segments in the console: what the builder asks, who may ask it, and what becomes of what is saved."""

import json
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from members.models import Member
from segments import actions
from segments.engine.shapes import AGGREGATES, OPERATORS
from segments.engine.window import UNITS
from segments.forms import words
from segments.models import Segment
from tests.console import seed
from tests.console.conftest import browser
from tests.make import make_member, make_order_row
from tests.segments.make import BOUGHT

pytestmark = pytest.mark.django_db
ASKED = ("read", "count", "why")


def address(name: str, *args: Any) -> str:
    return reverse(f"admin:segments_segment_{name}", args=args)


def ask(client: Client, what: str, definition: Any, **told: Any) -> Any:
    return client.post(
        address(what), json.dumps({"definition": definition, **told}), content_type="application/json"
    )


def staff_who_may(*rights: str) -> Client:
    user = seed.make_staff(f"{'-'.join(rights)}@shop.example")
    user.user_permissions.set(Permission.objects.filter(codename__in=rights))
    return browser(user)


def save(client: Client, definition: Any, **told: str) -> Any:
    facts = {"name": "Buyers", "key": "", "written": json.dumps(definition), **told}
    facts["definition"] = facts.pop("written")
    return client.post(address("add"), facts)


def test_the_sentence_of_what_is_being_written_is_read_back(owner: Client) -> None:
    told = ask(owner, "read", {"all": [BOUGHT, {"not": {**BOUGHT, "value": 3}}]}).json()
    assert told == {
        "errors": [],
        "sentence": "Members whose number of orders is at least 1 and who have less than 3 orders.",
    }


def test_a_mistake_is_told_with_the_place_of_its_condition(owner: Client) -> None:
    definition = {"all": [BOUGHT, {"not": {**BOUGHT, "value": "many"}}]}
    for what in ASKED:
        told = ask(owner, what, definition, member="1").json()
        assert told == {"errors": [{"place": "all/1/not/value", "text": "This is not a number."}]}


def test_what_is_no_definition_at_all_is_refused_and_harms_nothing(owner: Client) -> None:
    for body in ("", "[]", "{", '{"key": 1}', '{"definition": ' + "[" * 50_000):
        assert owner.post(address("read"), body, content_type="application/json").status_code == 400
    assert ask(owner, "read", None).json()["errors"][0]["place"] == ""
    assert ask(owner, "read", {"segment": "gone"}).json()["errors"][0]["place"] == "segment"
    assert owner.get(address("read")).status_code == 405


def test_a_count_names_members_only_to_those_who_may_see_them(
    owner: Client, alice: Member, bob: Member
) -> None:
    make_order_row(alice)
    told = ask(owner, "count", BOUGHT).json()
    assert (told["count"], told["text"]) == (1, "1 member, 50.0 % of the club")
    assert [one["number"] for one in told["members"]] == [alice.number]
    analyst = staff_who_may("view_segment", "add_segment")
    told = ask(analyst, "count", BOUGHT).json()
    assert (told["count"], told["members"]) == (1, None)
    assert ask(analyst, "why", BOUGHT, member=alice.number).status_code == 403
    page = analyst.get(address("add")).content.decode()
    assert "You see numbers only" in page
    assert alice.number not in page


def test_why_tells_each_condition_of_a_member_known_by_number_or_address(
    owner: Client, alice: Member
) -> None:
    make_order_row(alice, placed_at=timezone.now())
    definition = {"all": [BOUGHT, {"field": "works_here", "op": "eq", "value": True}]}
    for name in (alice.number, " Alice@post.example"):
        told = ask(owner, "why", definition, member=name).json()
        assert (told["is_meant"], told["text"]) == (False, "Alice Åkesson is not among those who are meant.")
        assert [(one["value"], one["is_met"]) for one in told["reasons"]] == [("1", True), ("no", False)]
    assert "no member" in ask(owner, "why", definition, member="999").json()["missing"]


def test_nobody_asks_the_builder_without_the_right_to_see_segments(alice: Member) -> None:
    stranger = staff_who_may("view_member")
    for what in ASKED:
        assert ask(stranger, what, BOUGHT).status_code == 403
    for what in ("search", "changelist", "add"):
        assert stranger.get(address(what)).status_code == 403
    assert ask(Client(), "count", BOUGHT).status_code == 302


def test_what_is_built_is_saved_under_a_key_made_of_its_name(owner: Client) -> None:
    saved = save(owner, BOUGHT, name="Återköp på våren")
    segment = Segment.objects.get()
    assert saved.url == address("change", segment.pk)
    assert (segment.key, segment.name, segment.definition) == ("aterkop-pa-varen", "Återköp på våren", BOUGHT)
    assert segment.saved_by == "owner@shop.example"
    assert save(owner, BOUGHT, name="Återköp på våren").status_code == 302
    assert [one.key for one in Segment.objects.order_by("pk")] == ["aterkop-pa-varen", "aterkop-pa-varen-2"]


def test_a_segment_is_renamed_and_changed_under_its_key(owner: Client) -> None:
    save(owner, BOUGHT, key="buyers")
    segment = Segment.objects.get()
    more = {**BOUGHT, "value": 2}
    told = {"name": "Loyal", "key": "another", "definition": json.dumps(more)}
    assert owner.post(address("change", segment.pk), told).status_code == 302
    segment.refresh_from_db()
    assert (segment.key, segment.name, segment.definition, segment.version) == ("buyers", "Loyal", more, 2)


@pytest.mark.parametrize(
    ("told", "text"),
    [
        ({"name": ""}, "Give the segment a name"),
        ({"key": "Köpare"}, "A key has small letters"),
        ({"key": "taken"}, "Another segment has the key “taken”"),
        ({"written": "[]"}, "An object is expected here"),
        ({"written": "{"}, "An object is expected here"),
    ],
)
def test_what_cannot_be_saved_is_told_and_what_was_built_is_kept(
    owner: Client, told: dict[str, str], text: str
) -> None:
    save(owner, BOUGHT, key="taken")
    answer = save(owner, {**BOUGHT, "value": 7}, **{"name": "New", "key": "new", **told})
    assert answer.status_code == 422
    assert text in answer.content.decode()
    if "written" not in told:
        assert answer.context["builder"]["definition"] == {**BOUGHT, "value": 7}
    assert Segment.objects.count() == 1


def test_who_may_only_see_reads_a_segment_and_cannot_save_it(owner: Client) -> None:
    save(owner, BOUGHT, key="buyers")
    segment = Segment.objects.get()
    reader = staff_who_may("view_segment")
    page = reader.get(address("change", segment.pk)).content.decode()
    assert "Members whose number of orders is at least 1." in page
    assert 'name="save"' not in page
    told = {"name": "Mine", "definition": json.dumps(BOUGHT)}
    assert reader.post(address("change", segment.pk), told).status_code == 403
    assert save(reader, BOUGHT).status_code == 403


def test_a_picker_finds_goods_categories_and_stores_by_their_names(owner: Client, club: list[Member]) -> None:
    def found(of: str, detail: str, text: str) -> list[str]:
        told = owner.get(address("search"), {"of": of, "detail": detail, "q": text}).json()
        return [one["key"] for one in told["found"]]

    assert found("order_line", "product", "lamp") == ["A-1"]
    assert found("order_line", "product", "a-") == ["A-1"]
    assert found("order_line", "category_under", "LJUS") == ["ljus"]
    assert found("order", "store", "göte") == ["gbg"]
    assert found("order", "country", "s") == ["SE"]
    assert found("order", "store", "") == []
    assert found("order", "channel", "w") == []
    assert found("nothing", "nothing", "w") == []


def test_every_word_of_the_language_has_one_in_the_builder() -> None:
    used = {op for known in OPERATORS.values() for op in known}
    assert used <= {*words.OPERATORS, *words.OF_TIMES}
    assert {*AGGREGATES} <= {*words.AGGREGATES}
    assert {*UNITS} <= {*words.UNITS}


def test_a_segment_within_another_is_not_deleted(owner: Client) -> None:
    save(owner, BOUGHT, key="buyers")
    buyers = Segment.objects.get()
    save(owner, {"not": {"segment": "buyers"}}, key="others", name="The others")
    with pytest.raises(actions.UnableToDeleteSegment) as caught:
        actions.delete_segment(segment=buyers)
    assert caught.value.facts["users"] == "The others"
    actions.delete_segment(segment=Segment.objects.get(key="others"))
    actions.delete_segment(segment=buyers)
    assert not Segment.objects.exists()


def test_the_members_of_a_club_stay_when_their_segment_goes(owner: Client) -> None:
    make_member("Dora")
    save(owner, {"not": BOUGHT}, key="others")
    segment = Segment.objects.get()
    actions.recompute_segment(segment=segment, now=timezone.now())
    actions.delete_segment(segment=segment)
    assert Member.objects.count() == 1
