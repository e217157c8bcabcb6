"""The conditions of a definition, read and checked. Each writes itself back in its canonical form."""

import datetime
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

from segments.engine.clock import months_later
from segments.engine.window import Window

EVER = Window()
# How many months from this one.
NAMED_MONTHS = {"previous": -1, "this": 0, "next": 1}


def number_document(number: Fraction) -> Any:
    """A whole number as such, another as decimal text: what JSON keeps exactly."""
    if number.denominator == 1:
        return int(number)
    return format((Decimal(number.numerator) / number.denominator).normalize(), "f")


def value_document(value: Any) -> Any:
    if isinstance(value, Fraction):
        return number_document(value)
    if isinstance(value, tuple):
        return [value_document(one) for one in value]
    return value


@dataclass(frozen=True, slots=True)
class Test:
    """How a value is asked: ``value`` is a text, a yes or no, a number, several of them, or nothing.

    Times are asked by the stretch ``window`` that they must lie in.
    """

    op: str
    value: Any = None
    window: Window | None = None
    told: Any = field(default=None, hash=False)

    def document(self) -> dict[str, Any]:
        if self.op in ("set", "not_set"):
            return {"op": self.op}
        return {"op": self.op, "value": self.told if self.window else value_document(self.value)}

    @property
    def opposite(self) -> "Test":
        """The test of a number that passes where this one does not."""
        return Test(_OPPOSITE[self.op], self.value)

    def compares(self, number: Fraction | int) -> bool:
        """Whether a number passes."""
        if self.op in ("between", "not_between"):
            low, high = self.value
            return (low <= number <= high) is (self.op == "between")
        return bool(_COMPARE[self.op](number, self.value))


_OPPOSITE = {
    "eq": "ne",
    "ne": "eq",
    "lt": "gte",
    "gte": "lt",
    "lte": "gt",
    "gt": "lte",
    "between": "not_between",
    "not_between": "between",
}
_COMPARE = {
    "eq": lambda one, other: one == other,
    "ne": lambda one, other: one != other,
    "lt": lambda one, other: one < other,
    "lte": lambda one, other: one <= other,
    "gt": lambda one, other: one > other,
    "gte": lambda one, other: one >= other,
}


