"""Where extensions and reactions make themselves known when the program starts."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from members.models import Activity, Member

T = TypeVar("T")

Reaction = Callable[["Activity", datetime], None]


class DoubledKeyError(Exception):
    """Two classes claim one key: a mistake of the programmer, found at start."""


class Registry(Generic[T], Mapping[str, T]):
    """Extensions by their key, in the order in which they registered.

    Use as ``filters.register("city")`` above the class. A doubled key raises ``DoubledKeyError``.
    """

    def __init__(self, what: str) -> None:
        self.what = what
        self._known: dict[str, T] = {}

    def register(self, key: str) -> Callable[[T], T]:
        def remember(extension: T) -> T:
            if key in self._known:
                raise DoubledKeyError(f"The {self.what} {key!r} is registered twice.")
            self._known[key] = extension
            return extension

        return remember

    def __getitem__(self, key: str) -> T:
        return self._known[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._known)

    def __len__(self) -> int:
        return len(self._known)


reactions: dict[str, list[Reaction]] = defaultdict(list)

Check = Callable[["Member", datetime], None]
checks_of_joining: list[Check] = []


def before_joining(check: Check) -> Check:
    """Let a function see everybody who is about to join, not yet stored; it may raise ``UnableToJoin``."""
    checks_of_joining.append(check)
    return check


def react_to(*kinds: str) -> Callable[[Reaction], Reaction]:
    """Let a function see every activity of these kinds, some time after it was written.

    A reaction may be called again for the same activity, so it must be idempotent.
    """

    def remember(reaction: Reaction) -> Reaction:
        for kind in kinds:
            reactions[kind].append(reaction)
        return reaction

    return remember


def reactions_to(kind: str) -> list[Reaction]:
    return reactions.get(kind, []) + reactions.get("*", [])
