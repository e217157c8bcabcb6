"""``send_messages`` against the least that sends the same letter: templates, a mail of Django's, one connection."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from statistics import median

from tests.benchmarks.club import BenchmarkFailed, Club, new_club
from tests.benchmarks.table import Row, of_pairs
from tests.config.programs import BASE_DIR, environment, python

LETTERS = 1_000
WORKERS = 2
ROLES = "tests.benchmarks.letters"


@dataclass(frozen=True, slots=True)
class Worker:
    """A process that has made itself ready and sends its letters when told to."""

    process: "subprocess.Popen[str]"

    def go(self) -> None:
        assert self.process.stdin
        self.process.stdin.write("go\n")
        self.process.stdin.flush()

    def hear(self, word: str) -> str:
        """Wait for what the process says when it is ready, and when it is done."""
        assert self.process.stdout
        said: str = self.process.stdout.readline().strip()
        if not said.startswith(word):
            raise BenchmarkFailed(f"A process that sends letters said {said!r}.")
        return said.removeprefix(word).strip()


def run(*, pairs: int) -> list[Row]:
    with new_club(members=1, suffix="_mail") as club, listening(club) as port:
        plan(club, (1 + pairs * (1 + WORKERS)) * LETTERS)
        rate(club, port, "send")
        rounds = [
            (rate(club, port, "floor"), rate(club, port, "send"), rate(club, port, "send", workers=WORKERS))
            for _ in range(pairs)
        ]
    floors, alone, together = (list(column) for column in zip(*rounds, strict=True))
    return [
        Row("smtplib, Django's templates and mails, one connection", f"{median(floors):.0f} letters/s"),
        Row(
            "send_messages, one worker", f"{median(alone):.0f} letters/s", of_pairs(alone, floors), ">= 0.80"
        ),
        Row(
            f"send_messages, {WORKERS} workers : one",
            f"{median(together):.0f} letters/s",
            of_pairs(together, alone),
            ">= 1.8",
        ),
    ]


def plan(club: Club, letters: int) -> None:
    done = python("-m", ROLES, "plan", str(letters), settings=club.settings)
    if done.returncode:
        raise BenchmarkFailed(done.stdout + done.stderr)


def rate(club: Club, port: str, role: str, *, workers: int = 1) -> float:
    """Letters a second, by all workers together, from the word go until the last of them is done."""
    mail = {"EMAIL_URL": f"smtp://127.0.0.1:{port}", "DEFAULT_FROM_EMAIL": "Klubben <club@butiken.example>"}
    with ExitStack() as stack:
        ready = [
            stack.enter_context(started(role, str(LETTERS), settings={**club.settings, **mail}))
            for _ in range(workers)
        ]
        for worker in ready:
            worker.hear("ready")
        began = time.perf_counter()
        for worker in ready:
            worker.go()
        for worker in ready:
            worker.hear("done")
        return workers * LETTERS / (time.perf_counter() - began)


@contextmanager
def listening(club: Club) -> Iterator[str]:
    """A mail server in a process of its own that takes everything and keeps nothing; its port."""
    with started("sink", settings=club.settings) as sink:
        yield sink.hear("listening")


@contextmanager
def started(*arguments: str, settings: dict[str, str]) -> Iterator[Worker]:
    process = subprocess.Popen(
        [sys.executable, "-m", ROLES, *arguments],
        env=environment(**settings),
        cwd=BASE_DIR,
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    try:
        yield Worker(process)
    finally:
        process.kill()
        process.wait()
