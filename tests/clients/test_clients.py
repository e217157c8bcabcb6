"""The description passes the common linter, and clients made of it in three languages buy and return.

The tools come by ``npm ci --prefix tests/clients`` and with the developers' packages; Java makes the clients.
"""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import openapi_generator_cli
import pytest
from django.core.management import call_command

from members.models import ApiKey, Order, OrderReturn
from tests.config.programs import environment, free_port
from tests.loyalty.api import make
from tests.loyalty.web import wait_until_served, web

HERE = Path(__file__).parent
TOOLS = HERE / "node_modules" / ".bin"
GENERATOR = Path(openapi_generator_cli.__file__).with_name("openapi-generator.jar")
# A line of 600 kr, of which a hundred came back; a check of 50 kr from 500 points.
STORY = [60_000, 60_000, 10_000, 1]

needs_node = pytest.mark.skipif(
    not (TOOLS / "redocly").exists(), reason="the linter is missing: npm ci --prefix tests/clients"
)
needs_java = pytest.mark.skipif(
    shutil.which("java") is None, reason="no Java: apt install default-jre-headless"
)


def run(*command: object, folder: Path, **settings: str) -> str:
    done = subprocess.run(
        [str(part) for part in command],
        cwd=folder,
        env=environment(**settings),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def description(folder: Path) -> Path:
    file = folder / "v1.json"
    call_command("spectacular", "--lang", "en", "--format", "openapi-json", "--file", file)
    return file


def client(folder: Path, generator: str, *options: str) -> Path:
    """A client as the generator makes it, below ``folder``. It checks the description before."""
    made = folder / "client"
    told = ("-i", description(folder), "-g", generator, "-o", made, *options)
    run("java", "-jar", GENERATOR, "generate", *told, folder=folder)
    return made


@needs_node
def test_the_linter_has_nothing_to_say_about_the_description(tmp_path: Path) -> None:
    told = run(
        *(
            TOOLS / "redocly",
            "lint",
            "--config",
            HERE / "redocly.yaml",
            "--format",
            "json",
            description(tmp_path),
        ),
        folder=tmp_path,
        REDOCLY_TELEMETRY="off",
        REDOCLY_SUPPRESS_UPDATE_NOTICE="true",
    )
    assert json.loads(told)["problems"] == []


@pytest.fixture
def club() -> Iterator[dict[str, str]]:
    """Where a running club answers, and a key to it."""
    make.programme(make.AT_ONCE)
    _row, key = make.api_key(*ApiKey.Scope)
    port = free_port()
    with web(port):
        wait_until_served(port)
        yield {"STAMKUND_URL": f"http://127.0.0.1:{port}", "STAMKUND_KEY": key}
    assert (Order.objects.count(), OrderReturn.objects.count()) == (1, 1)


on_services = [pytest.mark.services, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@needs_java
class TestClients:
    pytestmark = on_services

    def test_one_in_python_buys_and_returns(self, club: dict[str, str], tmp_path: Path) -> None:
        made = client(tmp_path, "python")
        story = shutil.copy(HERE / "python.txt", made / "story.py")
        assert (
            json.loads(run(sys.executable, story, folder=made, **club | {"PYTHONPATH": str(made)})) == STORY
        )

    @needs_node
    def test_one_in_typescript_is_sound_and_buys_and_returns(
        self, club: dict[str, str], tmp_path: Path
    ) -> None:
        client(tmp_path, "typescript-fetch", "--additional-properties", "importFileExtension=.js")
        shutil.copy(HERE / "typescript.txt", tmp_path / "story.ts")
        (tmp_path / "package.json").write_text('{"type": "module"}')
        options = ("--strict", "--target", "es2022", "--module", "nodenext", "--lib", "es2022,dom")
        run(TOOLS / "tsc", *options, "story.ts", folder=tmp_path)
        assert json.loads(run("node", "story.js", folder=tmp_path, **club)) == STORY

    def test_one_in_php_buys_and_returns(self, club: dict[str, str], tmp_path: Path) -> None:
        client(tmp_path, "php")
        story = shutil.copy(HERE / "php.txt", tmp_path / "story.php")
        assert json.loads(run("php", story, folder=tmp_path, **club)) == STORY
