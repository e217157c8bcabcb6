"""What a shop asks most, ``quotes/`` and a member's points, against the least view that answers from the same rows."""

from statistics import median

from tests.benchmarks.club import new_club
from tests.benchmarks.orders import CLUB, FLOOR, MEMBERS, told
from tests.benchmarks.serving import Load, served
from tests.benchmarks.table import Row, of_pairs

ORDERS = 100_000  # so that members have points, and a history that nobody reads
CALLS = {"quotes": "POST quotes/", "points": "GET members/{number}/points/"}


def run(*, seconds: float, pairs: int) -> list[Row]:
    with (
        new_club(members=MEMBERS, orders=ORDERS) as club,
        served(CLUB, club) as ours,
        served(FLOOR, club) as floor,
    ):
        rows = []
        for call, name in CALLS.items():
            for server in (ours, floor):
                server.call(seconds / 2, call)
            loads = [(floor.call(seconds, call), ours.call(seconds, call)) for _ in range(pairs)]
            least, endpoint = (list(column) for column in zip(*loads, strict=True))
            rows += [
                Row(f"{name}, the least DRF view", told(least), "1"),
                Row(
                    name,
                    told(endpoint),
                    of_pairs([one.per_second for one in endpoint], [one.per_second for one in least]),
                ),
                Row("its p99 : p99 of the least view", "", f"{p99(endpoint) / p99(least):.2f}"),
            ]
    return rows


def p99(loads: list[Load]) -> float:
    return median(one.p99 for one in loads)
