"""A programme is set up by forms, object by object, with nothing but a staff login."""

from datetime import datetime
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from loyalty import actions
from loyalty.engine.files import write
from loyalty.forms.parts import top
from loyalty.forms.posted import tidy
from loyalty.models import ProgrammeObject, ProgrammeVersion, TrialRun
from loyalty.queries import document_of
from loyalty.queries.documents import groups, kinds
from loyalty.queries.presets import preset, preset_keys
from tests.console import seed
from tests.console.conftest import browser
from tests.loyalty.test_programmes import EVERYTHING

DOCUMENTS = {key: preset(key) for key in preset_keys()} | {"everything": EVERYTHING}

# What stands ticked in an empty form.
TICKED = {"spendable": True, "shown": True, "below_zero": True, "stock": {"shown": True}}


@pytest.fixture
def draft(db: None, now: datetime) -> ProgrammeVersion:
    return actions.import_programme(document=preset("duvan"), name="Duvan", now=now)


@pytest.fixture
def empty(db: None) -> ProgrammeVersion:
    return ProgrammeVersion.objects.create(name="Ny")


def page_of(version: ProgrammeVersion, kind: str = "", row: ProgrammeObject | None = None) -> str:
    if not kind:
        return reverse("admin:loyalty_programmeversion_change", args=[version.pk])
    if row is None:
        return reverse("admin:loyalty_programmeversion_object_add", args=[version.pk, kind])
    return reverse("admin:loyalty_programmeversion_object", args=[version.pk, kind, row.pk])


def fill(fragment: Any, name: str = "") -> dict[str, Any]:
    """A fragment of a document as a browser sends it."""
    if isinstance(fragment, dict):
        found: dict[str, Any] = {}
        for field, value in fragment.items():
            at = f"{name}.{field}" if name else field
            if field == "name" and isinstance(value, str):
                found[f"{at}.sv"] = value
            else:
                found |= fill(value, at)
        return found
    if isinstance(fragment, list) and fragment and isinstance(fragment[0], dict):
        rows = [
            {f"{name}.{number}": ""} | fill(row, f"{name}.{number}") for number, row in enumerate(fragment)
        ]
        return {field: value for row in rows for field, value in row.items()}
    if isinstance(fragment, bool):
        return {name: "on"} if fragment else {}
    return {name: fragment}


def save(client: Client, page: str, fragment: Any, **more: Any) -> Any:
    return client.post(page, fill(fragment) | {"save": "1"} | more)


@pytest.mark.parametrize("found", DOCUMENTS.values(), ids=DOCUMENTS)
def test_what_a_form_holds_is_what_the_document_says(found: dict[str, Any]) -> None:
    """But for a default, which means the same whether it is written or not."""
    language = found.get("language", "sv")
    for kind in (*kinds(), *groups()):
        objects = found.get(kind, [])
        for one in objects if isinstance(objects, list) else [objects]:
            once = tidy(top(kind), one, language)
            assert tidy(top(kind), once, language) == once
            assert once is None or set(once) <= set(one)


def test_a_whole_programme_is_written_by_hand(owner: Client, empty: ProgrammeVersion) -> None:
    duvan: dict[str, Any] = preset("duvan")
    for kind in kinds():
        for one in duvan.get(kind, ()):
            answer = save(owner, page_of(empty, kind), TICKED | one)
            assert answer.status_code == 302, mistakes(answer)
    for name in ("life", "returns"):
        assert save(owner, page_of(empty, name), TICKED | duvan[name]).status_code == 302
    by_hand, from_file = document_of(empty), duvan | {"programme": "club"}
    assert [one["key"] for one in by_hand["rewards"]] == ["bonus"]
    page = owner.get(page_of(empty))
    assert page.context["errors"] == []
    other = actions.import_programme(document=from_file, name="file", now=datetime.now())  # noqa: DTZ005
    assert page_sentences(page) == page_sentences(owner.get(page_of(other)))


