"""Ladder: rows of a threshold and what holds from there."""

from bisect import bisect_right
from dataclasses import dataclass
from typing import Generic, TypeVar

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Ladder(Generic[Value]):
    """``thresholds`` rise; row i holds for amounts from thresholds[i] up to the next."""

    thresholds: tuple[int, ...]
    values: tuple[Value, ...]

    def rank(self, amount: int) -> int:
        """The index of the row that ``amount`` reaches, -1 below the first."""
        return bisect_right(self.thresholds, amount) - 1

    def at(self, amount: int) -> Value | None:
        rank = self.rank(amount)
        return None if rank < 0 else self.values[rank]
