"""A small programme as a file says it, wrong in one place at a time, and what the reader tells of it."""

from copy import deepcopy
from typing import Any

import pytest

from loyalty.engine import files, plain_yaml
from loyalty.engine.errors import FileRefused


def document(**changes: Any) -> dict[str, Any]:
    """A small programme that is right, with ``changes`` on top."""
    return {
        "programme": "club",
        "meters": [
            {"key": "points", "name": "points"},
            {"key": "spend", "name": "kronor", "spendable": False},
        ],
        "rewards": [
            {"key": "check", "name": "check", "kind": "money_off", "lifetime": {"kind": "months", "count": 6}}
        ],
        "earning_rules": [
            {"key": "buy", "name": "buy", "meter": "points", "rate": {"kind": "per_unit", "value": 1}},
            {"key": "spend", "name": "spend", "meter": "spend", "rate": {"kind": "per_unit", "value": 1}},
        ],
        "conversions": [
            {
                "key": "checks",
                "name": "checks",
                "meter": "points",
                "reward": "check",
                "form": {"kind": "step", "step": 100, "value": 10},
            }
        ],
        "tier_ladders": [
            {
                "key": "level",
                "name": "level",
                "meter": "spend",
                "window": {"kind": "calendar", "unit": "year"},
                "rows": [{"key": "gold", "name": "gold", "from": 5000}],
            }
        ],
        **changes,
    }


def changed(path: str, value: Any) -> dict[str, Any]:
    """The small programme with ``value`` at ``path`` (``earning_rules.0.rate.value``)."""
    found = deepcopy(document())
    *way, last = [int(part) if part.isdigit() else part for part in path.split(".")]
    part: Any = found
    for step in way:
        part = part.setdefault(step, {}) if isinstance(part, dict) else part[step]
    part[last] = value
    return found


def refusal(text: str | bytes) -> list[str]:
    with pytest.raises(FileRefused) as refused:
        files.read_programme(text)
    return [str(error) for error in refused.value.errors]


def errors(found: dict[str, Any]) -> list[str]:
    return [str(error) for error in files.errors_of(found)]


def warnings(found: dict[str, Any]) -> list[str]:
    return [str(warning) for warning in files.warnings_of(plain_yaml.Source(found, {}))]
