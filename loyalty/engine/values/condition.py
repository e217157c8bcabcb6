"""Condition: a tree of all, any and at least k of, over what an account has."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from operator import ge, gt, le
from typing import Any, Protocol, Self

_COMPARE: dict[str, Callable[[int, int], bool]] = {"gte": ge, "gt": gt, "lte": le}


class Reading(Protocol):
    """What a condition asks an account."""

    def balance(self, meter: str) -> int: ...

    def tier(self, ladder: str) -> str: ...


@dataclass(frozen=True, slots=True)
class Condition:
    """``kind`` all, any or at_least (``count`` of ``parts``); meter (op, value) or tier (in names).

    An empty ``all`` holds: an object without a condition is for everybody.
    """

    kind: str = "all"
    parts: tuple["Condition", ...] = ()
    count: int = 0
    subject: str = ""
    op: str = "gte"
    value: int = 0
    names: frozenset[str] = frozenset()

    @classmethod
    def parse(cls, document: Mapping[str, Any], units: Mapping[str, int]) -> Self:
        """Read a stored tree; ``units`` gives how many smallest parts a meter's unit has."""
        if "meter" in document:
            meter = document["meter"]
            value = int(Decimal(str(document["value"])) * units.get(meter, 1))
            return cls("meter", subject=meter, op=document["op"], value=value)
        if "tier" in document:
            return cls("tier", subject=document["tier"], names=frozenset(document["in"]))
        kind = next((key for key in ("any", "at_least") if key in document), "all")
        parts = tuple(cls.parse(part, units) for part in document.get(kind, ()))
        return cls(kind, parts, document.get("count", 0))

    def holds(self, account: Reading) -> bool:
        if self.kind == "meter":
            return _COMPARE[self.op](account.balance(self.subject), self.value)
        if self.kind == "tier":
            return account.tier(self.subject) in self.names
        held = sum(part.holds(account) for part in self.parts)
        if self.kind == "all":
            return held == len(self.parts)
        return held >= (self.count if self.kind == "at_least" else 1)
