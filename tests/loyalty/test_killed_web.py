"""The web process killed in the middle of orders: whole orders or none, and every key can be sent again."""

import json
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import pytest
from django.utils import timezone

from loyalty import actions
from loyalty.models import Entry
from members.models import Activity, Member, Order, OrderLine
from tests.config.programs import free_port
from tests.loyalty.api import make
from tests.loyalty.web import PATIENCE, kill, web

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]

ORDERS = 120
CLIENTS = 6


class Shop:
    """Sends each order under a key of its own, and remembers which were answered."""

    def __init__(self, port: int, member: Member, key: str) -> None:
        self.address = f"http://127.0.0.1:{port}/api/v1/orders/"
        self.member, self.key, self.at = member, key, timezone.now().isoformat()
        self.answered: set[int] = set()

    def send(self, number: int) -> int:
        told = make.order(f"n{number}", self.at, make.line(100), member={"number": self.member.number})
        headers = {
            "Authorization": f"Bearer {self.key}",
            "Content-Type": "application/json",
            "Idempotency-Key": f"key-{number}",
        }
        call = urllib.request.Request(self.address, json.dumps(told).encode(), headers)  # noqa: S310 - our own
        try:
            with urllib.request.urlopen(call, timeout=PATIENCE) as answer:  # noqa: S310
                status = int(answer.status)
        except urllib.error.HTTPError as error:
            status = error.code
        except (OSError, ValueError):
            return 0
        if status == 201:
            self.answered.add(number)
        return status

    def send_until_answered(self, number: int, stopped: Event) -> int:
        while not stopped.wait(0.05):
            if status := self.send(number):
                return status
        return 0


def whole_or_none() -> int:
    """How many orders there are; each has its line, its points and its activities."""
    numbers = set(Order.objects.values_list("number", flat=True))
    facts: dict[str, Any] = {
        "lines": set(OrderLine.objects.values_list("order__number", flat=True)),
        "points": set(Entry.objects.filter(kind="earn").values_list("order__number", flat=True)),
    }
    assert facts == {"lines": numbers, "points": numbers}
    assert Activity.objects.filter(kind="order.recorded").count() == len(numbers)
    return len(numbers)


def test_orders_are_whole_or_not_there_after_a_kill_and_every_key_works_again() -> None:
    make.programme({**make.QUARTERLY, "life": {}})
    anna = make.member()
    _row, key = make.api_key()
    port, stopped = free_port(), Event()
    shop = Shop(port, anna, key)
    with web(port) as server, ThreadPoolExecutor(CLIENTS) as clients:
        assert shop.send_until_answered(0, stopped) == 201
        calls = [clients.submit(shop.send, number) for number in range(1, ORDERS)]
        while Order.objects.count() < ORDERS // 4 and server.poll() is None:
            stopped.wait(0.01)
        kill(server)
        assert len(calls) == ORDERS - 1
    answered = set(shop.answered)
    assert 0 < whole_or_none() < ORDERS
    assert {f"n{number}" for number in answered} <= set(Order.objects.values_list("number", flat=True))
    with web(port), ThreadPoolExecutor(CLIENTS) as clients:
        again = list(clients.map(lambda number: shop.send_until_answered(number, stopped), range(ORDERS)))
    assert again == [201] * ORDERS
    assert whole_or_none() == ORDERS
    assert sum(Entry.objects.filter(meter="points").values_list("amount", flat=True)) == ORDERS * 100
    _check, proofs = actions.check_ledger(now=timezone.now())
    assert [proof.law for proof in proofs if proof.breaks] == []