def mistakes(answer: Any) -> dict[str, list[str]]:
    controls = [one for top in (*answer.context["controls"], *answer.context["more"]) for one in top.all()]
    return {"": answer.context["errors"]} | {one.name: one.errors for one in controls if one.errors}


def page_sentences(page: Any) -> list[str]:
    return [
        card["sentence"]
        for _title, shelves in page.context["sections"]
        for shelf in shelves
        for card in shelf["cards"]
    ]


def test_the_key_is_made_of_the_name_and_stays(owner: Client, empty: ProgrammeVersion) -> None:
    save(owner, page_of(empty, "meters"), {"name": "Köpta kronor"})
    save(owner, page_of(empty, "meters"), {"name": "Köpta kronor"})
    first, second = ProgrammeObject.objects.order_by("pk")
    assert (first.key, second.key) == ("kopta_kronor", "kopta_kronor_2")
    save(owner, page_of(empty, "meters", first), {"key": "kopta_kronor", "name": "Kronor", "decimals": "2"})
    first.refresh_from_db()
    assert (first.key, first.name, first.settings) == (
        "kopta_kronor",
        "Kronor",
        {"decimals": 2, "spendable": False, "shown": False},
    )


def test_a_mistake_lands_on_its_field_and_nothing_is_saved(owner: Client, draft: ProgrammeVersion) -> None:
    rule = draft.programme_objects.get(kind="earning_rules")
    wrong = {"name": "", "meter": "points", "rate": {"kind": "per_full", "value": 1, "step": "många"}}
    answer = save(owner, page_of(draft, "earning_rules", rule), wrong)
    assert answer.status_code == 422
    controls = {one.name: one for top in answer.context["controls"] for one in top.all()}
    assert controls["name"].errors == ["Fill this in."]
    assert controls["rate.step"].errors == ["Write a number above 0, like 1 or 0.5."]
    assert controls["rate.step"].value == "många"
    rule.refresh_from_db()
    assert rule.settings["rate"] == {"kind": "per_unit", "value": 1}


def test_what_does_not_fit_yet_can_be_kept_and_is_told_on_the_workbench(
    owner: Client, draft: ProgrammeVersion
) -> None:
    rule = draft.programme_objects.get(kind="earning_rules")
    wrong = {"name": "köp", "meter": "stars", "rate": {"kind": "per_unit", "value": "1,5"}}
    answer = save(owner, page_of(draft, "earning_rules", rule), wrong)
    assert answer.status_code == 422
    assert answer.context["can_keep"]
    owner.post(page_of(draft, "earning_rules", rule), fill(wrong) | {"anyway": "1"})
    rule.refresh_from_db()
    assert rule.settings == {"meter": "stars", "rate": {"kind": "per_unit", "value": "1.5"}}
    [told] = owner.get(page_of(draft)).context["errors"]
    assert told == {
        "text": "There is no meter “stars” any more. Choose another.",
        "where": "köp › Gives",
        "link": page_of(draft, "earning_rules", rule) + "#id_meter",
    }


def test_rows_and_conditions_come_and_go_without_losing_what_is_typed(
    owner: Client, draft: ProgrammeVersion
) -> None:
    page = page_of(draft, "earning_rules")
    typed = {"name.sv": "guld", "condition.asks": "all"}
    first = owner.post(page, typed | {"add": "condition.all|meter"})
    controls = {
        one.name: one for top in (*first.context["controls"], *first.context["more"]) for one in top.all()
    }
    assert controls["name"].value == "guld"
    assert controls["condition.all.0"].value == "meter"
    assert "condition.all.0.op" in controls
    typed |= {"condition.all.0": "", "condition.all.0.asks": "meter", "condition.all.0.value": "300"}
    second = owner.post(page, typed | {"add": "condition.all|any"})
    controls = {
        one.name: one for top in (*second.context["controls"], *second.context["more"]) for one in top.all()
    }
    assert controls["condition.all.0.value"].value == "300"
    assert controls["condition.all.1"].value == "any"
    third = owner.post(page, typed | {"condition.all.1": "", "remove": "condition.all.0"})
    names = {one.name for top in (*third.context["controls"], *third.context["more"]) for one in top.all()}
    assert "condition.all.0" in names
    assert "condition.all.1" not in names
    assert not draft.programme_objects.filter(name="guld").exists()


