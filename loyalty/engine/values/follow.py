"""Follow: a value that depends on the member's tier, or on what a meter stands at."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, Protocol, Self

from loyalty.engine.values.ladder import Ladder, parse_ladder
from loyalty.engine.values.window import Window

Units = Mapping[str, int]
NOTHING = Fraction(0)


class Standing(Protocol):
    """What a value asks of an account at a moment."""

    def balance(self, meter: str) -> int: ...

    def counted(self, meter: str, window: Window, *, with_this: bool = False) -> int: ...

    def tiers(self) -> frozenset[str]: ...


@dataclass(frozen=True, slots=True)
class Follow:
    """``value``, unless the tier held, or the row that a meter reaches, has one of its own.

    Between rows that leave it nothing it is nothing."""

    value: Fraction = NOTHING
    by_tier: tuple[tuple[str, Fraction], ...] = ()
    meter: str = ""
    is_balance: bool = False
    window: Window | None = None
    rows: Ladder[Fraction] | None = None
    has_this: bool = False

    @classmethod
    def parse(cls, document: Mapping[str, Any], units: Units, calendars: Mapping[str, Any]) -> Self:
        """``document`` has any of value, by_tier and by_meter; ``units`` says what one of each meter is made of."""
        tiers = tuple((key, fraction(value)) for key, value in document.get("by_tier", {}).items())
        value = fraction(document.get("value", 0))
        by = document.get("by_meter")
        if by is None:
            return cls(value, tiers)
        return cls(
            value,
            tiers,
            by["meter"],
            by.get("measure", "window") == "balance",
            Window.parse(by.get("window", {}), calendars),
            parse_ladder(by, units[by["meter"]]),
            by.get("includes_this", False),
        )

    @property
    def is_constant(self) -> bool:
        return not self.by_tier and self.rows is None

    def of(self, standing: Standing) -> Fraction:
        if self.is_constant:
            return self.value
        if self.by_tier:
            held = standing.tiers()
            # The last row named is the highest tier.
            found = [value for key, value in self.by_tier if key in held]
            if found:
                return found[-1]
        if self.rows is None or self.window is None:
            return self.value
        if self.is_balance:
            amount = standing.balance(self.meter)
        else:
            amount = standing.counted(self.meter, self.window, with_this=self.has_this)
        reached = NOTHING if self.rows.is_in_a_hole(amount) else self.rows.at(amount)
        return self.value if reached is None else reached


def fraction(value: object) -> Fraction:
    return Fraction(Decimal(str(value)))
