"""The sandbox as a developer meets it: the quick start in four languages, and a button that undoes it all."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from config.reference.views import QUICKSTART
from tests.config.programs import BASE_DIR, environment, free_port
from tests.config.test_demo import processes_of, status

# Each reads its program where nothing else is told: from standard input.
LANGUAGES = {
    "curl": ["bash", "-s"],
    "python": [sys.executable, "-"],
    "php": ["php"],
    "javascript": ["node", "--input-type=module", "-"],
}
NUMBERS = {"curl": "curl-1", "python": "python-1", "php": "php-1", "javascript": "js-1"}

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("sandbox")


@pytest.fixture(scope="module")
def url(folder: Path) -> Iterator[str]:
    port = free_port()
    sandbox = subprocess.Popen(
        [sys.executable, "manage.py", "sandbox", "--port", str(port), "--folder", str(folder)],
        cwd=BASE_DIR,
        # What a real club has set must not reach the sandbox.
        env=environment(DATABASE_URL="postgres://nobody@127.0.0.1:1/real", REDIS_URL="redis://127.0.0.1:1/0"),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        while sandbox.poll() is None and status(f"http://localhost:{port}/health/") != 200:
            time.sleep(0.2)
        yield f"http://localhost:{port}"
    finally:
        sandbox.send_signal(signal.SIGTERM)
        output, _ = sandbox.communicate()
    assert (sandbox.returncode, processes_of(folder)) == (0, []), output


def key_in(folder: Path) -> str:
    return (folder / "api-key").read_text()


def orders(url: str, folder: Path) -> list[str]:
    headers = {"Authorization": f"Bearer {key_in(folder)}"}
    answer = requests.get(f"{url}/api/v1/orders/", headers=headers, timeout=60)
    return [order["number"] for order in answer.json()["results"]]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_quick_start_works_in_each_language_and_twice_is_once(
    url: str, folder: Path, language: str
) -> None:
    program, *options = LANGUAGES[language]
    found = shutil.which(program)
    if found is None:
        pytest.skip(f"There is no {program} on this machine.")
    told = {"PATH": os.environ["PATH"], "STAMKUND_URL": url, "STAMKUND_KEY": key_in(folder)}
    text = (QUICKSTART / f"{language}.txt").read_text()
    for _twice in range(2):
        ran = subprocess.run(
            [found, *options], input=text, env=told, capture_output=True, text=True, check=False
        )
        assert (ran.returncode, "600" in ran.stdout) == (0, True), ran.stderr + ran.stdout
    assert orders(url, folder).count(NUMBERS[language]) == 1


def test_the_button_makes_it_as_new_and_the_key_is_the_same(url: str, folder: Path) -> None:
    order = {
        "number": "mine",
        "placed_at": "2026-01-15T14:30:00+01:00",
        "lines": [{"ref": "1", "quantity": 1, "gross_ore": 100}],
    }
    headers = {"Authorization": f"Bearer {key_in(folder)}"}
    assert requests.post(f"{url}/api/v1/orders/", json=order, headers=headers, timeout=60).status_code == 201
    assert "mine" in orders(url, folder)
    browser = requests.Session()
    page = browser.get(f"{url}/api/v1/docs/", timeout=60).text
    assert key_in(folder) in page
    [token] = re.findall(r'api/v1/docs/reset/">\s*<input[^>]*value="(\w+)"', page)
    done = browser.post(f"{url}/api/v1/docs/reset/", data={"csrfmiddlewaretoken": token}, timeout=60)
    assert "The sandbox is as new." in done.text
    assert orders(url, folder) == []