def test_a_condition_is_saved_as_it_was(owner: Client, draft: ProgrammeVersion) -> None:
    rule = draft.programme_objects.get(kind="earning_rules")
    condition = {
        "any": [{"meter": "points", "value": 300}, {"event": "visit", "value": 3, "measure": "count"}]
    }
    rule.settings["condition"] = condition
    rule.save()
    page = owner.get(page_of(draft, "earning_rules", rule))
    shown = [one for top in (*page.context["controls"], *page.context["more"]) for one in top.all()]
    posted = {
        one.name: one.value for one in shown if one.kind in ("choice", "number", "text") and one.value != ""
    }
    posted |= {f"{one.name}.asks": one.value for one in shown if one.kind == "condition"}
    posted |= {one.name: "" for one in shown if one.name.rpartition(".")[2].isdigit()}
    owner.post(page_of(draft, "earning_rules", rule), posted | {"name.sv": "köp", "save": "1"})
    rule.refresh_from_db()
    assert rule.name == "köp"
    assert rule.settings["condition"] == condition


def test_the_sentence_is_told_while_typing(owner: Client, draft: ProgrammeVersion) -> None:
    typed = fill({"name": "Dubbelt", "meter": "points", "rate": {"kind": "per_unit", "value": "2"}})
    answer = owner.post(page_of(draft, "earning_rules"), typed | {"sentence": "1"})
    assert answer.content.decode().count("Dubbelt: 2 points per krona; rounded down.") == 1
    answer = owner.post(page_of(draft, "earning_rules"), {"name.sv": "Dubbelt", "sentence": "1"})
    assert "Fill in the form" in answer.content.decode()
    assert draft.programme_objects.filter(kind="earning_rules").count() == 1


def test_cards_are_copied_moved_and_removed(owner: Client, draft: ProgrammeVersion) -> None:
    rule = draft.programme_objects.get(kind="earning_rules")

    def do(what: str, row: ProgrammeObject) -> list[str]:
        owner.post(reverse("admin:loyalty_programmeversion_deed", args=[draft.pk, row.pk]), {"do": what})
        return [one["key"] for one in document_of(draft)["earning_rules"]]

    assert do("copy", rule) == ["purchases", "purchases_2"]
    assert do("down", rule) == ["purchases_2", "purchases"]
    assert do("up", rule) == ["purchases", "purchases_2"]
    assert do("remove", rule) == ["purchases_2"]


def test_every_kind_of_object_has_a_form_that_opens(owner: Client, draft: ProgrammeVersion) -> None:
    pages = [page_of(draft, kind) for kind in (*kinds(), *groups())]
    assert {page: owner.get(page).status_code for page in pages} == dict.fromkeys(pages, 200)
    assert owner.get(page_of(draft, "nonsense")).status_code == 404


def test_a_number_is_written_as_the_language_writes_it(draft: ProgrammeVersion) -> None:
    swede = browser(seed.make_staff("se@shop.example", is_superuser=True), "sv")
    rule = draft.programme_objects.get(kind="earning_rules")
    rule.settings["rate"]["value"] = "1.5"
    rule.save()
    assert 'value="1,5"' in swede.get(page_of(draft, "earning_rules", rule)).content.decode()


def test_the_workbench_asks_the_same_however_much_the_version_holds(
    owner: Client, draft: ProgrammeVersion
) -> None:
    def questions() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert owner.get(page_of(draft)).status_code == 200
        return len(asked)

    owner.get(page_of(draft))
    before = questions()
    for row in list(draft.programme_objects.all()):
        for _ in range(5):
            actions.copy_object(row=row)
    assert questions() == before <= 12


