"""Rewards of which there are only so many, for everybody together."""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from loyalty.engine.objects import Reward


class Shelf:
    """How many of each reward are held or used, by everybody.

    ``find`` tells it by reward, and is asked once, when somebody first wants to know: that is when the real club
    lets one at a time come to the shelf. What has changed since is counted here. Copies of an account share it.
    """

    __slots__ = ("_changes", "_find", "_found")

    def __init__(self, find: Callable[[], Mapping[str, int]] = dict) -> None:
        self._find = find
        self._found: Mapping[str, int] | None = None
        self._changes: Counter[str] = Counter()

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self

    def left(self, reward: "Reward") -> int:
        """How many there still are of a reward that has a stock."""
        if self._found is None:
            self._found = self._find()
        return max(reward.stock - self._found.get(reward.key, 0) - self._changes[reward.key], 0)

    def take(self, reward: str) -> None:
        self._changes[reward] += 1

    def put_back(self, reward: str) -> None:
        self._changes[reward] -= 1

    def changes(self) -> Mapping[str, int]:
        """What has been taken since it was asked, to be put right by ``change_to``."""
        return dict(self._changes)

    def change_to(self, changes: Mapping[str, int]) -> None:
        self._changes = Counter(changes)


def is_left(shelf: Shelf, reward: "Reward") -> bool:
    """Whether one can be given; one that must be claimed is only taken then."""
    return not reward.stock or reward.claim is not None or shelf.left(reward) > 0
