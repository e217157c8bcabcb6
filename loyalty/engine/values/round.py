"""Round: to which step, which way, and where."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from math import ceil, floor
from typing import Any, Self

from loyalty.engine.values.follow import fraction

_HALF = Fraction(1, 2)
_WAYS: dict[str, Callable[[Fraction], int]] = {
    "floor": floor,
    "ceil": ceil,
    "half_up": lambda exact: floor(exact + _HALF),
}


@dataclass(frozen=True, slots=True)
class Round:
    """``mode``: floor, ceil, half_up or none (then the meter's smallest unit, downwards). ``at``: where the base says,
    or each line, or the receipt. Most receipts is_to_whole: downwards to whole units."""

    mode: str = "floor"
    step: Fraction = Fraction(1)
    at: str = "base"
    is_to_whole: bool = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "is_to_whole", self.mode == "floor" and self.step == 1)

    @classmethod
    def parse(cls, document: Mapping[str, Any]) -> Self:
        return cls(
            document.get("mode", "floor"), fraction(document.get("step", 1)), document.get("at", "base")
        )

    def applied(self, exact: Fraction, unit: int) -> int:
        """``exact`` units of a meter as an integer of its smallest part (``unit`` to one)."""
        if self.is_to_whole:
            return exact.numerator // exact.denominator * unit
        if self.mode == "none":
            return floor(exact * unit)
        return floor(_WAYS[self.mode](exact / self.step) * self.step * unit)
