"""Every effect says why, in three languages: each reason that the source can give has a sentence with its numbers."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.utils.translation import override

from loyalty.engine.memory import MemoryClub
from loyalty.engine.rehearsal import rehearse
from loyalty.queries.programmes import names_of
from loyalty.queries.reasons import SENTENCES, explain
from loyalty.queries.rehearsals import timetable_of
from tests.loyalty.test_scenarios import by_folder, document_in, reading
from tests.loyalty.test_sentences import LANGUAGES, faults_in
from tests.test_floors import BASE_DIR

FOLDERS = ("loyalty/engine", "loyalty/actions")
# Functions whose text is the key of a reason, and those that return a refusal as (key, what).
TELLING = {"_nothing", "_told"}
REFUSING = re.compile(r"_?refuses|_late$")
PLACES = ("store", "chain", "region", "country", "channel")
# Of what is read, and not of why anything happened.
NO_REASONS = re.compile(r"^count\.|^\w+\.|^[a-z]$")
FACTS: dict[str, Any] = {
    "rule": "one",
    "meter": "points",
    "amount": 100,
    "base": 20_000,
    "of": "paid",
    "points": 100,
    "value_ore": 5000,
    "order": "web:1",
    "what": "2025-03-01",
    "reason": "för",
    "reward": "kaffe",
    "months": 12,
    "factor": "2.0",
    "total": 100,
    "tier": "guld",
    "to": "Röda Korset",
    "challenge": "jakten",
    "draw": "lotten",
    "origin": "matched",
    "excluded": ["x"],
}
WHAT = {
    "not_at_that_time": "14:00",
    "not_that_weekday": "monday",
    "receipt_too_small": "2000",
    "receipt_too_large": "2000",
    "not_that_age": "12",
    "too_soon": "1.0",
    "country_not_included": "SE",
    "channel_not_included": "web",
}


def texts(node: ast.AST | None) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from texts(node.body)
        yield from texts(node.orelse)


def keys_in(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Dict):
            for name, value in zip(node.keys, node.values, strict=True):
                yield from texts(value) if isinstance(name, ast.Constant) and name.value == "key" else ()
        elif isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "key":
            yield from texts(node.value)
        elif isinstance(node, ast.Call) and getattr(node.func, "id", "") in TELLING:
            yield from (text for one in node.args for text in texts(one) if "_" in text)
        elif isinstance(node, ast.FunctionDef) and REFUSING.match(node.name):
            yield from _refusals(node)


def _refusals(function: ast.FunctionDef) -> Iterator[str]:
    for node in ast.walk(function):
        if isinstance(node, ast.Return) and isinstance(node.value, ast.Tuple):
            first = node.value.elts[0]
            yield from texts(first)
            if isinstance(first, ast.JoinedStr):
                yield from (f"{place}_not_included" for place in PLACES)


def keys() -> set[str]:
    found = {
        key
        for folder in FOLDERS
        for path in (BASE_DIR / folder).rglob("*.py")
        for key in keys_in(ast.parse(path.read_text("utf-8")))
    }
    return {key for key in found if key and not NO_REASONS.match(key)}


def test_every_reason_in_the_source_has_a_sentence() -> None:
    assert len(keys()) > 50
    assert sorted(keys() - set(SENTENCES)) == []


@pytest.mark.parametrize("key", SENTENCES)
def test_a_reason_tells_its_numbers_in_three_languages(key: str) -> None:
    because = {**FACTS, "key": key, "what": WHAT.get(key, FACTS["what"])}
    document = {"meters": [{"key": "points", "name": "poäng"}]}
    for language in LANGUAGES:
        with override(language), names_of(document):
            told = explain(because)
        assert told
        assert faults_in(told, language) == [], told


@by_folder
def test_whatever_happens_in_a_scenario_says_why(folder: Path) -> None:
    document, played = reading(folder)
    timetable = timetable_of(played, document, lambda name: document_in(folder, name))
    club = MemoryClub(timetable)
    rehearse(played, timetable, club)
    with override("en"), names_of(document):
        told = {str(row.because): explain(row.because) for row in club.rows if row.because}
    assert {why: one for why, one in told.items() if not one or faults_in(one, "en")} == {}
