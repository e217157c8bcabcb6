"""What becomes of a saved segment in the console: its list, its history, what is taken out and what is held."""

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from members.models import Member
from segments import actions
from segments.models import Export, Segment
from segments.queries.templates import templates
from tests.console.conftest import questions
from tests.console.test_segments import address, save, staff_who_may
from tests.make import make_member, make_order_row
from tests.segments.make import BOUGHT
from tests.segments.test_holding import aim_a_rule, bought_by_more, people

pytestmark = pytest.mark.django_db


def saved(owner: Client, definition: Any = BOUGHT, **told: str) -> Segment:
    save(owner, definition, **told)
    segment = Segment.objects.latest("pk")
    actions.recompute_segment(segment=segment, now=timezone.now())
    segment.refresh_from_db()
    return segment


def test_the_list_tells_size_trend_time_and_who_depends_on_each(owner: Client, alice: Member) -> None:
    make_order_row(alice)
    first = saved(owner, key="buyers")
    save(owner, {"not": {"segment": "buyers"}}, name="The others")
    actions.recompute_segment(segment=first, now=timezone.now())
    page = owner.get(address("changelist")).content.decode()
    assert "from 1 to 1 members" in page
    assert "+0 −0" in page
    assert "not counted yet" in page
    assert f'<a class="text-link" href="{address("change", first.pk + 1)}">The others</a>' in page


def test_the_list_asks_the_same_however_many_segments_there_are(owner: Client) -> None:
    saved(owner)
    owner.get(address("changelist"))
    before = questions(owner, address("changelist"))
    for number in range(5):
        saved(owner, name=f"Buyers {number}")
    assert questions(owner, address("changelist")) == before


def test_a_segments_page_shows_its_sentence_and_size_without_scripts(owner: Client, alice: Member) -> None:
    make_order_row(alice)
    segment = saved(
        owner, {"all": [BOUGHT, {"not": {"any": [{**BOUGHT, "value": 5}, {**BOUGHT, "value": 9}]}}]}
    )
    page = owner.get(address("change", segment.pk)).content.decode()
    assert "None of these" in page
    assert "Whose number of orders is at least 1" in page
    assert '<strong class="sb-count">1</strong>' in page


def test_the_members_leave_the_house_only_by_right_and_on_record(owner: Client) -> None:
    make_order_row(make_member("=HYPERLINK", last_name=" +46"))
    segment = saved(owner, key="buyers")
    for rights in (["view_segment"], ["view_segment", "view_member"], ["view_segment", "export_segment"]):
        clerk = staff_who_may(*rights)
        assert clerk.post(address("export", segment.pk)).status_code == 403
        assert "Export the members" not in clerk.get(address("change", segment.pk)).content.decode()
    assert not Export.objects.exists()
    assert owner.get(address("export", segment.pk)).status_code == 405
    table = owner.post(address("export", segment.pk)).content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(table), delimiter=";"))
    assert rows[1][1:3] == ["'=HYPERLINK", "' +46"]
    assert [(one.actor, one.members) for one in Export.objects.all()] == [("owner@shop.example", 1)]
    assert "owner@shop.example, 1 members" in owner.get(address("change", segment.pk)).content.decode()


def test_a_held_change_is_told_and_let_through_by_who_may_change_segments(owner: Client) -> None:
    people(60, buying=20)
    aim_a_rule()
    segment = saved(owner, key="buyers")
    bought_by_more(30)
    actions.recompute_segment(segment=segment, now=timezone.now() + timedelta(minutes=1))
    page = owner.get(address("change", segment.pk)).content.decode()
    assert "from 20 to 50 members: 30 in and 0 out" in page
    assert "20, held" in owner.get(address("changelist")).content.decode()
    assert staff_who_may("view_segment").post(address("confirm", segment.pk)).status_code == 403
    assert owner.post(address("confirm", segment.pk))["Location"] == address("change", segment.pk)
    segment.refresh_from_db()
    assert (segment.size, segment.held_at) == (50, None)


def test_a_used_segment_is_not_deleted_and_it_is_said_by_what(owner: Client) -> None:
    segment = saved(owner, key="buyers")
    aim_a_rule()
    remove = address("remove", segment.pk)
    assert owner.get(address("delete", segment.pk))["Location"] == remove
    page = owner.get(remove)
    refused = owner.post(remove, {"confirm": page.context["token"]})
    assert "is used by: Club published" in refused.content.decode()
    assert Segment.objects.exists()
    assert staff_who_may("view_segment").post(remove, {"confirm": "x"}).status_code == 403


def test_what_nobody_uses_is_copied_and_deleted(owner: Client) -> None:
    segment = saved(owner, key="buyers")
    copy = owner.get(address("add"), {"copy": segment.pk})
    assert (copy.context["told"]["name"], copy.context["told"]["definition"]) == ("Buyers, copy", BOUGHT)
    remove = address("remove", segment.pk)
    token = owner.get(remove).context["token"]
    assert owner.post(remove, {"confirm": token})["Location"] == address("changelist")
    assert not Segment.objects.exists()


def test_a_template_opens_with_its_sliders_and_what_they_say(owner: Client) -> None:
    page = owner.get(address("add")).content.decode()
    for one in templates():
        assert f"?template={one.key}" in page
    told = {"template": "orders_and_returns", "orders": "4", "returned": "7"}
    opened = owner.get(address("add"), told)
    definition = opened.context["builder"]["definition"]["all"]
    assert [one["value"] for one in definition] == [4, 7]
    assert opened.context["sentence"].startswith("Members")
    slid = owner.get(address("template", "orders_and_returns"), {"orders": "51", "returned": "7"}).json()
    assert slid["definition"] is None
    assert set(slid["mistakes"]) == {"orders"}
    slid = owner.get(address("template", "orders_and_returns"), {"orders": "5"}).json()
    assert (slid["definition"]["all"][0]["value"], slid["mistakes"]) == (5, {})
    assert owner.get(address("template", "nothing")).status_code == 404


def test_pictures_open_with_and_without_members(owner: Client, club: list[Member]) -> None:
    for key in ("a", "b", "c", "d"):
        saved(owner, key=key, name=key.title())
    for chosen in ("", "?segment=a", "?segment=a&segment=b", "?segment=a&segment=b&segment=c&segment=d"):
        assert owner.get(address("overlap") + chosen).status_code == 200
    page = owner.get(address("overlap") + "?segment=a&segment=b").content.decode()
    assert "<circle" in page
    grid = owner.get(address("rfm"))
    built = next(cell["link"] for row in grid.context["rows"] for cell in row["cells"] if cell["link"])
    assert "Members" in owner.get(built).context["sentence"]
    assert owner.get(address("cohorts")).status_code == 200


def test_pictures_are_closed_to_staff_without_the_right_to_see_segments(db: None) -> None:
    stranger = staff_who_may("view_member")
    for name in ("overlap", "rfm", "cohorts"):
        assert stranger.get(address(name)).status_code == 403
