"""A draft is rehearsed in the console, and what came out right is kept and demanded at every publication."""

from datetime import datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from loyalty import actions
from loyalty.engine.files import read_programme, read_scenario
from loyalty.engine.scenario import VERBS
from loyalty.forms.controls import Control
from loyalty.models import ProgrammeVersion, SavedScenario
from loyalty.queries.presets import preset
from loyalty.queries.rehearsals import rehearsal_of
from members.actions import UnableToPublish
from members.models import Store
from tests.console import seed
from tests.console.conftest import browser
from tests.loyalty.test_scenarios import FOLDERS as EVERY

QUARTER = {
    "happenings.0": "",
    "happenings.0.day": "2025-01-12",
    "happenings.0.what": "order",
    "happenings.0.order.amount": "3 300,00",
    "happenings.1": "",
    "happenings.1.day": "2025-03-31",
    "happenings.1.what": "end_of_day",
}

CHECK = "3,000 points became a check of 150 kr."


@pytest.fixture
def draft(db: None, now: datetime) -> ProgrammeVersion:
    return actions.import_programme(document=preset("duvan"), name="Duvan", now=now)


def page_of(version: ProgrammeVersion) -> str:
    return reverse("admin:loyalty_programmeversion_rehearse", args=[version.pk])


def controls(answer: Any) -> dict[str, Control]:
    return {one.name: one for top in answer.context["controls"] for one in top.all()}


def kept(client: Client, version: ProgrammeVersion) -> SavedScenario:
    answer = client.post(page_of(version), QUARTER | {"keep": "1", "title": "Ett kvartal"})
    assert answer.status_code == 302
    return SavedScenario.objects.get()


def test_a_quarter_is_played_and_the_ledger_says_why(owner: Client, draft: ProgrammeVersion) -> None:
    assert owner.get(page_of(draft)).status_code == 200
    answer = owner.post(page_of(draft), QUARTER | {"play": "1"})
    assert answer.status_code == 200
    heading, *rows = answer.context["ledger"]
    assert heading == ["Day", "Member", "What", "Amount", "Balance", "Why"]
    assert rows == [
        ["2025-01-12", "anna", "joined", "", "", ""],
        ["2025-01-12", "anna", "earned", "3,300 points", "3,300 points", "3,300 points for 3,300 kr."],
        ["2025-03-31", "anna", "used", "-3,000 points", "300 points", CHECK],
        ["2025-03-31", "anna", "voucher issued", "150 kr", "", CHECK],
    ]


def test_a_row_without_a_day_or_with_nonsense_is_told_on_the_page(
    owner: Client, draft: ProgrammeVersion
) -> None:
    answer = owner.post(page_of(draft), {"happenings.0": "", "happenings.0.what": "leave", "play": "1"})
    assert answer.status_code == 422
    assert controls(answer)["happenings.0.day"].errors == ["Fill this in."]
    answer = owner.post(page_of(draft), QUARTER | {"happenings.0.order.amount": "dyr", "play": "1"})
    assert answer.status_code == 422
    [told] = controls(answer)["happenings.0.order.amount"].errors
    assert told.startswith("Write an amount of money")
    answer = owner.post(page_of(draft), QUARTER | {"happenings.1.what": "return", "play": "1"})
    assert answer.status_code == 422
    assert {name: one.errors for name, one in controls(answer).items() if one.errors} == {
        "happenings.1.return.order": ["Fill this in."]
    }


