"""The seven profiles, counted and listed, against the same questions written by hand; and how that grows."""

import json
from math import log10
from statistics import median
from typing import Any

from tests.benchmarks.club import SQL, BenchmarkFailed, Club, new_club
from tests.benchmarks.filling import fill
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
SMALLER = 10
Told = dict[str, Any]


def run(*, members: int, pairs: int) -> list[Row]:
    """At ``members``, and at a tenth of them for the growth."""
    small, large = at_size(members // SMALLER, pairs), at_size(members, pairs)
    filled = Row(f"{members:,} members with all they did, filled in", f"{large['filled']:.0f} s")
    return [filled, *rows_of(small, large)]


def rows_of(small: Told, large: Told) -> list[Row]:
    rows = [
        Row("totals of all members, counted", f"{large['all_totals'] / 1000:.1f} s"),
        growth("totals of all members", [small["all_totals"]], [large["all_totals"]], "<= 1.25"),
        Row("totals of 10,000 members, counted anew", f"{large['noted'] / 1000:.2f} s"),
    ]
    for name, before, told in zip(NAMES, small["profiles"], large["profiles"], strict=True):
        rows += [
            against(f"{name}: count ({told['members']:,})", told, "count", "by_hand", "<= 1.30, < 1 s at 1M"),
            *on_totals(name, told, "count", "<= 1.50"),
            against(f"{name}: list", told, "list", "by_hand", "<= 1.30"),
            *on_totals(name, told, "list", "<= 2.00"),
            growth(f"{name}: count", before["count"], told["count"], "<= 1.0"),
            growth(f"{name}: list", before["list"], told["list"], "<= 1.0"),
        ]
    return rows


def on_totals(name: str, told: Told, what: str, target: str) -> list[Row]:
    """Only where totals tell it, there is such a floor."""
    floor = f"{what}_on_totals"
    return (
        [against(f"{name}: {what}, by hand on totals", told, what, "on_totals", target)]
        if floor in told
        else []
    )


def against(name: str, told: Told, what: str, floor: str, target: str) -> Row:
    ours, theirs = told[what], told[f"{what}_{floor}"]
    figure = f"{median(ours):.0f} ms (slowest {max(ours):.0f}), by hand {median(theirs):.0f} ms"
    return Row(name, figure, of_pairs(ours, theirs), target)


def growth(name: str, small: list[float], large: list[float], target: str) -> Row:
    exponent = log10(median(large) / median(small)) / log10(SMALLER)
    return Row(f"{name}: growth from a tenth", f"exponent {exponent:.2f}", "", target)


def at_size(members: int, pairs: int) -> Told:
    with new_club(members=members, suffix="_segments") as club:
        script = (SQL / "segments.sql").read_text().format(members=members)
        seconds = seconds_of(lambda: fill(club.database_url, script))
        return asked(club, pairs) | {"filled": seconds}


def asked(club: Club, pairs: int) -> Told:
    done = python("-m", "tests.benchmarks.asking", str(pairs), settings=club.settings)
    if done.returncode:
        raise BenchmarkFailed(f"asking: {done.stdout}{done.stderr}")
    told: Told = json.loads(done.stdout)
    return told