@dataclass(frozen=True, slots=True)
class Facts:
    """Which facts: of a kind, narrowed by details, within a window."""

    of: str
    where: tuple[tuple[str, Test], ...] = ()
    window: Window = EVER

    def document(self) -> dict[str, Any]:
        found: dict[str, Any] = {"of": self.of}
        return found | self.narrowing()

    def narrowing(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        if self.where:
            found["where"] = {name: test.document() for name, test in self.where}
        if self.window != EVER:
            found["window"] = self.window.document()
        return found


@dataclass(frozen=True, slots=True)
class Measure:
    """A number made of facts: how many, or what one of their fields comes to."""

    agg: str
    facts: Facts
    field: str = ""

    @property
    def is_never_missing(self) -> bool:
        """Of nothing, a count and a sum are zero; all else is missing."""
        return self.agg in ("count", "sum", "count_distinct")

    def document(self) -> dict[str, Any]:
        named = {"field": self.field} if self.field else {}
        return {"agg": self.agg, **named, **self.facts.document()}


class Node(ABC):
    """A condition that a member meets or not: never anything between."""

    __slots__ = ()

    @abstractmethod
    def document(self) -> dict[str, Any]:
        """As it is written in a definition."""

    def leaves(self) -> "Iterator[Node]":
        yield self

    def facts_asked_of(self) -> "tuple[Facts, ...]":
        """The kinds of facts that a single condition looks at."""
        return ()


@dataclass(frozen=True, slots=True)
class Group(Node):
    """``kind`` is all or any."""

    kind: str
    parts: tuple[Node, ...]

    def document(self) -> dict[str, Any]:
        return {self.kind: [part.document() for part in self.parts]}

    def leaves(self) -> Iterator[Node]:
        for part in self.parts:
            yield from part.leaves()


@dataclass(frozen=True, slots=True)
class Not(Node):
    part: Node

    def document(self) -> dict[str, Any]:
        return {"not": self.part.document()}

    def leaves(self) -> Iterator[Node]:
        yield from self.part.leaves()


@dataclass(frozen=True, slots=True)
class Field(Node):
    name: str
    test: Test
    told: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def document(self) -> dict[str, Any]:
        told = {"with": dict(self.told)} if self.told else {}
        return {"field": self.name, **told, **self.test.document()}


@dataclass(frozen=True, slots=True)
class Measured(Node):
    measure: Measure
    test: Test

    def document(self) -> dict[str, Any]:
        return self.measure.document() | self.test.document()

    def facts_asked_of(self) -> tuple[Facts, ...]:
        return (self.measure.facts,)


@dataclass(frozen=True, slots=True)
class Ratio(Node):
    """``above`` divided by ``below``, where ``below`` comes to ``least`` at least; else it is missing."""

    above: Measure
    below: Measure
    least: int
    test: Test

    def document(self) -> dict[str, Any]:
        """What narrows both parts alike stands beside them, what narrows one stands with it."""
        both, window = self.above.facts, self.below.facts.window
        shared = (
            both.narrowing() if both.where == self.below.facts.where else Facts("", (), window).narrowing()
        )
        parts = [_part(one, shared.keys()) for one in (self.above, self.below)]
        return {"ratio": parts, "min_den": self.least} | shared | self.test.document()

    def facts_asked_of(self) -> tuple[Facts, ...]:
        return (self.above.facts, self.below.facts)


def _part(measure: Measure, shared: Collection[str]) -> Any:
    own = {name: told for name, told in measure.facts.narrowing().items() if name not in ("window", *shared)}
    if measure.agg == "count" and not own:
        return measure.facts.of
    named = {"field": measure.field} if measure.field else {}
    return {"agg": measure.agg, "of": measure.facts.of, **named, **own}


@dataclass(frozen=True, slots=True)
class Edge(Node):
    """When the ``first`` or the ``last`` of some facts was."""

    which: str
    facts: Facts
    test: Test

    def document(self) -> dict[str, Any]:
        return {self.which: self.facts.of} | self.facts.narrowing() | self.test.document()

    def facts_asked_of(self) -> tuple[Facts, ...]:
        return (self.facts,)


@dataclass(frozen=True, slots=True)
class Sequence(Node):
    """``did`` happened, and ``other`` has not followed: since the last, since the first, or within a time of
    each. While that time runs, nothing is decided yet. Where it ``is_followed``, the other has to have come.
    """

    did: Facts
    other: Facts
    mode: str
    within: tuple[int, str] | None
    same: tuple[str, ...]
    is_followed: bool = False

    def document(self) -> dict[str, Any]:
        found: dict[str, Any] = {
            "did": _short(self.did),
            "then" if self.is_followed else "then_not": _short(self.other),
            "mode": self.mode,
        }
        if self.within:
            found["within"] = list(self.within)
        return found | ({"same": list(self.same)} if self.same else {})

    def facts_asked_of(self) -> tuple[Facts, ...]:
        return (self.did, self.other)


def _short(facts: Facts) -> Any:
    return facts.document() if facts.narrowing() else facts.of


@dataclass(frozen=True, slots=True)
class Recurring(Node):
    """The yearly return of a date lies so many days from today; ``number`` is the only one meant, unless 0.

    With ``months``, the date lies in one of them, whatever the year: 1 to 12, or one named from today.
    """

    date: str
    first: int = 0
    last: int = 0
    number: int = 0
    months: tuple[int | str, ...] = ()

    def months_on(self, today: datetime.date) -> frozenset[int]:
        """The months that are meant, as seen from a day."""
        return frozenset(
            months_later(today, NAMED_MONTHS[one]).month if isinstance(one, str) else one
            for one in self.months
        )

    def document(self) -> dict[str, Any]:
        if self.months:
            return {"recurring": self.date, "in_month": list(self.months)}
        found: dict[str, Any] = {"recurring": self.date, "in": [self.first, self.last]}
        return found | ({"number": self.number} if self.number else {})


@dataclass(frozen=True, slots=True)
class InSegment(Node):
    key: str

    def document(self) -> dict[str, Any]:
        return {"segment": self.key}


@dataclass(frozen=True, slots=True)
class Top(Node):
    """Those who come highest, ``percent`` of the active members; who is level with the last of them is in too."""

    measure: Measure
    percent: Fraction

    def document(self) -> dict[str, Any]:
        return {"top": self.measure.document(), "percent": number_document(self.percent)}

    def facts_asked_of(self) -> tuple[Facts, ...]:
        return (self.measure.facts,)


@dataclass(frozen=True, slots=True)
class Bucket(Node):
    """A stable share of chance: of 10,000 lots those from ``low`` up to, not including, ``high``."""

    salt: str
    low: int
    high: int

    def document(self) -> dict[str, Any]:
        return {"bucket": [self.salt, self.low, self.high]}