def test_what_came_out_is_demanded_when_the_programme_is_published(
    owner: Client, draft: ProgrammeVersion, now: datetime
) -> None:
    scenario = kept(owner, draft)
    [bought, read] = yaml.safe_load(scenario.text)["happenings"]
    assert bought["expect"] == {
        "earned": {"points": 3300},
        "payable": 3300,
        "balance": {"points": 3300},
        "unused": 0,
    }
    assert read["expect"] == {
        "balance": {"points": 300},
        "issued": [{"reward": "bonus", "value": 150, "last_day": "2025-09-30"}],
        "unused": 1,
    }
    assert [replay.differences for replay in owner.get(page_of(draft)).context["replays"]] == [()]
    rule = draft.programme_objects.get(kind="earning_rules")
    rule.settings["rate"]["value"] = 2
    rule.save()
    with pytest.raises(UnableToPublish) as refused:
        actions.publish_version(version=draft, valid_from=now, now=now, actor="vera")
    assert refused.value.key == "scenario_comes_out_otherwise"
    assert refused.value.facts["scenario"] == "Ett kvartal"
    owner.post(page_of(draft), {"forget": str(scenario.pk)})
    assert not SavedScenario.objects.exists()
    assert actions.publish_version(version=draft, valid_from=now, now=now, actor="vera").state == "published"


def test_a_scenario_that_still_holds_lets_the_programme_be_published(
    owner: Client, draft: ProgrammeVersion, now: datetime
) -> None:
    kept(owner, draft)
    assert actions.publish_version(version=draft, valid_from=now, now=now, actor="vera").state == "published"


def test_rows_come_and_go_while_a_rehearsal_is_written(owner: Client, draft: ProgrammeVersion) -> None:
    more = controls(
        owner.post(page_of(draft), QUARTER | {"add": "happenings", "happenings.1.member": "Berit"})
    )
    new = [more[f"happenings.2.{name}"].value for name in ("day", "member", "what")]
    assert new == ["2025-03-31", "Berit", "order"]
    less = controls(owner.post(page_of(draft), QUARTER | {"remove": "happenings.0"}))
    assert "happenings.1.day" not in less


