"""What staff see and may do in the console."""

import re
from html import unescape

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from campaigns import actions
from campaigns.models import Campaign, Message, Suppression
from campaigns.queries import current_version, plan_of
from members.models import User
from tests.campaigns import make
from tests.campaigns.make import NOW
from tests.campaigns.sink import Sink

pytestmark = pytest.mark.django_db

FORM = {
    "name": "Höstbrev", "trigger": "voucher.issued", "purpose": "marketing", "wait_hours": "2",
    "subject_sv": "Hej {{first_name}}", "text_sv": "Din check är värd {{voucher_value}}.", "html_sv": "",
    "subject_en": "", "text_en": "", "html_en": "", "subject_nb": "", "text_nb": "", "html_nb": "",
}  # fmt: skip


@pytest.fixture
def staff(settings: Settings) -> Client:
    settings.LANGUAGE_CODE = "en"
    user = User.objects.create_superuser(email="anna@butiken.example", password="x")
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client


def staff_with(*rights: str) -> Client:
    user = User.objects.create_user(email="bo@butiken.example", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=rights))
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client


def change_url(campaign: Campaign) -> str:
    return reverse("admin:campaigns_campaign_change", args=[campaign.pk])


@pytest.mark.parametrize("model", ["campaign", "message", "suppression"])
def test_every_list_opens(staff: Client, model: str) -> None:
    actions.ensure_default_campaigns(now=NOW)
    make.planned(make.member("anna"))
    actions.suppress_address(address="x@y.example", reason="by_staff", actor="x", now=NOW)
    assert staff.get(reverse(f"admin:campaigns_{model}_changelist")).status_code == 200


def test_a_campaign_is_written_in_the_console_and_starts_as_a_draft(staff: Client) -> None:
    answer = staff.post(reverse("admin:campaigns_campaign_add"), FORM)
    assert answer.status_code == 302
    campaign = Campaign.objects.get()
    plan = plan_of(current_version(campaign))
    assert (campaign.key, campaign.trigger, campaign.state) == ("hostbrev", "voucher.issued", "draft")
    assert (plan.purpose, plan.wait_hours, list(plan.texts)) == ("marketing", 2, ["sv"])
    assert current_version(campaign).actor == "anna@butiken.example"


def test_two_campaigns_of_one_name_get_keys_of_their_own(staff: Client) -> None:
    for _ in range(2):
        staff.post(reverse("admin:campaigns_campaign_add"), FORM)
    assert list(Campaign.objects.order_by("pk").values_list("key", flat=True)) == ["hostbrev", "hostbrev-2"]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            {"text_sv": "Hej\n{{surname}}"},
            "Line 2, column 1: there is no variable “surname” in this campaign. These can be used: {{greeting}}",
        ),
        ({"text_sv": "{{first_name"}, "“{{first_name” is not a whole variable."),
        ({"html_sv": "{% include 'x' %}"}, "is program code, which a text cannot hold."),
        ({"subject_en": "Hi"}, "This language has the rest, so it needs this too."),
        ({"subject_sv": "", "text_sv": ""}, "Write a subject and a text in at least one language."),
        ({"trigger": "member.joined"}, "there is no variable “voucher_value” in this campaign."),
        ({"wait_hours": "-1"}, "greater than or equal to 0"),
    ],
)
def test_what_cannot_be_sent_is_refused_with_a_sentence(
    staff: Client, change: dict[str, str], sentence: str
) -> None:
    answer = staff.post(reverse("admin:campaigns_campaign_add"), {**FORM, **change})
    assert answer.status_code == 200
    assert sentence in unescape(answer.content.decode())
    assert not Campaign.objects.exists()


def test_saving_an_active_campaign_makes_the_next_version(staff: Client) -> None:
    staff.post(reverse("admin:campaigns_campaign_add"), FORM)
    campaign = Campaign.objects.get()
    staff.post(change_url(campaign), {**FORM, "campaigns_campaign_start": "1"})
    staff.post(change_url(campaign), {**FORM, "text_sv": "Annat"})
    campaign.refresh_from_db()
    assert (campaign.state, current_version(campaign).number) == ("active", 2)
    staff.post(change_url(campaign), {**FORM, "text_sv": "Annat", "campaigns_campaign_pause": "1"})
    campaign.refresh_from_db()
    assert (campaign.state, current_version(campaign).number) == ("paused", 2)


