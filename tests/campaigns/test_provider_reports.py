import base64
import json

import pytest
from django.test import Client
from pytest_django import Settings

from campaigns.models import Suppression
from campaigns.queries import address_digests
from campaigns.views import PROVIDERS

pytestmark = pytest.mark.django_db

PATH = "/mail/postmark/reports/"


@pytest.fixture
def _secret(settings: Settings) -> None:
    settings.ANYMAIL = {"WEBHOOK_SECRET": "shop:secret"}


def report(body: dict[str, object], *, login: str = "shop:secret") -> int:
    basic = base64.b64encode(login.encode()).decode()
    answer = Client(enforce_csrf_checks=True).post(
        PATH, json.dumps(body), content_type="application/json", headers={"authorization": f"Basic {basic}"}
    )
    return answer.status_code


BOUNCE = {
    "RecordType": "Bounce", "Type": "HardBounce", "TypeCode": 1, "ID": 1, "MessageID": "m", "Email": "Anna@post.example",
    "BouncedAt": "2025-09-01T08:00:00Z", "Details": "no such user",
}  # fmt: skip


@pytest.mark.usefixtures("_secret")
@pytest.mark.parametrize(
    ("body", "reasons"),
    [
        (BOUNCE, ["hard_bounce"]),
        ({**BOUNCE, "Type": "Transient", "TypeCode": 2}, []),
        ({**BOUNCE, "RecordType": "SpamComplaint", "Type": "SpamComplaint", "TypeCode": 512}, ["complaint"]),
        ({"RecordType": "Delivery", "MessageID": "m", "Recipient": "anna@post.example"}, []),
    ],
)
def test_dead_addresses_and_complaints_are_suppressed(body: dict[str, object], reasons: list[str]) -> None:
    assert report(body) == 200
    assert list(Suppression.objects.values_list("reason", flat=True)) == reasons
    assert Suppression.objects.filter(digest__in=address_digests("anna@post.example")).count() == len(reasons)


@pytest.mark.usefixtures("_secret")
def test_a_report_without_the_secret_is_refused() -> None:
    assert report(BOUNCE, login="shop:guess") == 400
    assert not Suppression.objects.exists()


def test_the_door_is_closed_until_there_is_a_secret(settings: Settings) -> None:
    settings.ANYMAIL = {}
    assert report(BOUNCE) == 404
    assert not Suppression.objects.exists()


@pytest.mark.usefixtures("_secret")
def test_an_unknown_provider_is_not_found() -> None:
    assert Client().post("/mail/nobody/reports/", {}).status_code == 404


def test_every_tracking_provider_of_anymail_has_a_door() -> None:
    assert {"brevo", "mailgun", "postmark", "sendgrid", "amazon_ses", "mandrill"} <= set(PROVIDERS)
