"""Every command of ours is tried by some test."""

import re
from pathlib import Path

import pytest

from tests.test_floors import FLOORS

BASE_DIR = Path(__file__).resolve().parents[1]
COMMANDS = sorted(
    path.stem
    for app in FLOORS
    for path in (BASE_DIR / app / "management" / "commands").glob("*.py")
    if path.stem != "__init__"
)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_called_by_a_test(command: str) -> None:
    callers = [
        path.name
        for path in (BASE_DIR / "tests").rglob("test_*.py")
        if re.search(rf'(call_command|manage|"manage\.py",)\(?\s*"{command}"', path.read_text())
    ]
    assert callers, f"Nothing under tests/ calls {command}."
