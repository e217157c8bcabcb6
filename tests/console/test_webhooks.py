"""Staff say who is told what happens, see how it went, and send it again."""

import re
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from members import actions
from members.actions.webhook_calls import Answer
from members.models import Subscription, WebhookMessage
from tests.console import seed
from tests.console.conftest import browser

pytestmark = pytest.mark.django_db
ADD = reverse("admin:members_subscription_add")
LOG = reverse("admin:members_webhookmessage_changelist")


def subscription() -> Subscription:
    return actions.subscribe(
        name="The till", url="https://till.example/", events=[], now=timezone.now(), actor="test"
    )


def page_of(row: Subscription) -> str:
    return reverse("admin:members_subscription_change", args=[row.pk])


def text(client: Client, page: str) -> str:
    return re.sub(r"\s+", " ", client.get(page).content.decode())


def secrets_in(page: str) -> list[str]:
    return re.findall(r"whsec_[\w+/=]{44}", page)


def test_a_webhook_is_made_with_a_secret_that_is_shown_once(owner: Client) -> None:
    form = {
        "name": "The till",
        "url": "https://till.example/hook",
        "events": ["order.recorded"],
        "_continue": "1",
    }
    saved = owner.post(ADD, form, follow=True).content.decode()
    row = Subscription.objects.get()
    assert (row.url, row.events) == ("https://till.example/hook", ["order.recorded"])
    assert secrets_in(saved) == [row.secret]
    assert secrets_in(text(owner, page_of(row))) == []


def test_an_address_that_may_not_be_called_is_refused_at_its_field(owner: Client) -> None:
    answer = owner.post(ADD, {"name": "Home", "url": "http://127.0.0.1/"}).content.decode()
    assert "The address must begin with https://." in answer
    assert (
        "This is no address that can be called."
        in owner.post(ADD, {"name": "x", "url": "https://"}).content.decode()
    )
    assert not Subscription.objects.exists()


def test_a_secret_is_changed_and_the_former_one_signs_along(owner: Client) -> None:
    row = subscription()
    rotate = reverse("admin:members_subscription_rotate", args=[row.pk])
    token = owner.get(rotate).context["token"]
    shown = owner.post(rotate, {"confirm": token}, follow=True).content.decode()
    changed = Subscription.objects.get()
    assert (changed.former_secret, secrets_in(shown)) == (row.secret, [changed.secret])


def test_a_webhook_that_was_given_up_stands_on_the_home_until_it_is_switched_on(owner: Client) -> None:
    row = subscription()
    actions.send_test_webhook(subscription=row, now=timezone.now())
    actions.send_webhooks(now=timezone.now(), caller=lambda call, at: Answer(410))
    told = "The webhook The till was switched off: its receiver answers no more."
    assert told in text(owner, reverse("admin:index"))
    owner.post(page_of(row), {"name": "The till", "url": row.url, "is_on": "on"})
    assert told not in text(owner, reverse("admin:index"))


def test_a_test_is_sent_seen_in_the_log_and_sent_again(owner: Client) -> None:
    row = subscription()
    test = reverse("admin:members_subscription_test", args=[row.pk])
    assert owner.get(test).status_code == 403
    assert owner.post(test).headers["Location"] == f"{LOG}?subscription__id__exact={row.pk}"
    actions.send_webhooks(now=timezone.now(), caller=lambda call, at: Answer(500))
    message = WebhookMessage.objects.get()
    page = text(owner, reverse("admin:members_webhookmessage_change", args=[message.pk]))
    assert message.webhook_id in page
    assert "webhook.test" in page
    replay = reverse("admin:members_webhookmessage_replay", args=[message.pk])
    owner.post(replay, {"confirm": owner.get(replay).context["token"]})
    message.refresh_from_db()
    assert (message.state, message.attempts) == ("waiting", 0)


def test_staff_without_the_right_see_and_do_nothing_here(owner: Client) -> None:
    row = subscription()
    message = actions.send_test_webhook(subscription=row, now=timezone.now())
    cashier = seed.make_staff()
    cashier.user_permissions.add(Permission.objects.get(codename="view_member"))
    client: Any = browser(cashier)
    pages = [
        page_of(row), LOG, reverse("admin:members_subscription_rotate", args=[row.pk]),
        reverse("admin:members_webhookmessage_replay", args=[message.pk]),
    ]  # fmt: skip
    assert [client.get(page).status_code for page in pages] == [403] * 4
    assert client.post(reverse("admin:members_subscription_test", args=[row.pk])).status_code == 403