def test_the_page_of_a_campaign_shows_what_it_says(staff: Client) -> None:
    actions.ensure_default_campaigns(now=NOW)
    page = staff.get(change_url(Campaign.objects.get(key="welcome"))).content.decode()
    assert "Välkommen till {{club_name}}" in page
    assert "<code>{{first_name}}</code>" in page


def test_the_preview_shows_the_letter_as_a_member_would_get_it(staff: Client) -> None:
    actions.ensure_default_campaigns(now=NOW)
    campaign = Campaign.objects.get(key="bonus-check")
    page = staff.get(f"{change_url(campaign).removesuffix('/change/')}/preview/").content.decode()
    assert "BC7K4M2Q" in page
    assert re.search(r"<iframe\s+sandbox\s", page)
    assert "{{" not in page


def test_a_test_letter_goes_to_the_staff_members_own_address(sink: Sink, staff: Client) -> None:
    staff.post(reverse("admin:campaigns_campaign_add"), FORM)
    staff.post(change_url(Campaign.objects.get()), {**FORM, "campaigns_campaign_send_test": "1"})
    assert sink.mail_to("anna@butiken.example")["Subject"] == "[Prov] Hej Kim"


def test_an_unknown_message_is_sent_again_with_a_reason(sink: Sink, staff: Client) -> None:
    actions.ensure_default_campaigns(now=NOW)
    (message,) = make.planned(make.member("anna"))
    Message.objects.update(state="unknown", ended_at=NOW)
    url = reverse("admin:campaigns_message_send_again", args=[message.pk])
    assert "gets it twice" in staff.get(url).content.decode()
    assert staff.post(url, {"reason": ""}).status_code == 422
    look = staff.post(url, {"reason": "Anna rang"})
    assert (look.status_code, Message.objects.get().state) == (200, "unknown")
    assert staff.post(url, {"reason": "Anna rang", "confirm": look.context["token"]}).status_code == 302
    message = Message.objects.get()
    assert (message.state, message.notes[0]["by"], message.notes[0]["reason"]) == (
        "planned", "anna@butiken.example", "Anna rang",
    )  # fmt: skip
    page = staff.get(reverse("admin:campaigns_message_change", args=[message.pk])).content.decode()
    assert "anna@butiken.example: Anna rang" in page


def test_nobody_edits_or_deletes_a_message(staff: Client) -> None:
    actions.ensure_default_campaigns(now=NOW)
    (message,) = make.planned(make.member("anna"))
    staff.post(reverse("admin:campaigns_message_change", args=[message.pk]), {"state": "accepted"})
    assert staff.post(reverse("admin:campaigns_message_delete", args=[message.pk])).status_code == 403
    assert Message.objects.get().state == "planned"


def test_who_may_only_look_can_neither_edit_nor_send_again() -> None:
    actions.ensure_default_campaigns(now=NOW)
    (message,) = make.planned(make.member("anna"))
    Message.objects.update(state="unknown", ended_at=NOW)
    client = staff_with("view_campaign", "view_message")
    campaign = Campaign.objects.get(key="welcome")
    assert client.get(change_url(campaign)).status_code == 200
    assert client.post(change_url(campaign), FORM).status_code == 403
    url = reverse("admin:campaigns_message_send_again", args=[message.pk])
    assert client.post(url, {"reason": "x"}).status_code == 403
    assert Message.objects.get().state == "unknown"


def test_staff_suppress_an_address_find_it_again_and_lift_it(staff: Client) -> None:
    staff.post(reverse("admin:campaigns_suppression_add"), {"address": "Anna@post.example", "note": "rang"})
    row = Suppression.objects.get()
    assert (row.reason, row.note, row.actor) == ("by_staff", "rang", "anna@butiken.example")
    url = reverse("admin:campaigns_suppression_changelist")
    assert str(row) in staff.get(url, {"q": "anna@post.example"}).content.decode()
    assert str(row) not in staff.get(url, {"q": "bo@post.example"}).content.decode()
    staff.post(reverse("admin:campaigns_suppression_delete", args=[row.pk]), {"post": "yes"})
    assert not Suppression.objects.exists()


def test_a_complaint_cannot_be_lifted_in_the_console(staff: Client) -> None:
    row = actions.suppress_address(address="x@y.example", reason="complaint", actor="x", now=NOW)
    answer = staff.post(reverse("admin:campaigns_suppression_delete", args=[row.pk]), {"post": "yes"})
    assert answer.status_code == 403
    assert Suppression.objects.exists()