class Fields(HTMLParser):
    """What a browser would send of the form of a rehearsal."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.sent: dict[str, list[str]] = {}
        self._form = self._select = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        name, value = told.get("name") or "", told.get("value") or ""
        if tag == "form":
            self._form = "workbench" if "data-workbench" in told else "another"
        elif self._form != "workbench":
            return
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and ("selected" in told or self._select not in self.sent):
            self.sent[self._select] = [value]
        elif tag == "input" and name and (told.get("type") != "checkbox" or "checked" in told):
            is_tick = told.get("type") == "checkbox" and "value" not in told
            self.sent.setdefault(name, []).append("on" if is_tick else value)

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = ""


FOLDERS = [one for one in EVERY if "\nversions:" not in (one / "scenario.yaml").read_text()]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_every_scenario_file_can_be_opened_in_the_form_and_says_the_same(
    owner: Client, now: datetime, folder: Path
) -> None:
    document = read_programme((folder / "programme.yaml").read_bytes())
    version = actions.import_programme(document=document, name=folder.name, now=now)
    text = (folder / "scenario.yaml").read_bytes()
    opened = owner.post(page_of(version), {"import": "1", "scenario": SimpleUploadedFile("s.yaml", text)})
    assert (opened.status_code, opened.context["errors"], opened.context["differences"]) == (200, [], 0)
    answer = owner.post(page_of(version), Fields(opened.content.decode()).sent | {"download": "1"})
    assert answer.status_code == 200, answer.context["errors"]
    meant, written = read_scenario(text).value, read_scenario(answer.content).value
    for wanted, got in zip(meant["happenings"], written["happenings"], strict=True):
        if "order" in got and "number" not in wanted["order"]:
            del got["order"]["number"]
        assert got == {"member": "member", **wanted}
    assert rehearsal_of(document, answer.content).differences == []


def test_a_scenario_of_several_versions_is_not_opened_and_says_why(
    owner: Client, draft: ProgrammeVersion
) -> None:
    text = b"scenario: two\nversions: [{from: 2025-02-01, programme: b.yaml}]\nhappenings: [{at: 2025-01-01, leave: true}]"
    answer = owner.post(page_of(draft), {"import": "1", "scenario": SimpleUploadedFile("s.yaml", text)})
    assert (answer.status_code, answer.context["errors"]) == (
        422,
        ["This scenario plays several versions of a programme. Only one version can be rehearsed here."],
    )
    assert owner.post(page_of(draft), {"import": "1"}).context["errors"] == [
        "Choose a file: this one is empty."
    ]


@pytest.mark.parametrize(
    ("what", "fields", "wrong", "told"),
    [
        ("set_tier", {"ladder": "level", "tier": "tin"}, "set_tier.ladder", "There is no tier ladder “level” any more. Choose another."),
        ("use", {"menu": "shelf"}, "use.menu", "There is no menu “shelf”. Choose another."),
        ("draw", {"draw": "easter"}, "draw.draw", "There is no prize draw “easter”. Choose another."),
        ("grant", {"fund": "charity", "amount": "9"}, "grant.fund", "There is no fund “charity” any more. Choose another."),
        ("book", {"perk": "evening"}, "book.perk", "There is no perk “evening”. Choose another."),
        ("accept", {"": "easter"}, "accept", "There is no offer or challenge “easter”. Choose another."),
        ("join", {"referred_by": "bo"}, "join.referred_by", "“bo” is no member before this. Let them join first."),
    ],
)  # fmt: skip
def test_what_is_not_there_is_told_at_its_field(
    owner: Client, draft: ProgrammeVersion, what: str, fields: dict[str, str], wrong: str, told: str
) -> None:
    row = {"happenings.0": "", "happenings.0.day": "2025-01-12", "happenings.0.what": what}
    sent = {f"happenings.0.{what}.{name}".rstrip("."): value for name, value in fields.items()}
    answer = owner.post(page_of(draft), row | sent | {"play": "1"})
    assert answer.status_code == 422
    assert controls(answer)[f"happenings.0.{wrong}"].errors == [told]


def test_who_joins_twice_and_what_does_not_add_up_are_told_in_their_row(
    owner: Client, draft: ProgrammeVersion
) -> None:
    text = (
        b"scenario: two\nhappenings:\n"
        b"- {at: 2025-01-12, member: anna, order: {amount: 3300, payments: {cash: 20}}}\n"
        b"- {at: 2025-03-31, member: anna, join: true}\n"
    )
    answer = owner.post(page_of(draft), {"import": "1", "scenario": SimpleUploadedFile("s.yaml", text)})
    told = {name: one.errors for name, one in controls(answer).items() if one.errors}
    assert (answer.status_code, answer.context["errors"], told) == (
        422,
        [],
        {
            "happenings.0.order.payments": [
                "The payments come to 20 and the purchase costs 3300. Make them add up."
            ],
            "happenings.1.join": ["“anna” is a member already. Let them leave first, or remove this."],
        },
    )


@pytest.mark.parametrize("what", VERBS)
def test_whatever_happens_to_nobody_known_is_answered_with_words(
    owner: Client, draft: ProgrammeVersion, what: str
) -> None:
    """With every field empty, and with a word that means nothing in every field."""
    row = {"happenings.0": "", "happenings.0.day": "2025-01-12", "happenings.0.what": what}
    fields = Fields(owner.post(page_of(draft), row | {"look": "1"}).content.decode()).sent
    unknown = {
        name: value if value[0] or name.endswith("is_given") else "9" for name, value in fields.items()
    }
    for sent in (row, unknown):
        answer = owner.post(page_of(draft), sent | {"play": "1"})
        told = answer.context["errors"] or [
            one for one in controls(answer).values() if one.errors or one.outcome
        ]
        assert answer.status_code in (200, 422)
        assert told


def test_several_members_are_played_and_what_came_out_is_expected_with_one_click(
    owner: Client, now: datetime
) -> None:
    """Anna invites Berit, who shares her account, brings a friend, and cannot use a check that she has not."""
    document: dict[str, Any] = preset("duvan") | {"audience": {"unit": "household", "max_members": 2}}
    invited = {
        "key": "invited", "name": "värvning", "event": "referral_joined", "meter": "points",
        "base": {"amount": "one"}, "rate": {"kind": "fixed", "value": 100},
    }  # fmt: skip
    document |= {"earning_rules": [*document["earning_rules"], invited]}
    draft = actions.import_programme(document=document, name="Duvan", now=now)
    rows = [
        {"day": "2025-01-12", "member": "Anna", "order.amount": "1900"},
        {
            "day": "2025-01-13",
            "member": "Berit",
            "what": "join",
            "join.account": "Anna",
            "join.referred_by": "Anna",
        },
        {"day": "2025-01-14", "member": "Cilla", "what": "join", "join.account": "anna"},
        {"day": "2025-01-15", "member": "Berit", "order.amount": "50", "order.vouchers": "latest"},
        {"day": "2025-03-31", "member": "Berit", "what": "end_of_day"},
    ]
    sent = {
        f"happenings.{number}.{name}": value for number, row in enumerate(rows) for name, value in row.items()
    }
    answer = owner.post(page_of(draft), sent | {"play": "1"})
    came_out = [controls(answer)[f"happenings.{number}"].outcome for number in range(5)]
    check_day = "09/30/2025"
    assert came_out == [
        ["Earned: 1,900 points", "To pay in money: 1,900 kr", "Balance: 1,900 points", "Unused vouchers: 0"],
        ["Balance: 2,000 points", "Unused vouchers: 0"],
        ["Refused: The account has 2 members already, which is as many as it can have."],
        ["Refused: There is no voucher latest, or it is not this member's."],
        ["Balance: 0 points", f"New vouchers: bonus check 100 kr until {check_day}", "Unused vouchers: 1"],
    ]
    answer = owner.post(page_of(draft), sent | {"expect": "all"})
    assert answer.context["differences"] == 0
    fields = Fields(answer.content.decode()).sent
    assert fields["happenings.2.expect.refused"] == ["household_full"]
    assert fields["happenings.4.expect.issued.0.last_day"] == ["2025-09-30"]
    fields["happenings.4.expect.issued.0.value"] = ["150"]
    answer = owner.post(page_of(draft), fields | {"play": "1"})
    assert controls(answer)["happenings.4.expect.issued.0.value"].errors == ["Came out otherwise: 100"]
    owner.post(page_of(draft), Fields(answer.content.decode()).sent | {"keep": "1", "title": "Hushåll"})
    [replay] = owner.get(page_of(draft)).context["replays"]
    assert replay.differences == ("issued 0 value: 150 ≠ 100",)


def test_a_saved_scenario_is_opened_again_or_taken_away_as_a_file(
    owner: Client, draft: ProgrammeVersion
) -> None:
    scenario = kept(owner, draft)
    opened = owner.get(page_of(draft), {"open": scenario.pk})
    assert (opened.context["differences"], opened.context["scenario_title"]) == (0, "Ett kvartal")
    assert owner.get(page_of(draft), {"file": scenario.pk}).content.decode() == scenario.text
    assert owner.get(page_of(draft), {"file": "nonsense"}).status_code == 404


def test_a_store_lies_where_it_lies_also_in_a_rehearsal(owner: Client, now: datetime) -> None:
    Store.objects.create(code="umea", name="Umeå", region="west")
    draft = actions.import_programme(document=preset("staged_start"), name="Steg", now=now)
    sent = {
        "happenings.0.day": "2025-04-02",
        "happenings.0.order.amount": "300",
        "happenings.0.order.store": "umea",
    }
    answer = owner.post(page_of(draft), sent | {"play": "1"})
    assert controls(answer)["happenings.0"].outcome[0] == "Earned: 300 points"


def test_only_who_may_change_programmes_rehearses(draft: ProgrammeVersion) -> None:
    clerk = seed.make_staff("clerk@shop.example")
    clerk.user_permissions.set(Permission.objects.filter(codename="view_programmeversion"))
    assert browser(clerk).get(page_of(draft)).status_code == 403
    assert browser(clerk).post(page_of(draft), QUARTER | {"play": "1"}).status_code == 403
