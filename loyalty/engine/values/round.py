"""Round: to which step, and which way."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor
from typing import Any, Self

_HALF = Fraction(1, 2)
_WAYS: dict[str, Callable[[Fraction], int]] = {
    "floor": floor,
    "ceil": ceil,
    "half_up": lambda exact: floor(exact + _HALF),
}


@dataclass(frozen=True, slots=True)
class Round:
    """``mode``: floor, ceil, half_up or none (then the meter's smallest unit, downwards)."""

    mode: str = "floor"
    step: Fraction = Fraction(1)

    @classmethod
    def parse(cls, document: Mapping[str, Any]) -> Self:
        return cls(document.get("mode", "floor"), Fraction(Decimal(str(document.get("step", 1)))))

    def applied(self, exact: Fraction, unit: int) -> int:
        """``exact`` units of a meter as an integer of its smallest part (``unit`` to one)."""
        if self.mode == "none":
            return floor(exact * unit)
        return floor(_WAYS[self.mode](exact / self.step) * self.step * unit)
