"""Stories that the description tells by its links, played on a real server: nothing fails, nothing is undescribed.

``CALLS=20000 .venv/bin/pytest -m services tests/loyalty/api/test_stateful.py`` makes that many calls;
``FIRST_STORY`` is the seed to begin with, and ``-rP`` shows how many links were followed.
"""

import json
import os
import subprocess
import sys
from itertools import count
from pathlib import Path

import pytest
from django.utils import timezone

from loyalty import actions
from members.models import ApiKey
from tests.config.programs import environment, free_port
from tests.loyalty.api import make
from tests.loyalty.web import web

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True), pytest.mark.slow]

CALLS = int(os.environ.get("CALLS", "300"))
FIRST = int(os.environ.get("FIRST_STORY", "1"))
EXAMPLES = 4 if CALLS < 1000 else 60
CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance,use_after_free"


def play(address: str, key: str, seed: int, report: Path) -> int:
    """How many calls the stories of one seed made. Fails with what a reader of the description would complain about."""
    command = [
        *(
            "run",
            f"{address}/api/v1/schema/?format=json",
            "--wait-for-schema",
            "60",
            "--no-color",
            "--seed",
            str(seed),
        ),
        *("--phases", "fuzzing,stateful", "--checks", CHECKS, "--max-examples", str(EXAMPLES)),
        *("--header", f"Authorization: Bearer {key}", "--warnings", "off", "--generation-database", "none"),
        *("--report-json-path", str(report)),
    ]
    program = Path(sys.executable).with_name("schemathesis")
    done = subprocess.run(
        [program, *command],
        env=environment(SCHEMATHESIS_HOOKS="tests.loyalty.api.story_hooks"),
        capture_output=True,
        text=True,
        check=False,
    )
    sys.stdout.write(done.stdout)
    assert done.returncode == 0, done.stderr
    return int(json.loads(report.read_text())["test_cases"]["generated"])


def test_no_story_that_the_links_tell_ends_in_a_failure(tmp_path: Path) -> None:
    make.programme(make.AT_ONCE)
    make.store()
    make.member()
    _row, key = make.api_key(*ApiKey.Scope)
    port, calls, seeds = free_port(), 0, count(FIRST)
    with web(port):
        while calls < CALLS:
            calls += play(f"http://127.0.0.1:{port}", key, next(seeds), tmp_path / "report.json")
    _check, proofs = actions.check_ledger(now=timezone.now())
    assert [proof.law for proof in proofs if proof.breaks] == []
