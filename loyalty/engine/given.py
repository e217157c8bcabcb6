"""What rules give for one order, and why."""

from dataclasses import dataclass, field

from loyalty.engine.effects import Because
from loyalty.engine.expansion import is_hidden
from loyalty.engine.objects import EarningRule


@dataclass(slots=True)
class Given:
    """What one rule gives for one order: smallest parts of its meter, or öre of its reward or fund."""

    rule: EarningRule
    amount: int
    because: Because
    shares: dict[str, int] = field(default_factory=dict)
    key: str = ""
    meter: str = ""

    @property
    def name(self) -> str:
        """The rule's key, with the tier that multiplied it or the meter that it counts on too."""
        return self.key or self.rule.key


@dataclass(slots=True)
class Award:
    """Everything an order gives. ``because`` also tells why a rule, or the order, gave nothing."""

    version: str
    given: list[Given] = field(default_factory=list)
    because: list[Because] = field(default_factory=list)

    def amounts(self) -> dict[str, int]:
        """Amount per meter."""
        total: dict[str, int] = {}
        for one in self.given:
            if one.meter:
                total[one.meter] = total.get(one.meter, 0) + one.amount
        return total

    def told(self) -> dict[str, int]:
        """The same without what only counts for the rules, and without nothing."""
        seen = [one for one in self.given if not one.rule.is_silent and not is_hidden(one.meter)]
        return {meter: amount for meter, amount in Award(self.version, seen).amounts().items() if amount}

    def take_in(self, given: Given) -> None:
        self.given.append(given)
        if not given.rule.is_silent:
            self.because.append(given.because)
