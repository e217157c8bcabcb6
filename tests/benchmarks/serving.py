"""Two gunicorn workers and eight callers, as every HTTP figure here has them."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import ClassVar

from tests.benchmarks.club import BenchmarkFailed, Club, program
from tests.benchmarks.engine import dearest_of, programme_of
from tests.config.programs import BASE_DIR, environment, free_port

CALLERS = 8
WORKERS = 2
LONGEST_START = 60
HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Load:
    """What one run of calls came to; latencies in milliseconds."""

    per_second: float
    p50: float
    p90: float
    p99: float


@dataclass(frozen=True, slots=True)
class Server:
    """``application`` served for ``club``; sync workers, so that both get their share of the callers."""

    club: Club
    port: int
    _runs: ClassVar[Iterator[int]] = iter(range(1_000_000))

    def call(self, seconds: float, what: str = "orders") -> Load:
        """Make calls of ``calls.lua`` as fast as they are answered, for some seconds. Raises ``BenchmarkFailed``."""
        command = [
            program("wrk", "wrk"),
            "-t1",
            f"-c{CALLERS}",
            f"-d{max(1, round(seconds))}s",
            "-s",
            str(HERE / "calls.lua"),
        ]
        done = subprocess.run(
            [*command, f"http://127.0.0.1:{self.port}"],
            env={
                **os.environ,
                "CALL": what,
                "MEMBERS": str(self.club.members),
                "DEAREST": str(dearest_of(programme_of(self.club.preset))),
                "API_KEY": self.club.api_key,
                "RUN": f"{os.getpid()}-{next(self._runs)}",
            },
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise BenchmarkFailed(done.stdout + done.stderr)
        told = json.loads(done.stdout.splitlines()[-1])
        if told["refused"] or told["broken"] or not told["requests"]:
            raise BenchmarkFailed(f"Not every call was answered as it should be: {told}")
        return Load(told["requests"] / told["seconds"], told["p50"], told["p90"], told["p99"])


@contextmanager
def served(application: str, club: Club) -> Iterator[Server]:
    port = free_port()
    options = ["--workers", str(WORKERS), "--bind", f"127.0.0.1:{port}", "--log-level", "warning"]
    gunicorn = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", *options, application],
        env=environment(**club.settings),
        cwd=BASE_DIR,
        stdin=subprocess.DEVNULL,
    )
    try:
        _wait_for(port, gunicorn)
        yield Server(club, port)
    finally:
        gunicorn.terminate()
        gunicorn.wait()


def _wait_for(port: int, gunicorn: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + LONGEST_START
    while time.monotonic() < until and gunicorn.poll() is None:
        caller = HTTPConnection("127.0.0.1", port, timeout=LONGEST_START)
        try:
            caller.request("GET", "/api/v1/nothing-here/", headers={"X-Forwarded-Proto": "https"})
            caller.getresponse()
        except OSError:
            time.sleep(0.2)
        else:
            return
        finally:
            caller.close()
    raise BenchmarkFailed("gunicorn does not answer.")
