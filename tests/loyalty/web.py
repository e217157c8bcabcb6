"""The web process, as an operator would start it, on the database of the test."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection

from django.db import connection

from tests.config.programs import BASE_DIR, environment

PATIENCE = 60


def database_url() -> str:
    told = connection.settings_dict
    return f"postgres://{told['USER']}:{told['PASSWORD']}@{told['HOST']}:{told['PORT']}/{told['NAME']}"


@contextmanager
def web(port: int) -> Iterator["subprocess.Popen[bytes]"]:
    command = [
        "-m",
        "gunicorn",
        "config.wsgi",
        f"--bind=127.0.0.1:{port}",
        "--threads=8",
        "--no-control-socket",
    ]
    process = subprocess.Popen(
        [sys.executable, *command],
        env=environment(STAMKUND_ENV="test", DATABASE_URL=database_url(), LOG_LEVEL="ERROR"),
        cwd=BASE_DIR,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        kill(process)


def kill(process: "subprocess.Popen[bytes]") -> None:
    """The server and its worker, as when a machine loses its power."""
    if process.poll() is None:
        worker = subprocess.run(
            ["pkill", "--signal", "KILL", "--parent", str(process.pid)], check=False, capture_output=True
        )
        assert worker.returncode in (0, 1)
        process.send_signal(signal.SIGKILL)
        process.wait(PATIENCE)


def wait_until_served(port: int) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        caller = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        try:
            caller.request("GET", "/health/")
            caller.getresponse()
        except OSError:
            time.sleep(0.2)
        else:
            return
        finally:
            caller.close()
    raise TimeoutError
