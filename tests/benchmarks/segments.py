"""The seven profiles, counted and listed, against the same questions written by hand; and how that grows."""

import json
from math import log
from statistics import median
from typing import Any

from tests.benchmarks.club import BenchmarkFailed, Club, new_club
from tests.benchmarks.imports import seconds_of
from tests.benchmarks.table import Row, of_pairs
from tests.config.programs import python

NAMES = (
    "1 repeat purchase in 90 days",
    "2 never bought",
    "3 three orders, two returned",
    "4 one order above 800 kr",
    "5 viewed, never bought",
    "6 two areas, clicked on news",
    "7 ambassador",
)
Told = dict[str, Any]


def run(*, members: int, pairs: int) -> list[Row]:
    """At ``members``, and at a tenth of them for the growth."""
    small, _seconds = at_size(members // 10, pairs)
    large, seconds = at_size(members, pairs)
    rows = [Row(f"{members:,} members with all they did, filled in", f"{seconds:.0f} s")]
    for name, before, told in zip(NAMES, small, large, strict=True):
        grown = log(median(told["count"]) / median(before["count"]), 10)
        rows += [
            compared(f"{name}: count ({told['members']:,})", told["count"], told["count_by_hand"]),
            compared(f"{name}: list", told["list"], told["list_by_hand"]),
            Row(f"{name}: growth of the count", f"exponent {grown:.2f}", "", "<= 1.0"),
        ]
    return rows


def compared(what: str, ours: list[float], by_hand: list[float]) -> Row:
    figure = f"{median(ours):.0f} ms, by hand {median(by_hand):.0f} ms"
    return Row(what, figure, of_pairs(ours, by_hand), "<= 1.30, < 1 s at 1M")


def at_size(members: int, pairs: int) -> tuple[list[Told], float]:
    with new_club(members=members, suffix="_segments") as club:
        seconds = seconds_of(lambda: club.execute("segments.sql", members=members))
        return asked(club, pairs), seconds


def asked(club: Club, pairs: int) -> list[Told]:
    done = python("-m", "tests.benchmarks.asking", str(pairs), settings=club.settings)
    if done.returncode:
        raise BenchmarkFailed(f"asking: {done.stdout}{done.stderr}")
    told: list[Told] = json.loads(done.stdout)
    return told
