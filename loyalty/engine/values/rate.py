"""Rate: how a counted amount becomes an amount of a meter. Exact fractions, no float."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Self

from loyalty.engine.values.follow import Follow, Units, fraction
from loyalty.engine.values.ladder import Ladder, parse_ladder


@dataclass(frozen=True, slots=True)
class Rate:
    """``per_unit`` value × units · ``percent`` value % · ``per_full`` and ``per_started`` value for each full or started
    ``step`` · ``fixed`` · ``bracket`` what the table says · ``whole_percent`` and ``marginal_percent`` per cent by table.

    ``factor`` is what a rule with stack kind multiply makes of the others.
    """

    kind: str
    value: Follow
    step: Fraction = Fraction(1)
    table: Ladder[Fraction] | None = None

    @classmethod
    def parse(
        cls,
        document: Mapping[str, Any],
        units: Units,
        calendars: Mapping[str, Any],
        scale: int = 100,
    ) -> Self:
        """``scale`` is how many smallest parts of the base make one unit of it."""
        return cls(
            document["kind"],
            Follow.parse(document, units, calendars),
            fraction(document.get("step", 1)),
            parse_ladder(document["table"], scale) if "table" in document else None,
        )

    def applied(self, amount: int, scale: int, value: Fraction) -> Fraction:
        """What ``amount`` (smallest parts, ``scale`` to the unit) gives at ``value``, in units of the meter."""
        if self.kind == "per_unit":
            return Fraction(value.numerator * amount, value.denominator * scale)
        if self.kind == "percent":
            return value * amount / (100 * scale)
        if self.kind == "fixed":
            return value
        if self.kind == "per_full":
            return value * (amount // (self.step * scale))
        if self.kind == "per_started":
            return value * -(-amount // (self.step * scale))
        return self._by_table(amount, scale)

    def _by_table(self, amount: int, scale: int) -> Fraction:
        if self.table is None:
            return Fraction(0)
        if self.kind == "marginal_percent":
            return sum((part * per / (100 * scale) for part, per in self.table.parts(amount)), Fraction(0))
        found = self.table.at(amount) or Fraction(0)
        return found if self.kind == "bracket" else found * amount / (100 * scale)
