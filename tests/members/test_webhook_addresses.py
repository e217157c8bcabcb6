"""A call to a webhook goes where the merchant meant it to go, and never into our own house."""

import socket
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import override_settings

from members import actions
from members.actions import webhook_calls
from members.actions.webhook_calls import Call, checked_url, is_public, make_call
from members.models import WebhookMessage
from tests.loyalty.connectors.payloads import sample
from tests.make import NOON
from tests.members.receiver import Receiver, happen, listening, subscribe

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
VECTORS = [one for one in sample("webhook_vectors.json") if one["scheme"] == "standard-webhooks"]
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    settings.WEBHOOKS_MAY_BE_LOCAL = True
    with listening() as found:
        yield found


HOME = ["127.0.0.1", "10.0.0.1", "192.168.1.1", "172.16.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.1",
        "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1%eth0", "fc00::1", "ff02::1", "::ffff:127.0.0.1",
        "::ffff:169.254.169.254", "2002:7f00:1::", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe"]  # fmt: skip


@pytest.mark.parametrize("address", HOME)
def test_an_address_at_home_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1::1", "64:ff9b::5db8:d822"])
def test_an_address_of_the_open_internet_is(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("http://shop.example/hook", "url_is_not_https"),
        ("ftp://shop.example/hook", "url_is_not_https"),
        ("file:///etc/passwd", "url_is_not_valid"),
        ("https://", "url_is_not_valid"),
        ("https://boss:word@shop.example/", "url_is_not_valid"),
        ("https://shop.example:99999/", "url_is_not_valid"),
        ("https://[::1/", "url_is_not_valid"),
        ("https://shop.example/\r\nX-Evil: 1", "url_is_not_valid"),
        ("https://åland.example/", "url_is_not_valid"),
    ],
)
def test_an_address_that_may_not_be_called_is_refused_when_it_is_entered(url: str, key: str) -> None:
    with pytest.raises(actions.UnableToSubscribe) as refused:
        subscribe(url)
    assert refused.value.key == key
    assert checked_url("https://shop.example:8443/hook?x=1").port == 8443


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "0x7f000001", "2130706433"]
)
def test_a_call_home_is_never_made(host: str) -> None:
    answer = make_call(Call(f"https://{host}/", "msg_1", "{}", (SECRET,)), NOON)
    assert (answer.status, answer.error) == (None, "address_is_not_public")


def test_every_address_of_a_name_is_checked_and_the_checked_one_is_called(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked, called = [], []

    def resolve(host: str, port: int, **options: Any) -> list[Any]:
        asked.append(host)
        return [(0, 0, 0, "", (one, port)) for one in addresses]

    def connect(address: tuple[str, int], timeout: float) -> socket.socket:
        called.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    monkeypatch.setattr(socket, "create_connection", connect)
    call = Call("https://shop.example/", "msg_1", "{}", (SECRET,))
    addresses = ["93.184.216.34", "169.254.169.254"]
    assert make_call(call, NOON).error == "address_is_not_public"
    addresses = ["93.184.216.34", "93.184.216.35"]
    assert make_call(call, NOON).error == "ConnectionRefusedError"
    assert (asked, called) == (["shop.example"] * 2, [("93.184.216.34", 443)])


def test_a_redirect_is_not_followed(receiver: Receiver) -> None:
    with listening() as elsewhere:
        subscribe(receiver.url)
        happen()
        receiver.status, receiver.headers = 302, {"Location": elsewhere.url}
        actions.send_webhooks(now=NOON)
        assert (elsewhere.heard, WebhookMessage.objects.get().status) == ([], 302)
    assert WebhookMessage.objects.get().state == "waiting"


def test_an_answer_that_drips_for_ever_is_cut_off(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook_calls, "SECONDS_TO_ANSWER", 1)
    receiver.drips = True
    answer = make_call(Call(receiver.url, "msg_1", "{}", (SECRET,)), NOON)
    assert (answer.status, answer.error) == (None, "TimeoutError")


def test_plain_http_is_for_a_developers_own_machine_only(receiver: Receiver) -> None:
    with override_settings(WEBHOOKS_MAY_BE_LOCAL=False):
        answer = make_call(Call(receiver.url, "msg_1", "{}", (SECRET,)), NOON)
    assert (answer.error, receiver.heard) == ("url_is_not_https", [])
