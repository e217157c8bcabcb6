"""Rate: how a counted amount becomes an amount of a meter. Exact fractions, no float."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Rate:
    """``per_unit`` value × units · ``percent`` value % · ``per_full`` value for each full ``step`` · ``fixed``.

    ``multiplier`` (what a rule with stack kind multiply makes of the others) is kind ``factor``.
    """

    kind: str
    value: Fraction
    step: Fraction = Fraction(1)

    @classmethod
    def parse(cls, document: Mapping[str, Any]) -> Self:
        return cls(
            document["kind"],
            Fraction(Decimal(str(document["value"]))),
            Fraction(Decimal(str(document.get("step", 1)))),
        )

    def applied(self, amount: int, scale: int) -> Fraction:
        """What ``amount`` (smallest parts, ``scale`` to the unit) gives, in units of the meter."""
        if self.kind == "fixed":
            return self.value
        if self.kind == "per_full":
            return self.value * (amount // (self.step * scale))
        if self.kind == "percent":
            return self.value * amount / (100 * scale)
        return self.value * amount / scale
