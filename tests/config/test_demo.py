import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.demo.today import NEWCOMERS
from tests.campaigns.sink import Sink, running_sink
from tests.config.programs import BASE_DIR, environment, free_port, is_running, manage


@pytest.fixture
def sink() -> Iterator[Sink]:
    with running_sink() as sink:
        yield sink


def status(url: str) -> int:
    try:
        with urllib.request.urlopen(url) as answer:  # noqa: S310 - our own server
            code: int = answer.status
            return code
    except (urllib.error.URLError, ConnectionError):
        return 0


def processes_of(folder: Path) -> list[int]:
    """Return every process that was started for the demo in this folder."""
    mark = f"STAMKUND_VAR={folder}".encode()
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if mark in (process / "environ").read_bytes().split(b"\0") and is_running(int(process.name)):
                found.append(int(process.name))
        except (FileNotFoundError, PermissionError, ProcessLookupError):
            continue
    return found


@pytest.mark.slow
def test_the_demo_answers_mails_and_stops_without_leaving_anything_running(
    tmp_path: Path, sink: Sink
) -> None:
    port = free_port()
    arguments = ["--port", str(port), "--folder", str(tmp_path), "--mail-port", str(sink.port)]
    demo = subprocess.Popen(
        [sys.executable, "manage.py", "demo", *arguments],
        cwd=BASE_DIR,
        # What a real club has set must not reach the demo.
        env=environment(
            DATABASE_URL="postgres://nobody@127.0.0.1:1/real",
            REDIS_URL="redis://127.0.0.1:1/0",
            EMAIL_URL="smtp://127.0.0.1:1",
        ),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        while demo.poll() is None and status(f"http://localhost:{port}/health/") != 200:
            time.sleep(0.2)
        pages = {
            path: status(f"http://localhost:{port}{path}") for path in ("/admin/login/", "/accounts/login/")
        }
        while demo.poll() is None and len(sink.mails) < len(NEWCOMERS):
            time.sleep(0.2)
    finally:
        demo.send_signal(signal.SIGTERM)
        output, _ = demo.communicate()
    assert pages == {"/admin/login/": 200, "/accounts/login/": 200}, output
    assert (demo.returncode, output.rstrip().endswith("Stopped.")) == (0, True), output
    assert f"http://localhost:{port}/admin/" in output
    # Today's newcomers are welcomed by a real worker over real SMTP.
    assert sorted(mail["To"] for mail in sink.mails) == [
        "kjell-ake@demo.example", "linn@demo.example", "samira@demo.example", "vilgot@demo.example",
    ]  # fmt: skip
    assert {mail["Subject"] for mail in sink.mails} == {"Välkommen till Hemvist"}
    assert processes_of(tmp_path) == []
    assert (tmp_path / "club.sqlite3").exists()


def test_a_taken_port_is_told_before_anything_is_built(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        ran = manage("demo", "--port", port, "--folder", str(tmp_path), settings={})
    assert ran.returncode == 1
    assert ran.stderr.endswith(
        f"Port {port} is taken. Choose another: .venv/bin/python manage.py demo --port 8001\n"
    )
    assert not (tmp_path / "club.sqlite3").exists()
