"""``POST /api/v1/orders/`` against the least that writes the same rows."""

import json
import re
import subprocess
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from tempfile import NamedTemporaryFile

from tests.benchmarks.club import SQL, BenchmarkFailed, Club, new_club, program
from tests.benchmarks.serving import CALLERS, Load, served
from tests.benchmarks.table import Row, of_pairs
from tests.config.programs import python

CLUB = "config.wsgi:application"
FLOOR = "tests.benchmarks.floor:application"
MEMBERS = 50_000
RICHEST = ("s_gruppen", "dsw")  # most meters, rules and conversions, and tiers that look back
LINES = [
    {
        "ref": str(ref),
        "quantity": 1,
        "gross_ore": 30_000,
        "sku": f"A-{ref}",
        "name": "Lampa",
        "category": "home/light",
    }
    for ref in (1, 2, 3)
]


def run(*, seconds: float, pairs: int) -> list[Row]:
    """The endpoint with Duvan's rules and with those of the presets that count most at each order."""
    return [
        *under("duvan", seconds=seconds, pairs=pairs),
        *(row for preset in RICHEST for row in under(preset, seconds=seconds, pairs=pairs)[3:]),
    ]


def under(preset: str, *, seconds: float, pairs: int) -> list[Row]:
    with (
        new_club(members=MEMBERS, preset=preset) as club,
        served(CLUB, club) as ours,
        served(FLOOR, club) as floor,
    ):
        statements = statements_of(club)
        for server in (ours, floor):
            server.call(seconds / 2)
        rounds = [
            (statement_rate(club, seconds), floor.call(seconds), ours.call(seconds)) for _ in range(pairs)
        ]
        club.prove_laws()
    sql, view, endpoint = (list(column) for column in zip(*rounds, strict=True))
    return rows_of(preset, sql, view, endpoint, statements)


def rows_of(
    preset: str, sql: Sequence[float], view: Sequence[Load], ours: Sequence[Load], statements: int
) -> list[Row]:
    rates = [load.per_second for load in ours]
    floors = [load.per_second for load in view]
    return [
        Row("one statement, pgbench -M prepared", f"{median(sql):.0f}/s", "1"),
        Row("the least DRF view (2 statements)", told(view), f"{of_pairs(floors, sql)} of pgbench"),
        Row("POST orders/", told(ours), f"{of_pairs(rates, sql)} of pgbench"),
        Row(f"POST orders/ ({preset}) : the least DRF view", "", of_pairs(rates, floors), ">= 0.50"),
        Row(
            "its p99 : p99 of the least view",
            "",
            of_pairs([load.p99 for load in ours], [load.p99 for load in view]),
            "<= 2.5",
        ),
        Row("statements of one POST orders/", str(statements), "", "<= 6"),
        Row("laws of the ledger afterwards", "hold"),
    ]


def told(loads: Sequence[Load]) -> str:
    rate, p50, p90, p99 = (
        median(getattr(load, name) for load in loads) for name in ("per_second", "p50", "p90", "p99")
    )
    return f"{rate:.0f}/s, p50/p90/p99 {p50:.1f}/{p90:.1f}/{p99:.1f} ms"


def statement_rate(club: Club, seconds: float) -> float:
    """Orders a second that the database itself takes, with as many clients as the endpoint has callers."""
    script = (SQL / "record_order.sql").read_text().replace(":lines", f"'{json.dumps(LINES)}'")
    head = f"\\set member random(1, {club.members})\n\\set number random(1, 4000000000000000000)\n"
    with NamedTemporaryFile("w", suffix=".sql") as file:
        file.write(head + script + ";\n")
        file.flush()
        return pgbench(Path(file.name), club.database_url, seconds)


def pgbench(script: Path, database_url: str, seconds: float) -> float:
    options = ["-n", "-M", "prepared", "-c", str(CALLERS), "-j", "2", "-T", str(max(1, round(seconds)))]
    done = subprocess.run(
        [program("pgbench", "postgresql-contrib"), *options, "-f", str(script), database_url],
        capture_output=True,
        text=True,
        check=False,
    )
    rate = re.search(r"^tps = ([\d.]+)", done.stdout, re.MULTILINE)
    if done.returncode or rate is None:
        raise BenchmarkFailed(done.stdout + done.stderr)
    return float(rate[1])


def statements_of(club: Club) -> int:
    """How many statements one order takes, BEGIN and COMMIT included, in a process that has taken one before."""
    done = python("-m", "tests.benchmarks.statements", club.api_key, settings=club.settings)
    if done.returncode:
        raise BenchmarkFailed(done.stdout + done.stderr)
    return int(done.stdout.splitlines()[-1])
