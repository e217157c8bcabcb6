"""Taking in a shop's past: ``manage.py import_orders`` from start to end."""

import csv
import random
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.benchmarks.club import Club, new_club, settings_in
from tests.benchmarks.table import Row

ORDERS = 40_000
WORKERS = 2
LINES = 3
MEMBERS = 2_000
MAP = """\
source: past
columns: {number: number, placed_at: placed_at, member: member, sku: sku, quantity: quantity, unit_price: unit_price}
"""


def run(*, orders: int = ORDERS) -> list[Row]:
    with TemporaryDirectory() as folder:
        file, columns = Path(folder) / "past.csv", Path(folder) / "past.yaml"
        columns.write_text(MAP)
        write_past(file, orders)

        def take_in(club: Club, workers: int) -> float:
            told = [str(file), "--map", str(columns), "--rejects", f"{file}.rejects.csv"]
            return seconds_of(lambda: club.manage("import_orders", *told, "--workers", str(workers)))

        on_sqlite = take_in(club_on_sqlite(Path(folder)), 1)
        with new_club(members=1) as club:
            alone = take_in(club, 1)
        with new_club(members=1) as club:
            together = take_in(club, WORKERS)
            club.prove_laws()
    return [
        Row(
            f"{orders:,} orders of {LINES} lines, PostgreSQL, {WORKERS} workers",
            f"{orders / together:.0f} orders/s",
            f"{alone / together:.2f} of one worker",
            ">= 2,000/s",
        ),
        Row("the same, one worker", f"{orders / alone:.0f} orders/s"),
        Row("the same, SQLite", f"{orders / on_sqlite:.0f} orders/s"),
        Row("laws of the ledger afterwards", "hold"),
    ]


def seconds_of(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def club_on_sqlite(folder: Path) -> Club:
    club = Club(settings_in(folder, f"sqlite:///{folder / 'club.sqlite3'}"), 0)
    club.manage("migrate", "--verbosity", "0")
    club.manage("programme", "import", "duvan", "--name", "Duvan")
    club.manage("programme", "publish", "Duvan", "--from", "2024-01-01")
    return club


def write_past(file: Path, orders: int) -> None:
    """A year of receipts, of ``MEMBERS`` members, in the order of time."""
    chance = random.Random(1)
    step = timedelta(days=365) / orders
    with file.open("w", newline="") as text:
        rows = csv.writer(text)
        rows.writerow(["number", "placed_at", "member", "sku", "quantity", "unit_price"])
        for number in range(orders):
            at = (datetime(2024, 6, 1, 9) + number * step).isoformat(timespec="seconds")  # noqa: DTZ001 - local
            member = chance.randrange(MEMBERS)
            for line in range(LINES):
                price = f"{chance.randrange(1_000, 90_000) / 100:.2f}"
                rows.writerow([f"P-{number}", at, member, f"A-{line}", 1, price])