def test_what_is_published_is_read_and_not_changed(
    owner: Client, draft: ProgrammeVersion, now: datetime
) -> None:
    rule = draft.programme_objects.get(kind="earning_rules")
    actions.publish_version(version=draft, valid_from=now, now=now, actor="vera")
    page = owner.get(page_of(draft))
    assert page.status_code == 200
    assert not page.context["may_change"]
    assert owner.get(page_of(draft, "earning_rules", rule)).status_code == 403
    assert save(owner, page_of(draft, "meters"), {"name": "x"}).status_code == 403
    with pytest.raises(actions.UnableToChange):
        actions.write_object(version=draft, kind="meters", written={"key": "x", "name": "x"})
    assert (
        owner.post(
            reverse("admin:loyalty_programmeversion_delete", args=[draft.pk]), {"post": "yes"}
        ).status_code
        == 403
    )


@pytest.mark.parametrize("right", ["", "view_programmeversion"])
def test_only_who_may_change_programmes_reaches_the_forms(draft: ProgrammeVersion, right: str) -> None:
    clerk = seed.make_staff("clerk@shop.example")
    clerk.user_permissions.set(Permission.objects.filter(codename=right))
    client, rule = browser(clerk), draft.programme_objects.get(kind="earning_rules")
    assert client.get(page_of(draft)).status_code == (200 if right else 403)
    assert client.get(page_of(draft, "earning_rules", rule)).status_code == 403
    assert save(client, page_of(draft, "earning_rules", rule), {"name": "x"}).status_code == 403
    deed = reverse("admin:loyalty_programmeversion_deed", args=[draft.pk, rule.pk])
    assert client.post(deed, {"do": "remove"}).status_code == 403
    assert draft.programme_objects.filter(pk=rule.pk).exists()


def test_two_versions_are_compared_in_sentences(
    owner: Client, draft: ProgrammeVersion, now: datetime
) -> None:
    other = actions.import_programme(document=document_of(draft), name="Nästa", now=now)
    compare = reverse("admin:loyalty_programmeversion_compare", args=[other.pk]) + f"?with={draft.pk}"
    assert owner.get(compare).context["rows"] == []
    rule = other.programme_objects.get(kind="earning_rules")
    rule.settings["rate"]["value"] = 2
    rule.save()
    [row] = owner.get(compare).context["rows"]
    assert "1 points per whole krona" in row["before"]
    assert "2 points per krona" in row["after"]
    other.programme_objects.filter(kind="rewards").delete()
    assert [row["after"] for row in owner.get(compare).context["rows"] if row["kind"] == "Reward"] == [""]


def test_a_draft_made_by_forms_exports_and_imports_to_the_same_bytes(
    owner: Client, empty: ProgrammeVersion, now: datetime
) -> None:
    save(owner, page_of(empty, "meters"), {"name": "poäng"})
    once = write(document_of(empty))
    again = ProgrammeVersion.objects.create(name="again")
    for row in empty.programme_objects.all():
        row.pk, row.version = None, again
        row.save()
    assert write(document_of(again)) == once


def test_a_draft_is_deleted_with_all_its_objects_but_not_while_it_is_tried(
    owner: Client, draft: ProgrammeVersion, now: datetime
) -> None:
    delete = reverse("admin:loyalty_programmeversion_delete", args=[draft.pk])
    trial = TrialRun.objects.create(
        version=draft,
        document={},
        months=1,
        used_percent=100,
        since=now,
        total_accounts=0,
        asked_by="vera",
        asked_at=now,
    )
    assert owner.post(delete, {"post": "yes"}).status_code == 403
    TrialRun.objects.filter(pk=trial.pk).update(state="cancelled", finished_at=now)
    assert owner.post(delete, {"post": "yes"}).status_code == 302
    assert not ProgrammeVersion.objects.exists()
    assert not ProgrammeObject.objects.exists()
