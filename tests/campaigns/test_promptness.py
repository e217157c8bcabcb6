"""A real web server, a real worker and no clock: what a member does is answered by mail at once."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

import pytest
from django.conf import settings

from tests.campaigns.sink import running_sink
from tests.config.programs import BASE_DIR, environment, free_port, manage

pytestmark = pytest.mark.slow

SECONDS_BEFORE_GIVING_UP = 90


@contextmanager
def running(*arguments: str, club: dict[str, str]) -> Iterator[None]:
    program = subprocess.Popen([sys.executable, "-m", *arguments], env=environment(**club), cwd=BASE_DIR)
    try:
        yield
    finally:
        program.terminate()
        program.wait()


def join(port: int, api_key: str, email: str) -> int:
    """Return the status of the answer; the server may take a moment to start."""
    give_up_at = time.monotonic() + SECONDS_BEFORE_GIVING_UP
    while True:
        web = HTTPConnection("127.0.0.1", port)
        headers = {"Authorization": f"Bearer {api_key}", "Content-Type": "application/json"}
        try:
            web.request("POST", "/api/v1/members/", json.dumps({"email": email}), headers)
            return web.getresponse().status
        except ConnectionRefusedError:
            assert time.monotonic() < give_up_at, "The web server did not start."
            time.sleep(0.1)
        finally:
            web.close()


@pytest.mark.parametrize("broker", ["folder", pytest.param("redis", marks=pytest.mark.services)])
def test_a_new_member_is_welcomed_without_waiting_for_the_clock(broker: str, tmp_path: Path) -> None:
    port = free_port()
    with running_sink() as sink:
        club = {
            "STAMKUND_ENV": "development",
            "STAMKUND_VAR": str(tmp_path),
            "EMAIL_URL": f"smtp://127.0.0.1:{sink.port}",
            "LOG_LEVEL": "ERROR",
            "CELERY_BROKER_URL": settings.REDIS_URL if broker == "redis" else "",
        }
        setup = manage("setup", settings=club)
        assert setup.returncode == 0, setup.stderr
        made = manage("create_api_key", "Kassan", "--scopes", "members", "--source", "web", settings=club)
        worker = ("celery", "--quiet", "--app", "config", "worker", "--concurrency", "1")
        web = ("gunicorn", "--bind", f"127.0.0.1:{port}", "--log-level", "error", "config.wsgi")
        with running(*worker, "--loglevel", "error", club=club), running(*web, club=club):
            assert join(port, made.stdout.strip(), "anna@post.example") == 201
            give_up_at = time.monotonic() + SECONDS_BEFORE_GIVING_UP
            while not sink.mails:
                assert time.monotonic() < give_up_at, "The welcome never came."
                time.sleep(0.05)
    assert sink.recipients == ["anna@post.example"]
