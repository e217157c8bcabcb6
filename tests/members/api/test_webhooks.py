"""A shop's own developer says who is told what, sees how it went, and sends it again."""

from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from members.actions.webhook_calls import Answer
from members.actions.webhooks import send_webhooks
from members.models import Subscription, WebhookMessage

TOLD = {"name": "Our system", "url": "https://shop.example/hook", "events": ["order.recorded"]}


@pytest.fixture
def made(shop: APIClient) -> dict[str, Any]:
    return dict(shop.post("/api/v1/webhooks/", TOLD, format="json").json())


def call(shop: APIClient, made: dict[str, Any], deed: str) -> Any:
    return shop.post(f"/api/v1/webhooks/{made['id']}/{deed}/", {}, format="json")


def page(shop: APIClient, made: dict[str, Any], query: str = "") -> list[dict[str, Any]]:
    return list(shop.get(f"/api/v1/webhooks/{made['id']}/messages/{query}").json()["results"])


def test_a_secret_is_told_when_it_is_made_and_never_again(shop: APIClient, made: dict[str, Any]) -> None:
    assert made["secret"] == Subscription.objects.get().secret
    assert made["secret"].startswith("whsec_")
    for path in ("/api/v1/webhooks/", f"/api/v1/webhooks/{made['id']}/"):
        assert made["secret"] not in shop.get(path).content.decode()
    told = shop.get(f"/api/v1/webhooks/{made['id']}/").json()
    assert told == {
        **TOLD,
        "id": made["id"],
        "is_on": True,
        "is_given_up": False,
        "created_at": told["created_at"],
    }


@pytest.mark.parametrize(
    ("wrong", "status", "problem"),
    [
        ({"url": "http://shop.example/"}, 422, "url_is_not_https"),
        ({"url": "https://"}, 422, "url_is_not_valid"),
        ({"events": ["Order!"]}, 400, "not_valid"),
        ({"name": ""}, 400, "not_valid"),
    ],
)
def test_what_cannot_be_called_is_refused(
    shop: APIClient, wrong: dict[str, Any], status: int, problem: str
) -> None:
    answer = shop.post("/api/v1/webhooks/", {**TOLD, **wrong}, format="json")
    assert (answer.status_code, answer.json()["type"]) == (status, f"/problems/{problem}")
    assert not Subscription.objects.exists()


def test_a_name_is_used_once(shop: APIClient, made: dict[str, Any]) -> None:
    answer = shop.post("/api/v1/webhooks/", TOLD, format="json")
    assert (answer.status_code, answer.json()["detail"]) == (
        422,
        "There is a webhook called Our system already.",
    )


def test_what_is_left_out_of_a_change_stays_as_it_is(shop: APIClient, made: dict[str, Any]) -> None:
    path = f"/api/v1/webhooks/{made['id']}/"
    told = shop.patch(path, {"is_on": False}, format="json").json()
    assert (told["is_on"], told["url"], told["events"]) == (False, TOLD["url"], TOLD["events"])
    told = shop.patch(path, {"is_on": True, "events": []}, format="json").json()
    assert (told["is_on"], told["events"], told["name"]) == (True, [], TOLD["name"])


def test_an_ended_webhook_is_gone_with_its_messages_and_twice_is_once(
    shop: APIClient, made: dict[str, Any]
) -> None:
    call(shop, made, "test")
    for _ in range(2):
        assert shop.delete(f"/api/v1/webhooks/{made['id']}/").status_code == 204
    assert (Subscription.objects.count(), WebhookMessage.objects.count()) == (0, 0)


def test_a_new_secret_is_told_and_the_former_one_holds_for_a_day(
    shop: APIClient, made: dict[str, Any]
) -> None:
    rotated = call(shop, made, "rotate-secret").json()
    row = Subscription.objects.get()
    assert rotated["secret"] == row.secret != made["secret"]
    assert row.secrets_at(timezone.now()) == [row.secret, made["secret"]]


def test_a_test_message_is_sent_seen_and_sent_again_under_the_same_id(
    shop: APIClient, made: dict[str, Any]
) -> None:
    answer = call(shop, made, "test")
    assert (answer.status_code, answer.json()["event"]) == (202, "webhook.test")
    now = timezone.now()
    send_webhooks(now=now, caller=lambda call, at: Answer(204))
    [message] = page(shop, made)
    assert (message["state"], message["status"], message["attempts"]) == ("delivered", 204, 1)
    assert [len(page(shop, made, f"?state={state}")) for state in ("delivered", "failed")] == [1, 0]
    again = call(shop, made, f"messages/{message['id']}/replay")
    assert (again.status_code, again.json()["state"]) == (202, "waiting")
    assert again.json()["webhook_id"] == message["webhook_id"]


def test_a_message_of_another_webhook_is_not_found(shop: APIClient, made: dict[str, Any]) -> None:
    other = shop.post("/api/v1/webhooks/", {**TOLD, "name": "Other"}, format="json").json()
    message = call(shop, other, "test").json()
    answer = call(shop, made, f"messages/{message['id']}/replay")
    assert (answer.status_code, answer.json()["type"]) == (404, "/problems/webhook_message_not_found")
