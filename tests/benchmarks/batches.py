"""What one of a thousand told at once costs, against one told by itself."""

import json
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from http.client import HTTPConnection
from itertools import count
from typing import Any

from tests.benchmarks.club import BenchmarkFailed, new_club
from tests.benchmarks.orders import CLUB
from tests.benchmarks.serving import Server, served
from tests.benchmarks.table import Row, of_pairs

MEMBERS = 50_000
SINGLES = 300
BATCH = 1_000
PRESET = "dsw"  # donated shoes give points there
Thing = dict[str, Any]


def run(*, pairs: int) -> list[Row]:
    with new_club(members=MEMBERS, preset=PRESET) as club, served(CLUB, club) as server:
        rows = [
            *compared(server, "activities", an_act, pairs),
            *compared(server, "products", a_product, pairs),
        ]
        club.prove_laws()
    return [*rows, Row("laws of the ledger afterwards", "hold")]


def compared(server: Server, what: str, thing: Callable[[int], Thing], pairs: int) -> list[Row]:
    numbers = count(1)
    caller = Caller(server)
    caller.post(what, [thing(next(numbers))])
    rounds = [
        (
            caller.rate(what, [[thing(next(numbers))] for _ in range(SINGLES)]),
            caller.rate(what, [[thing(next(numbers)) for _ in range(BATCH)]]),
        )
        for _ in range(pairs)
    ]
    single, batch = (list(column) for column in zip(*rounds, strict=True))
    return [
        Row(f"{what}, one by one", f"{sorted(single)[len(single) // 2]:.0f}/s", "1"),
        Row(
            f"{what}, {BATCH:,} at a time",
            f"{sorted(batch)[len(batch) // 2]:.0f}/s",
            of_pairs(batch, single),
            ">= 10",
        ),
    ]


class Caller:
    """One caller on one connection, as a shop's server is."""

    def __init__(self, server: Server) -> None:
        self.connection = HTTPConnection("127.0.0.1", server.port)
        self.headers = {
            "Authorization": f"Bearer {server.club.api_key}",
            "Content-Type": "application/json",
            "X-Forwarded-Proto": "https",
        }

    def rate(self, what: str, calls: Sequence[Sequence[Thing]]) -> float:
        """Things a second, of one call after the other."""
        began = time.perf_counter()
        for things in calls:
            self.post(what, things)
        return sum(map(len, calls)) / (time.perf_counter() - began)

    def post(self, what: str, things: Sequence[Thing]) -> None:
        path, body = WAYS[what](things)
        self.connection.request("POST", f"/api/v1/{path}", json.dumps(body), self.headers)
        answer = self.connection.getresponse()
        told = answer.read()
        if answer.status not in (200, 201):
            raise BenchmarkFailed(f"{path}: {answer.status} {told.decode()}")


def an_act(number: int) -> Thing:
    return {
        "number": f"act-{number}",
        "kind": "shoe_donation",
        "occurred_at": datetime.now(UTC).isoformat(),
        "member": {"number": f"{number % MEMBERS + 1:010}"},
    }


def a_product(number: int) -> Thing:
    return {"sku": f"A-{number}", "name": f"Lampa {number}", "brand": "Ljus"}


def told_activities(acts: Sequence[Thing]) -> tuple[str, Any]:
    return ("activities/", acts[0]) if len(acts) == 1 else ("activities/batch/", {"activities": acts})


# A product by itself is a batch of one: there is no other way to tell of it.
WAYS: dict[str, Callable[[Sequence[Thing]], tuple[str, Any]]] = {
    "activities": told_activities,
    "products": lambda products: ("products/", {"products": products}),
}
