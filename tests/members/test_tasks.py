from typing import Any

import pytest
from kombu.exceptions import OperationalError
from rest_framework.test import APIClient

from config.celery import app
from members import tasks
from members.models import Activity, Member, StoredAnswer
from tests.make import NOON, make_activity, make_api_key
from tests.members.api.conftest import calling_with

pytestmark = pytest.mark.django_db


def test_the_task_delivers_what_is_due(alice: Member) -> None:
    activity = make_activity("order.recorded", alice)
    tasks.deliver_activities()
    activity.refresh_from_db()
    assert activity.delivered_at is not None


def test_the_task_forgets_old_answers() -> None:
    row, _key = make_api_key()
    StoredAnswer.objects.create(api_key=row, key="old", fingerprint="", status=200, body={}, answered_at=NOON)
    tasks.forget_answers()
    assert StoredAnswer.objects.count() == 0


def nudges(sent: Any) -> int:
    return sum(callback.args == (tasks.deliver_activities,) for callback in sent)


def test_a_write_has_its_activities_delivered_and_a_read_or_refusal_has_not(
    django_capture_on_commit_callbacks: Any,
) -> None:
    shop = calling_with(make_api_key()[1])
    with django_capture_on_commit_callbacks() as sent:
        shop.post("/api/v1/members/", {"phone": "0701234567"}, format="json")
    assert nudges(sent) == 1
    with django_capture_on_commit_callbacks() as sent:
        shop.get("/api/v1/members/")
        shop.post("/api/v1/members/", {"phone": "12"}, format="json")
        APIClient().post("/api/v1/members/", {}, format="json")
    assert nudges(sent) == 0


def test_a_broker_that_is_down_does_not_refuse_the_shop(
    django_capture_on_commit_callbacks: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = calling_with(make_api_key()[1])
    with monkeypatch.context() as patched:
        patched.setattr(app.conf, "broker_url", "redis://127.0.0.1:1/0")
        patched.setattr(app.conf, "broker_write_url", "redis://127.0.0.1:1/0")
        patched.setattr(app, "_pool", None)
        patched.setattr(app.amqp, "_producer_pool", None)
        with pytest.raises(OperationalError, match=r"127\.0\.0\.1:1"), app.connection_for_write() as dead:
            dead.ensure_connection(max_retries=1, timeout=1)
        with django_capture_on_commit_callbacks(execute=True):
            response = shop.post("/api/v1/members/", {"phone": "0701234567"}, format="json")
    assert response.status_code == 201
    assert Activity.objects.get().delivered_at is None
