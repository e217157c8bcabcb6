"""``python -m tests.benchmarks``: run some or all of them and print their tables."""

import os
import platform
import subprocess
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from datetime import UTC, datetime

from tests.benchmarks import batches, due, engine, growth, imports, mail, orders, reads, segments, trial
from tests.benchmarks.club import BenchmarkFailed
from tests.benchmarks.table import Row, written

BENCHMARKS: dict[str, Callable[[Namespace], list[Row]]] = {
    "engine": lambda asked: engine.run(),
    "orders": lambda asked: orders.run(seconds=asked.seconds, pairs=asked.pairs),
    "reads": lambda asked: reads.run(seconds=asked.seconds, pairs=asked.pairs),
    "growth": lambda asked: growth.run(seconds=asked.seconds, pairs=asked.pairs),
    "batches": lambda asked: batches.run(pairs=asked.pairs),
    "import": lambda asked: imports.run(),
    "mail": lambda asked: mail.run(pairs=asked.pairs),
    "due": lambda asked: due.run(),
    "trial": lambda asked: trial.run(),
    "segments": lambda asked: segments.run(members=asked.members, pairs=asked.pairs),
}


def main(arguments: list[str]) -> None:
    asked = parsed(arguments)
    sys.stdout.write(f"{machine()}\n\n")
    for name in asked.names or BENCHMARKS:
        try:
            rows = BENCHMARKS[name](asked)
        except BenchmarkFailed as failed:
            raise SystemExit(f"{name}: {failed}") from failed
        sys.stdout.write(written(name, rows) + "\n")
        sys.stdout.flush()


def parsed(arguments: list[str]) -> Namespace:
    parser = ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument(
        "names", nargs="*", metavar="name", help=f"of {', '.join(BENCHMARKS)}; all when left out"
    )
    parser.add_argument("--seconds", type=float, default=4, help="how long each run of calls lasts (4)")
    parser.add_argument("--pairs", type=int, default=3, help="how often club and floor take turns (3)")
    parser.add_argument(
        "--members", type=int, default=1_000_000, help="of how many members segments are asked (1,000,000)"
    )
    asked = parser.parse_args(arguments)
    if unknown := sorted(set(asked.names) - set(BENCHMARKS)):
        parser.error(f"There is no benchmark {', '.join(unknown)}. There are: {', '.join(BENCHMARKS)}.")
    return asked


def machine() -> str:
    """When, where and of what the figures are."""
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False
    ).stdout.strip()
    load = os.getloadavg()[0]
    return (
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, commit {commit or 'unknown'}, Python {platform.python_version()}, "
        f"{os.cpu_count()} cores, load {load:.1f} before the start"
    )


if __name__ == "__main__":
    main(sys.argv[1:])
