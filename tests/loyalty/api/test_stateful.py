"""Stories that the description tells by its links, played on a real server: nothing fails, nothing is undescribed.

``CALLS=20000 .venv/bin/pytest -m services tests/loyalty/api/test_stateful.py`` makes that many calls;
``FIRST_STORY`` is the seed to begin with, and ``-rP`` shows how many links were followed.
"""

import json
import os
import re
import subprocess
import sys
from collections import Counter
from itertools import count
from pathlib import Path

import pytest
from django.utils import timezone

from loyalty import actions
from members.models import ApiKey
from tests.config.programs import BASE_DIR, environment, free_port
from tests.loyalty.api import make
from tests.loyalty.web import web

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True), pytest.mark.slow]

STORIES = Path(__file__).with_name("stories.toml")
CALLS = int(os.environ.get("CALLS", "300"))
FIRST = int(os.environ.get("FIRST_STORY", "1"))
LINKS = 20  # of 93, so that what passes has been somewhere: from a member to purchases, returns and vouchers
CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance,use_after_free"


def play(address: str, key: str, seed: int, folder: Path) -> Counter[str]:
    """How many calls the stories of one seed made, and how many links they followed. Fails with what a reader of the
    description would complain about."""
    report = folder / "report.json"
    options = {
        "--wait-for-schema": "60",
        "--seed": str(seed),
        "--phases": "fuzzing,stateful",
        "--checks": CHECKS,
        "--header": f"Authorization: Bearer {key}",
        "--warnings": "off",
        "--generation-database": "none",
        "--report-json-path": str(report),
    }
    done = subprocess.run(
        [
            *(Path(sys.executable).with_name("schemathesis"), "--config-file", STORIES, "run"),
            *(f"{address}/api/v1/schema/?format=json", "--no-color"),
            *(word for option in options.items() for word in option),
        ],
        env=environment(SCHEMATHESIS_HOOKS="tests.loyalty.api.story_hooks", PYTHONPATH=str(BASE_DIR)),
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    sys.stdout.write(done.stdout)
    assert done.returncode == 0, done.stderr
    followed = re.search(r"API Links: +(\d+) covered", done.stdout)
    assert followed is not None
    return Counter(
        calls=int(json.loads(report.read_text())["test_cases"]["generated"]), links=int(followed[1])
    )


def test_no_story_that_the_links_tell_ends_in_a_failure(tmp_path: Path) -> None:
    make.programme(make.AT_ONCE)
    make.store()
    make.member()
    _row, key = make.api_key(*ApiKey.Scope)
    port, made, seeds = free_port(), Counter[str](), count(FIRST)
    with web(port):
        while made["calls"] < CALLS:
            made += play(f"http://127.0.0.1:{port}", key, next(seeds), tmp_path)
    assert made["links"] >= LINKS
    _check, proofs = actions.check_ledger(now=timezone.now())
    assert [proof.law for proof in proofs if proof.breaks] == []
