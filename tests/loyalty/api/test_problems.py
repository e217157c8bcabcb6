"""Whatever this floor refuses, it says in a sentence, and the sentence has its numbers."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from loyalty.api.problems import CONFLICTS, SENTENCES
from members.api.sentences import sentences

BASE_DIR = Path(__file__).resolve().parents[3]
# Refusals that staff meet and no shop: the console and the commands have their sentences.
ELSEWHERE = (
    "UnableToPublish",
    "UnableToImport",
    "UnableToTry",
    "UnableToChange",
    "UnableToSave",
    "UnableToConnect",
    "UnableToTakeIn",
    "UnableToPull",
)
REHEARSAL = ("memory.py", "records.py")
PLACES = ("loyalty/actions", "loyalty/engine", "loyalty/api", "members/actions/orders.py")


def raised() -> Iterator[tuple[str, frozenset[str], str]]:
    """Yield (key, names of its facts, where) of every refusal in the code."""
    for place in PLACES:
        path = BASE_DIR / place
        modules = sorted(path.rglob("*.py")) if path.is_dir() else [path]
        for module in [module for module in modules if module.name not in REHEARSAL]:
            for node in ast.walk(ast.parse(module.read_text())):
                if key := key_of(node):
                    facts = frozenset(one.arg for one in node.keywords if one.arg)  # type: ignore[attr-defined]
                    yield key, facts, f"{module.relative_to(BASE_DIR)}:{node.lineno}"  # type: ignore[attr-defined]


def key_of(node: ast.AST) -> str:
    """The key of ``UnableTo…("key", …)`` and of ``Refused("key", …)``; of anything else nothing."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or not node.args:
        return ""
    first = node.args[0]
    name = node.func.id
    is_refusal = name == "Refused" or (name.startswith("UnableTo") and name not in ELSEWHERE)
    is_text = isinstance(first, ast.Constant) and isinstance(first.value, str)
    return str(first.value) if is_refusal and is_text else ""  # type: ignore[attr-defined]


REFUSALS = list(raised())


def test_the_code_is_searched_where_refusals_are() -> None:
    assert {"voucher_expired", "paid_is_not_what_it_costs", "store_not_found"} <= {
        key for key, _facts, _where in REFUSALS
    }


@pytest.mark.parametrize(("key", "facts", "where"), REFUSALS, ids=[where for *_, where in REFUSALS])
def test_every_refusal_has_a_sentence_that_its_facts_fill(
    key: str, facts: frozenset[str], where: str
) -> None:
    assert key in sentences
    assert set(re.findall(r"%\((\w+)\)s", sentences[key])) <= facts


def test_no_sentence_is_for_a_refusal_that_nobody_makes() -> None:
    assert set(SENTENCES) - {key for key, _facts, _where in REFUSALS} == set()
    assert set(CONFLICTS) - set(SENTENCES) == set()


def test_a_sentence_breaks_at_nothing_but_its_numbers() -> None:
    for sentence in SENTENCES.values():
        assert sentence % dict.fromkeys(re.findall(r"%\((\w+)\)s", sentence), "x")
