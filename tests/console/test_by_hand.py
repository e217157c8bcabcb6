"""What staff do by hand: seen beforehand, done once, with a reason, and only by who may."""

from datetime import datetime, timedelta

import pytest
from django.contrib.auth.models import Permission
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from loyalty import actions, queries
from loyalty.engine import files
from loyalty.models import Balance, Entry, ProgrammeVersion, TierChange, Voucher
from loyalty.queries.presets import PRESETS
from members.models import ApiKey, Member
from tests.console import seed
from tests.console.conftest import browser
from tests.make import make_member

ADJUST = {"meter": "points", "amount": "250", "reason": "Goodwill"}


def adjust_page(member: Member) -> str:
    return reverse("admin:loyalty_entry_adjust", args=[member.account_id])


def do(client: Client, page: str, facts: dict[str, str]) -> object:
    """Look at the preview, then confirm exactly what it says."""
    seen = client.post(page, facts)
    assert seen.status_code == 200, seen.context["form"].errors
    return client.post(page, {**facts, "confirm": seen.context["token"]})


def said(answer: object) -> list[str]:
    return [str(message) for message in get_messages(answer.wsgi_request)]  # type: ignore[attr-defined]


def test_points_are_given_after_a_preview_and_the_ledger_says_who_and_why(
    owner: Client, club: list[Member], now: datetime
) -> None:
    member = club[0]
    before = Balance.objects.get(account=member.account, meter="points").amount
    preview = owner.post(adjust_page(member), ADJUST)
    entries = Entry.objects.count()
    assert preview.context["preview"] == [
        ("points", queries.amount_of("points", before), queries.amount_of("points", before + 250))
    ]
    answer = owner.post(adjust_page(member), {**ADJUST, "confirm": preview.context["token"]})
    assert answer.status_code == 302
    assert answer["Location"] == reverse("admin:members_member_change", args=[member.pk])
    assert said(answer) == [f"{member}: 250 points. The ledger says why."]
    assert Entry.objects.count() == entries + 1
    entry = Entry.objects.get(reason="Goodwill")
    assert (entry.amount, entry.actor, entry.kind) == (250, "owner@shop.example", "adjust")


def test_confirming_twice_gives_once(owner: Client, club: list[Member]) -> None:
    preview = owner.post(adjust_page(club[0]), ADJUST)
    confirmed = {**ADJUST, "confirm": preview.context["token"]}
    assert owner.post(adjust_page(club[0]), confirmed).status_code == 302
    again = owner.post(adjust_page(club[0]), confirmed)
    assert (again.status_code, Entry.objects.filter(reason="Goodwill").count()) == (200, 1)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"reason": ""}, "This field is required."),
        ({"reason": "   "}, "This field is required."),
        ({"amount": "0"}, "Zero changes nothing."),
        ({"amount": "1.5"}, "This is counted in whole numbers."),
        ({"amount": "-99999999"}, "can be taken."),
        ({"amount": "1e99"}, "Ensure that there are no more than 12 digits"),
        ({"amount": "NaN"}, "Enter a number."),
        ({"meter": "moons"}, "Select a valid choice."),
    ],
)
def test_a_bad_adjustment_says_what_is_wrong_and_changes_nothing(
    owner: Client, club: list[Member], wrong: dict[str, str], told: str
) -> None:
    entries = Entry.objects.count()
    answer = owner.post(adjust_page(club[0]), {**ADJUST, **wrong, "confirm": "x"})
    assert answer.status_code == 422
    assert told in str(answer.context["form"].errors)
    assert Entry.objects.count() == entries


def test_who_may_only_look_sees_no_button_and_is_refused(club: list[Member]) -> None:
    viewer = seed.make_staff()
    viewer.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    client = browser(viewer)
    page = client.get(reverse("admin:members_member_change", args=[club[0].pk]))
    assert page.status_code == 200
    assert adjust_page(club[0]) not in page.content.decode()
    check, draft = Voucher.objects.all()[0], ProgrammeVersion.objects.get(state="draft")
    forbidden = [
        adjust_page(club[0]),
        reverse("admin:loyalty_tierchange_set", args=[club[0].account_id]),
        reverse("admin:loyalty_voucher_cancel", args=[check.pk]),
        reverse("admin:loyalty_programmeversion_preset"),
        reverse("admin:loyalty_programmeversion_copy", args=[draft.pk]),
        reverse("admin:loyalty_programmeversion_publish", args=[draft.pk]),
        reverse("admin:members_member_end", args=[club[0].pk]),
        reverse("admin:members_apikey_revoke", args=[ApiKey.objects.get().pk]),
    ]
    assert [client.get(page).status_code for page in forbidden] == [403] * len(forbidden)
    assert [client.post(page, ADJUST).status_code for page in forbidden] == [403] * len(forbidden)


def test_an_unused_check_is_cancelled_with_a_reason_and_cannot_be_twice(
    owner: Client, club: list[Member]
) -> None:
    check = Voucher.objects.filter(state="issued")[0]
    page = reverse("admin:loyalty_voucher_cancel", args=[check.pk])
    assert said(do(owner, page, {"reason": "Lost letter"})) == [
        f"The check {check.code} is cancelled and can no longer be used."
    ]
    check.refresh_from_db()
    assert check.state == "cancelled"
    seen = owner.post(page, {"reason": "Again"})
    again = owner.post(page, {"reason": "Again", "confirm": seen.context["token"]})
    assert "already used, lapsed or cancelled" in str(again.context["form"].errors)


