"""Condition: a tree of all, any, at least k of, and not, over what an account has and has done."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from operator import eq, ge, gt, le, lt
from typing import Any, Protocol, Self

from loyalty.engine.values.window import Window

_COMPARE: dict[str, Callable[[Any, Any], bool]] = {"gte": ge, "gt": gt, "lte": le, "lt": lt, "eq": eq}
_GROUPS = ("all", "any", "at_least", "not")
_LEAVES = ("meter", "tier", "event", "fact", "consent", "segment", "accepted")
MONEY = 100


class Reading(Protocol):
    """What a condition asks of an account at a moment."""

    def balance(self, meter: str) -> int: ...

    def counted(self, meter: str, window: Window, *, with_this: bool = False) -> int: ...

    def counted_in_each(self, meter: str, window: Window, windows: int) -> list[int]:
        """What was counted in each of the last ``windows`` whole windows before now."""
        ...

    def happened(self, event: str, measure: str, window: Window, *, with_this: bool = False) -> Fraction:
        """``measure`` count, sum, average, min or max, of the amounts of ``event``, öre."""
        ...

    def happened_in_each(self, event: str, measure: str, window: Window, windows: int) -> list[Fraction]: ...

    def tier(self, ladder: str) -> str: ...

    def earned_tier(self, ladder: str) -> str: ...

    def tiers_ever(self, ladder: str, window: Window) -> frozenset[str]: ...

    def fact(self, name: str) -> int | None: ...

    def has_consented(self, purpose: str, channel: str) -> bool: ...

    def is_in(self, segment: str) -> bool: ...

    def has_accepted(self, offer: str, days: int = 0) -> bool: ...


@dataclass(frozen=True, slots=True)
class Condition:
    """``kind`` is all, any, at_least (``count`` of ``parts``) or not; or what a leaf asks about ``subject``.

    An empty ``all`` holds: an object without a condition is for everybody.
    """

    kind: str = "all"
    parts: tuple["Condition", ...] = ()
    count: int = 0
    subject: str = ""
    op: str = "gte"
    value: Fraction = Fraction(0)
    names: frozenset[str] = frozenset()
    measure: str = ""
    window: Window = field(default_factory=Window)
    consecutive: int = 0
    has_this: bool = False
    channel: str = ""
    is_ever: bool = False
    is_earned: bool = False

    @classmethod
    def parse(
        cls,
        document: Mapping[str, Any],
        units: Mapping[str, int],
        calendars: Mapping[str, Any] = {},
    ) -> Self:
        """Read a stored tree; ``units`` gives how many smallest parts a meter's unit has."""
        kind = next((one for one in (*_LEAVES, *_GROUPS) if one in document), "all")
        if kind in _GROUPS:
            found = [document["not"]] if kind == "not" else document.get(kind, ())
            parts = tuple(cls.parse(part, units, calendars) for part in found)
            return cls(kind, parts, document.get("count", 0))
        subject = document[kind]
        measure = document.get("measure", "balance" if kind == "meter" else "count")
        scale = units.get(subject, 1) if kind == "meter" else 1
        if kind == "event" and measure != "count":
            scale = MONEY
        return cls(
            kind,
            subject=subject,
            op=document.get("op", "gte"),
            value=Fraction(Decimal(str(document.get("value", 0)))) * scale,
            names=frozenset(document.get("in", ())),
            measure=measure,
            window=Window.parse(document.get("window", {}), calendars),
            consecutive=document.get("consecutive", 0),
            has_this=document.get("includes_this", False),
            channel=document.get("channel", ""),
            is_ever=document.get("held", "now") == "ever",
            is_earned=document.get("held", "now") == "earned",
        )

    def __bool__(self) -> bool:
        return self.kind != "all" or bool(self.parts)

    def leaves(self) -> list["Condition"]:
        """Every question of the tree."""
        if self.kind not in _GROUPS:
            return [self]
        return [leaf for part in self.parts for leaf in part.leaves()]

    def holds(self, account: Reading) -> bool:
        if self.kind in _HOLDS:
            return _HOLDS[self.kind](self, account)
        if self.kind == "not":
            return not self.parts[0].holds(account)
        held = sum(part.holds(account) for part in self.parts)
        if self.kind == "all":
            return held == len(self.parts)
        return held >= (self.count if self.kind == "at_least" else 1)

    def compares(self, number: Any) -> bool:
        return _COMPARE[self.op](number, self.value)

    def _meter_holds(self, account: Reading) -> bool:
        if self.consecutive:
            counted = account.counted_in_each(self.subject, self.window, self.consecutive)
            return len(counted) == self.consecutive and all(map(self.compares, counted))
        if self.measure == "balance":
            return self.compares(account.balance(self.subject))
        return self.compares(account.counted(self.subject, self.window, with_this=self.has_this))

    def _event_holds(self, account: Reading) -> bool:
        if self.consecutive:
            each = account.happened_in_each(self.subject, self.measure, self.window, self.consecutive)
            return len(each) == self.consecutive and all(map(self.compares, each))
        return self.compares(
            account.happened(self.subject, self.measure, self.window, with_this=self.has_this)
        )

    def _tier_holds(self, account: Reading) -> bool:
        if self.is_ever:
            return bool(account.tiers_ever(self.subject, self.window) & self.names)
        if self.is_earned:
            return account.earned_tier(self.subject) in self.names
        return account.tier(self.subject) in self.names

    def _fact_holds(self, account: Reading) -> bool:
        known = account.fact(self.subject)
        return known is not None and self.compares(known)


_HOLDS: dict[str, Callable[[Condition, Reading], bool]] = {
    "meter": Condition._meter_holds,
    "event": Condition._event_holds,
    "tier": Condition._tier_holds,
    "fact": Condition._fact_holds,
    "consent": lambda one, account: account.has_consented(one.subject, one.channel),
    "segment": lambda one, account: account.is_in(one.subject),
    "accepted": lambda one, account: account.has_accepted(one.subject),
}
