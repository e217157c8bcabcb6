"""What a definition may ask for: the shape of every field and of every kind of fact, without the database."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

EQUALS = ("eq", "ne")
LISTED = ("in", "not_in")
KNOWN = ("set", "not_set")
RANGES = ("between", "not_between")
NUMBERS = (*EQUALS, "lt", "lte", "gt", "gte", *RANGES)
AGO = ("at_least_ago", "more_than_ago")
AHEAD = ("at_least_ahead", "more_than_ahead")
TIMES = ("before", "after", "on", "between", "within", *AGO, "in_next", *AHEAD, "in")
# Asked of the clock and the calendar on the wall, whenever it was.
WEEKDAY, HOUR = "weekday", "hour"
# The operators that each kind of value can be asked with.
OPERATORS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "text": (*EQUALS, *LISTED, "contains", "not_contains", "starts", "ends", "pattern", *KNOWN),
        "choice": (*EQUALS, *LISTED, *KNOWN),
        "level": (*EQUALS, *LISTED, "lt", "lte", "gt", "gte", *KNOWN),
        "category": (*EQUALS, *LISTED),
        "number": NUMBERS,
        "money": NUMBERS,
        "quantity": NUMBERS,
        "yes_no": ("eq",),
        "day": (*TIMES, WEEKDAY, *KNOWN),
        "moment": (*TIMES, WEEKDAY, HOUR, *KNOWN),
    }
)
NUMERIC = ("number", "money", "quantity")
EDGES = ("first", "last")
AGGREGATES = ("count", "sum", "avg", "min", "max", *EDGES, "count_distinct")


@dataclass(frozen=True, slots=True)
class Shape:
    """One value: its ``kind``; how many smallest parts a unit has, where it is a number; what it can be.

    ``choices`` are all there is, keys only; without any, everything goes. Where ``is_positive``, no value lies
    below zero; where it ``can_be_missing``, one can ask whether it is. ``needs`` are the parameters that must be
    told, ``takes`` those that may be, with their shapes.
    """

    kind: str
    scale: int = 1
    choices: tuple[str, ...] = ()
    is_positive: bool = True
    can_be_missing: bool = False
    needs: Mapping[str, "Shape"] = field(default_factory=dict)
    takes: Mapping[str, "Shape"] = field(default_factory=dict)

    @property
    def is_number(self) -> bool:
        return self.kind in NUMERIC

    @property
    def operators(self) -> tuple[str, ...]:
        found = OPERATORS[self.kind]
        return (*found, *KNOWN) if self.can_be_missing and KNOWN[0] not in found else found


@dataclass(frozen=True, slots=True)
class FactShape:
    """A kind of fact: what can be measured of it, narrowed by, and told to be the same of two.

    ``owner`` is member or account. Facts that lie ``ahead`` are those of the future: what will expire. In a share
    they are counted by how many different values of the measure ``each`` there are, where one is named.
    """

    owner: str
    measures: Mapping[str, Shape]
    where: Mapping[str, Shape]
    same: frozenset[str]
    is_ahead: bool = False
    each: str = ""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All there is to ask for.

    ``starts`` are the moments of each member's own from which facts can be counted, and whose they are: of the member,
    or of the account and so of all its members.
    """

    fields: Mapping[str, Shape]
    facts: Mapping[str, FactShape]
    dates: frozenset[str]
    starts: Mapping[str, str] = field(default_factory=dict)