def test_a_club_without_tiers_says_so(owner: Client, club: list[Member]) -> None:
    page = owner.get(reverse("admin:loyalty_tierchange_set", args=[club[0].account_id]))
    assert page.context["missing"] == "The programme in force has no tiers."
    assert TierChange.objects.count() == 0


def test_a_draft_is_made_of_a_preset_and_published(owner: Client, db: None, now: datetime) -> None:
    made = do(owner, reverse("admin:loyalty_programmeversion_preset"), {"preset": "duvan", "name": "First"})
    assert said(made) == ["The draft First is made. Look it through, then publish it."]
    draft = ProgrammeVersion.objects.get(name="First")
    do(owner, reverse("admin:loyalty_programmeversion_publish", args=[draft.pk]), {"first_day": ""})
    draft.refresh_from_db()
    assert (draft.state, draft.published_by) == ("published", "owner@shop.example")


def test_publishing_before_what_is_counted_is_refused_with_the_date(
    owner: Client, club: list[Member]
) -> None:
    draft = ProgrammeVersion.objects.get(state="draft")
    page = reverse("admin:loyalty_programmeversion_publish", args=[draft.pk])
    seen = owner.post(page, {"first_day": "2026-01-01"})
    answer = owner.post(page, {"first_day": "2026-01-01", "confirm": seen.context["token"]})
    assert answer.status_code == 422
    assert "Choose a later start" in str(answer.context["form"].errors)
    draft.refresh_from_db()
    assert draft.state == "draft"


def test_a_published_version_is_read_only_and_is_changed_by_a_copy(owner: Client, club: list[Member]) -> None:
    version = ProgrammeVersion.objects.get(state="published")
    change = reverse("admin:loyalty_programmeversion_change", args=[version.pk])
    assert owner.post(change, {"name": "Other"}).status_code == 403
    do(owner, reverse("admin:loyalty_programmeversion_copy", args=[version.pk]), {"name": "Next"})
    assert queries.document_of(ProgrammeVersion.objects.get(name="Next")) == version.document


def test_a_key_is_shown_once_and_then_revoked(owner: Client, db: None) -> None:
    made = owner.post(
        reverse("admin:members_apikey_add"),
        {"name": "Till 1", "source": "till", "scopes": ["read", "orders"]},
    )
    key = ApiKey.objects.get()
    assert (key.source, key.scopes) == ("till", ["orders", "read"])
    [shown] = [text for text in said(made) if "sk_" in text]
    assert shown.startswith("Copy the key now, it is never shown again: sk_")
    page = reverse("admin:members_apikey_change", args=[key.pk])
    owner.get(page)  # says the message
    page = owner.get(page).content.decode()
    assert shown.rpartition("_")[2] not in page
    do(owner, reverse("admin:members_apikey_revoke", args=[key.pk]), {"sure": "yes"})
    key.refresh_from_db()
    assert key.revoked_at is not None


def test_a_membership_ends_with_a_reason(owner: Client, club: list[Member]) -> None:
    do(owner, reverse("admin:members_member_end", args=[club[1].pk]), {"reason": "Asked for it"})
    club[1].refresh_from_db()
    assert club[1].state == "closed"


def test_a_programme_reads_itself_back_and_says_what_does_not_fit(owner: Client, club: list[Member]) -> None:
    published, draft = (ProgrammeVersion.objects.get(state=state) for state in ("published", "draft"))
    for version in (published, draft):
        page = owner.get(reverse("admin:loyalty_programmeversion_change", args=[version.pk]))
        assert b"Each 1,000 points becomes" in page.content
        assert page.context["errors"] == []
    reading = draft.programme_objects.get(kind="conversions")
    draft.programme_objects.filter(pk=reading.pk).update(settings=reading.settings | {"reward": "moon"})
    page = owner.get(reverse("admin:loyalty_programmeversion_change", args=[draft.pk]))
    assert [one["text"] for one in page.context["errors"]] == [
        "There is no reward “moon” any more. Choose another."
    ]
    answer = do(owner, reverse("admin:loyalty_programmeversion_publish", args=[draft.pk]), {"first_day": ""})
    assert "does not fit together yet" in str(answer.context["form"].errors)  # type: ignore[attr-defined]


def test_a_tier_is_given_as_a_gift_and_staff_see_what_it_will_be(
    owner: Client, db: None, now: datetime
) -> None:
    document = files.read_programme((PRESETS / "skymiles" / "programme.yaml").read_bytes())
    draft = actions.import_programme(document=document, name="Miles", now=now)
    actions.publish_version(version=draft, valid_from=now - timedelta(days=1), now=now, actor="owner")
    member = make_member("Dora")
    page = reverse("admin:loyalty_tierchange_set", args=[member.account_id])
    [ladder] = document["tier_ladders"]
    tier = ladder["rows"][0]["key"]
    facts = {"tier": f"{ladder['key']}/{tier}", "origin": "gifted", "last_day": "", "reason": "Ten years"}
    assert do(owner, page, facts).status_code == 302  # type: ignore[attr-defined]
    change = TierChange.objects.get()
    assert (change.tier, change.origin, change.reason) == (tier, "gifted", "Ten years")
    last = timezone.localdate(now) + timedelta(days=30)
    assert do(owner, page, facts | {"last_day": last.isoformat()}).status_code == 302  # type: ignore[attr-defined]
    figures = owner.get(reverse("admin:members_member_change", args=[member.pk])).context["figures"]
    assert f"until {date_format(last, 'DATE_FORMAT')}" in [figure.note for figure in figures]
    refused = owner.post(page, {**facts, "origin": "earned"})
    assert "origin" in refused.context["form"].errors
