"""Ladder: rows of an amount and what holds from there."""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, Generic, TypeVar

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Ladder(Generic[Value]):
    """``thresholds`` rise; row i holds for amounts from thresholds[i] up to the next.

    A row may end before the next begins (``ends``); in such a gap, and above a last row that ends, the lower
    row holds, or nothing where ``has_holes``. Where ``is_above``, a row begins just above its threshold.
    """

    thresholds: tuple[int, ...]
    values: tuple[Value, ...]
    ends: tuple[int | None, ...] = ()
    is_above: bool = False
    has_holes: bool = False

    def rank(self, amount: int) -> int:
        """The index of the row that ``amount`` reaches, -1 where there is none."""
        rank = (bisect_left if self.is_above else bisect_right)(self.thresholds, amount) - 1
        return -1 if self.has_holes and rank >= 0 and self._is_past(rank, amount) else rank

    def at(self, amount: int) -> Value | None:
        rank = self.rank(amount)
        return None if rank < 0 else self.values[rank]

    def is_in_a_hole(self, amount: int) -> bool:
        """Whether a row has ended before ``amount`` and none goes on, where that is nothing."""
        return (
            self.has_holes and bool(self.thresholds) and amount > self.thresholds[0] and self.rank(amount) < 0
        )

    def parts(self, amount: int) -> list[tuple[int, Value]]:
        """``amount`` cut at the rows: how much of it lies in each, for marginal tables."""
        found = []
        for rank, (start, value) in enumerate(zip(self.thresholds, self.values, strict=True)):
            following = self.thresholds[rank + 1] if rank + 1 < len(self.thresholds) else None
            ends = self.ends[rank] if self.has_holes and self.ends else None
            top = min(end for end in (amount, following, ends) if end is not None)
            if top > start:
                found.append((top - start, value))
        return found

    def _is_past(self, rank: int, amount: int) -> bool:
        end = self.ends[rank] if self.ends else None
        return end is not None and amount >= end


def parse_ladder(document: Mapping[str, Any], scale: int) -> Ladder[Fraction]:
    """A ladder of numbers; ``scale`` smallest parts make one unit of what it is read with."""
    rows = document["rows"]
    return Ladder(
        tuple(int(Decimal(str(row["from"])) * scale) for row in rows),
        tuple(Fraction(Decimal(str(row["value"]))) for row in rows),
        tuple(int(Decimal(str(row["to"])) * scale) if "to" in row else None for row in rows),
        document.get("edge", "gte") == "gt",
        document.get("gaps", "inherit") == "zero",
    )
