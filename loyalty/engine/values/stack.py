"""Stack: what happens when several rules give of the same meter."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Stack:
    """In a ``group``: ``add`` sums, ``best`` keeps the largest, ``first`` the first that gives, ``replace`` the last
    that gives, ``multiply`` acts on what the others of the group came to after rounding, on that with the
    tier's multiplier, or on everything so far (``acts_on``). ``is_for_all`` where it also counts on the
    meters that its meter counts on."""

    group: str = "base"
    kind: str = "add"
    acts_on: str = "base"
    is_for_all: bool = True

    @classmethod
    def parse(cls, document: Mapping[str, Any]) -> Self:
        return cls(
            document.get("group", "base"),
            document.get("kind", "add"),
            document.get("acts_on", "base"),
            document.get("counts_for", "both") == "both",
        )


def kept(kinds: Sequence[str], amounts: Sequence[int]) -> list[int]:
    """Which of a group's rules (in their order, without ``multiply``) count, as indexes."""
    if len(amounts) == 1:
        return [0] if amounts[0] > 0 else []
    giving = [index for index, amount in enumerate(amounts) if amount > 0]
    replacing = [index for index in giving if kinds[index] == "replace"]
    if replacing:
        return replacing[-1:]
    adding = [index for index in giving if kinds[index] == "add"]
    first = [index for index in giving if kinds[index] == "first"][:1]
    best = [index for index in giving if kinds[index] == "best"]
    return adding + first + ([max(best, key=lambda index: amounts[index])] if best else [])
