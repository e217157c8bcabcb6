"""A draft is tried from its own page: started, watched, stopped, read and exported by whoever may."""

import csv
from datetime import datetime
from io import StringIO

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from loyalty import actions
from loyalty.models import ProgrammeVersion, TrialRun
from loyalty.queries.presets import preset
from members.models import Member
from tests.console import seed
from tests.console.conftest import browser


@pytest.fixture
def draft(club: list[Member]) -> ProgrammeVersion:
    return ProgrammeVersion.objects.get(state="draft")


def page_of(draft: ProgrammeVersion) -> str:
    return reverse("admin:loyalty_trialrun_start", args=[draft.pk])


def asked(draft: ProgrammeVersion, now: datetime) -> TrialRun:
    return actions.start_trial(version=draft, months=12, used_percent=100, actor="vera", now=now)


def finished(draft: ProgrammeVersion, now: datetime) -> str:
    run = asked(draft, now)
    while actions.run_trials(now=now):
        pass
    return reverse("admin:loyalty_trialrun_change", args=[run.pk])


def member_of_staff(*rights: str, language: str = "en") -> Client:
    person = seed.make_staff()
    person.user_permissions.set(Permission.objects.filter(codename__in=rights))
    return browser(person, language)


def test_a_draft_is_tried_from_its_own_page(owner: Client, draft: ProgrammeVersion, now: datetime) -> None:
    page = reverse("admin:loyalty_programmeversion_change", args=[draft.pk])
    assert page_of(draft) in owner.get(page).content.decode()
    assert "Try it on our own history" in owner.get(page_of(draft)).content.decode()
    answer = owner.post(page_of(draft), {"months": "12", "used_percent": "80"})
    run = TrialRun.objects.get()
    assert answer.headers["Location"] == reverse("admin:loyalty_trialrun_change", args=[run.pk])
    assert (run.months, run.used_percent, run.asked_by, run.state) == (12, 80, "owner@shop.example", "queued")


def test_the_page_shows_how_far_it_has_come_and_then_the_result(
    owner: Client, draft: ProgrammeVersion, now: datetime
) -> None:
    run = asked(draft, now)
    page = reverse("admin:loyalty_trialrun_change", args=[run.pk])
    actions.run_trials(now=now, size=1, chunks=1)
    answer = owner.get(page, headers={"HX-Request": "true"})
    assert '<progress class="club-progress"' in answer.content.decode()
    assert "33 %: 1 of 3 members." in answer.content.decode()
    assert 'hx-trigger="every 2s"' in answer.content.decode()
    assert "HX-Refresh" not in answer.headers
    while actions.run_trials(now=now):
        pass
    answer = owner.get(page, headers={"HX-Request": "true"})
    assert answer.headers["HX-Refresh"] == "true"
    text = answer.content.decode()
    assert "<progress" not in text
    assert "3 members bought something." in text
    assert "Who gains and who loses against today&#x27;s programme" in text
    assert "Everybody starts with no points" in text


def test_the_result_is_told_in_swedish(draft: ProgrammeVersion, now: datetime) -> None:
    staff = browser(seed.make_staff(is_superuser=True), "sv")
    text = staff.get(finished(draft, now)).content.decode()
    assert "Utestående skuld vid slutet" in text
    assert "3 medlemmar handlade." in text
    assert "Vad provkörningen förutsätter" in text
    assert "Starta provkörningen" in staff.get(page_of(draft)).content.decode()


def test_the_result_is_taken_home_as_a_file(owner: Client, draft: ProgrammeVersion, now: datetime) -> None:
    finished(draft, now)
    run = TrialRun.objects.get()
    answer = owner.get(reverse("admin:loyalty_trialrun_export", args=[run.pk]))
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    rows = list(csv.reader(StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert rows[:2] == [["In all"], ["", "Nästa års program", "Duvan 2025"]]
    summary = {row[0]: row[1:] for row in rows if row}
    assert summary["lose"] == ["0", "0"]
    assert summary["get the same"] == ["3", "0"]
    issued, worth = summary["Checks issued"], summary["Worth of checks issued"]
    assert issued[0] == issued[1] != "0"
    assert worth[0] == worth[1] != "0"


def test_a_trial_is_cancelled_by_a_click(owner: Client, draft: ProgrammeVersion, now: datetime) -> None:
    run = asked(draft, now)
    cancel = reverse("admin:loyalty_trialrun_cancel", args=[run.pk])
    assert owner.get(cancel).status_code == 405
    owner.post(cancel)
    run.refresh_from_db()
    assert run.state == "cancelled"
    page = owner.get(reverse("admin:loyalty_trialrun_change", args=[run.pk])).content.decode()
    assert "The trial was cancelled" in page
    export = owner.get(reverse("admin:loyalty_trialrun_export", args=[run.pk]))
    assert export.content.decode("utf-8-sig") == ""


def test_a_club_without_orders_and_a_draft_with_mistakes_are_told_so(
    owner: Client, db: None, now: datetime
) -> None:
    draft = actions.import_programme(document=preset("duvan"), name="Ny", now=now)
    asked_for = {"months": "12", "used_percent": "100"}
    answer = owner.post(page_of(draft), asked_for)
    assert answer.status_code == 422
    assert "No member has bought anything in that time" in answer.content.decode()
    draft.programme_objects.filter(kind="meters").delete()
    answer = owner.post(page_of(draft), asked_for)
    assert answer.status_code == 422
    assert "The programme does not fit together yet" in answer.content.decode()
    assert not TrialRun.objects.exists()


def test_who_may_only_see_the_programme_reads_trials_and_starts_none(
    draft: ProgrammeVersion, now: datetime
) -> None:
    result = finished(draft, now)
    reader = member_of_staff("view_programmeversion")
    assert reader.get(result).status_code == 200
    assert page_of(draft) not in reader.get(result).content.decode()
    assert reader.get(page_of(draft)).status_code == 403
    assert reader.post(page_of(draft), {"months": "3", "used_percent": "100"}).status_code == 403
    run = asked(draft, now)
    assert reader.post(reverse("admin:loyalty_trialrun_cancel", args=[run.pk])).status_code == 403
    assert TrialRun.objects.live().count() == 1


def test_who_may_not_see_the_programme_reads_no_trial(draft: ProgrammeVersion, now: datetime) -> None:
    result = finished(draft, now)
    cashier = member_of_staff("view_member")
    export = reverse("admin:loyalty_trialrun_export", args=[TrialRun.objects.get().pk])
    assert [cashier.get(page).status_code for page in (result, export, page_of(draft))] == [403, 403, 403]
