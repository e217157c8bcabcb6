"""Our own programs, started as an operator would start them."""

import os
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parents[2]

# A key that only a test would use.
STRONG_KEY = "".join(chr(ord("a") + number % 26) for number in range(64))


def environment(**settings: str) -> dict[str, str]:
    """Return an environment with these settings and none of this machine's or of anybody's .env file."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return {**kept, "STAMKUND_ENV_FILE": os.devnull, "PYTHONPATH": str(BASE_DIR), **settings}


def python(*arguments: str, settings: Mapping[str, str]) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, *arguments],
        env=environment(**settings),
        cwd=BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )


def manage(*arguments: str, settings: Mapping[str, str]) -> "subprocess.CompletedProcess[str]":
    return python("manage.py", *arguments, settings=settings)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def is_running(pid: int) -> bool:
    """Whether the process still runs; one that has ended but was not yet collected does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"
