"""Stack: what happens when several rules give of the same meter."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Stack:
    """In a ``group``: ``add`` sums, ``best`` keeps the largest, ``replace`` keeps the last that gives,
    ``multiply`` acts on what the others of the group came to after rounding."""

    group: str = "base"
    kind: str = "add"

    @classmethod
    def parse(cls, document: Mapping[str, Any]) -> Self:
        return cls(document.get("group", "base"), document.get("kind", "add"))


def kept(kinds: Sequence[str], amounts: Sequence[int]) -> list[int]:
    """Which of a group's rules (in their order, without ``multiply``) count, as indexes."""
    giving = [index for index, amount in enumerate(amounts) if amount > 0]
    replacing = [index for index in giving if kinds[index] == "replace"]
    if replacing:
        return replacing[-1:]
    adding = [index for index in giving if kinds[index] == "add"]
    best = [index for index in giving if kinds[index] == "best"]
    return adding + ([max(best, key=lambda index: amounts[index])] if best else [])
