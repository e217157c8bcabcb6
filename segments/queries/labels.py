"""The names of what a definition holds by its key, so that whoever opens it reads names and not codes."""

from collections.abc import Iterator
from typing import Any

from segments.engine.tree import Field, Node, Test
from segments.filters import Value, facts, fields


def labels_of(node: Node) -> dict[str, str]:
    """By key, of all that is searched for and not chosen from a list."""
    found: dict[str, str] = {}
    for value, keys in _searched(node):
        if value.search is not None:
            found |= value.search.names(keys)
    return found


def _searched(node: Node) -> Iterator[tuple[Value, list[str]]]:
    for leaf in node.leaves():
        if isinstance(leaf, Field):
            yield fields[leaf.name](), _keys(leaf.test)
        for asked in leaf.facts_asked_of():
            details = facts[asked.of]().where()
            for name, test in asked.where:
                yield details[name], _keys(test)


def _keys(test: Test) -> list[str]:
    told: Any = test.value if isinstance(test.value, tuple) else (test.value,)
    return [one for one in told if isinstance(one, str)]
