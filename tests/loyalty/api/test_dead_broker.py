"""The truth is in the tables: a broker that is away costs the shop nothing, not even time."""

import socket
from collections.abc import Iterator

import pytest

from config.celery import app
from members import tasks
from members.models import Activity
from tests.loyalty.api import make


@pytest.fixture
def silent_broker(monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    """Takes connections and never says a word: the worst way to be away."""
    with socket.create_server(("127.0.0.1", 0)) as server, monkeypatch.context() as patched:
        server.settimeout(30)
        url = f"redis://127.0.0.1:{server.getsockname()[1]}/0"
        for name in ("broker_url", "broker_write_url"):
            patched.setattr(app.conf, name, url)
        patched.setattr(app, "_pool", None)
        patched.setattr(app.amqp, "_producer_pool", None)
        patched.setattr(tasks, "_nudger", tasks.Nudger())
        yield server


@pytest.mark.django_db(transaction=True)
def test_an_order_is_answered_while_the_broker_is_silent(silent_broker: socket.socket) -> None:
    make.programme(make.AT_ONCE)
    shop = make.client()
    for number in ("1", "2"):
        answer = shop.post("/api/v1/orders/", make.order(number, "2025-05-01T10:00:00Z"), format="json")
        assert answer.status_code == 201
    asked, _address = silent_broker.accept()  # somebody is waiting for the broker, and it was not the shop
    assert Activity.objects.undelivered().count() == 2
    asked.close()
