"""How each kind of value is compared in the database. A missing value passes nothing but ``not_set``."""

import re
from collections.abc import Callable
from fractions import Fraction
from functools import reduce
from operator import or_
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import (
    BigIntegerField,
    BooleanField,
    Exists,
    ExpressionWrapper,
    F,
    Func,
    OuterRef,
    Q,
    Value,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import ExtractHour, ExtractIsoWeekDay
from django.db.models.lookups import Exact, GreaterThan, GreaterThanOrEqual, LessThan, LessThanOrEqual

from members.models import Member
from segments.engine.shapes import HOUR, WEEKDAY
from segments.engine.tree import Test
from segments.filters import Moment


def number_test(name: str, test: Test, scale: int = 1) -> Q:
    """``name`` is a column or an annotation that holds whole smallest parts."""
    if test.op in ("set", "not_set"):
        return Q(**{f"{name}__isnull": test.op == "not_set"})
    if test.op in ("between", "not_between"):
        low, high = (one * scale for one in test.value)
        within = Q(**{f"{name}__gte": -(-low // 1), f"{name}__lte": high // 1})
        if test.op == "between":
            return within
        return Q(**{f"{name}__lt": -(-low // 1)}) | Q(**{f"{name}__gt": high // 1})
    return _whole_test(name, test.op, test.value * scale)


def _whole_test(name: str, op: str, value: Fraction) -> Q:
    """Between two whole numbers lies nothing, so every bound can be a whole one."""
    floor, is_whole = int(value // 1), value.denominator == 1
    if op in ("eq", "ne"):
        found = Q(**{name: floor}) if is_whole else Q(pk__in=[])
        there = Q(**{f"{name}__isnull": False})
        return found if op == "eq" else there & ~found if is_whole else there
    if op in ("gte", "lt"):
        return Q(**{f"{name}__{op}": floor if is_whole else floor + 1})
    return Q(**{f"{name}__{op}": floor})


def exact_test(name: str, test: Test) -> Q:
    """Of keys and of what is stored in one form only; a blank is missing."""
    blank = Q(**{name: ""}) | Q(**{f"{name}__isnull": True})
    if test.op in ("set", "not_set"):
        return blank if test.op == "not_set" else Q(**{f"{name}__gt": ""})
    listed = list(test.value) if test.op in ("in", "not_in") else [test.value]
    if test.op in ("eq", "in"):
        return Q(**{f"{name}__in": listed})
    return Q(**{f"{name}__gt": ""}) & ~Q(**{f"{name}__in": listed})


def _escaped(text: str) -> str:
    """As a pattern that finds it in any case; “ß” is “ss” in another."""
    return re.escape(text).replace("ß", "ss").replace("ss", "(ss|ß)")


def spaced(text: str) -> str:
    """As a pattern that finds it with space anywhere in it, and without."""
    return r"\s*".join(map(re.escape, "".join(text.split())))


def folded_test(name: str, test: Test, escaped: Callable[[str], str] = _escaped) -> Q:
    """Of text that people wrote, whatever its case and the space around it."""
    written = Q(**{f"{name}__regex": r"[^\s]"})
    if test.op in ("set", "not_set"):
        # Of what is missing itself, a pattern tells nothing.
        return written if test.op == "set" else Q(**{f"{name}__isnull": True}) | ~written
    values = test.value if isinstance(test.value, tuple) else (test.value,)
    pattern = _PATTERNS[test.op.removeprefix("not_")] % "|".join(map(escaped, values))
    found = Q(**{f"{name}__iregex": pattern})
    if test.op == "pattern":
        found = Q(**{f"{name}__iregex": _PATTERNS["eq"] % _any_where_starred(escaped(test.value))})
    return written & ~found if test.op in ("ne", "not_in", "not_contains") else found


def _any_where_starred(pattern: str) -> str:
    """A star is any text, a question mark any letter: nothing that takes long on any text."""
    return pattern.replace(r"\*", ".*").replace(r"\?", ".")


_PATTERNS = {
    "eq": r"^\s*(%s)\s*$",
    "ne": r"^\s*(%s)\s*$",
    "in": r"^\s*(%s)\s*$",
    "contains": "(%s)",
    "starts": r"^\s*(%s)",
    "ends": r"(%s)\s*$",
    "pattern": "(%s)",
}


def moment_test(name: str, test: Test, moment: Moment) -> Q:
    if test.op in (WEEKDAY, HOUR):
        return _by_the_clock(name, test, moment.zone)
    if test.window is None:
        return Q(**{f"{name}__isnull": test.op == "not_set"})
    span = test.window.span(moment.now, moment.zone)
    return _within(name, span.start, span.end)


def day_test(name: str, test: Test, moment: Moment) -> Q:
    if test.op == WEEKDAY:
        return _by_the_clock(name, test, None)
    if test.window is None:
        return Q(**{f"{name}__isnull": test.op == "not_set"})
    return _within(name, *test.window.days(moment.now, moment.zone))


def _by_the_clock(name: str, test: Test, zone: ZoneInfo | None) -> Q:
    """On one of the weekdays, or within the hours, that the club's clock shows."""
    if test.op == HOUR:
        hour = ExtractHour(name, tzinfo=zone)
        first, last = test.value
        return Q(GreaterThanOrEqual(hour, first)) & Q(LessThanOrEqual(hour, last))
    weekday = ExtractIsoWeekDay(name, tzinfo=zone)
    return reduce(or_, (Q(Exact(weekday, one)) for one in test.value))


def _within(name: str, start: Any, end: Any) -> Q:
    found = Q()
    if start is not None:
        found &= Q(**{f"{name}__gte": start})
    if end is not None:
        found &= Q(**{f"{name}__lte": end})
    return found


def runs(numbers: list[int]) -> list[tuple[int, int]]:
    """Ascending numbers, put together where one follows the other."""
    found: list[tuple[int, int]] = []
    for one in numbers:
        if found and found[-1][1] == one - 1:
            found[-1] = (found[-1][0], one)
        else:
            found.append((one, one))
    return found


def others_than(condition: Q) -> Q:
    """The members who do not meet the condition: a form that the database turns into a join."""
    return Q(~Exists(Member.objects.filter(condition, pk=OuterRef("pk"))))


def quotient_test(above: Combinable, below: Combinable, test: Test, scale: Fraction = Fraction(1)) -> Q:
    """The test of ``above`` divided by ``below``, which are whole and ``below`` more than zero; none is rounded."""
    if test.op == "between":
        low, high = test.value
        return quotient_test(above, below, Test("gte", low), scale) & quotient_test(
            above, below, Test("lte", high), scale
        )
    if test.op == "not_between":
        low, high = test.value
        return quotient_test(above, below, Test("lt", low), scale) | quotient_test(
            above, below, Test("gt", high), scale
        )
    return _products(above, below, test.op, test.value * scale)


def _products(above: Combinable, below: Combinable, op: str, value: Fraction) -> Q:
    difference = ExpressionWrapper(
        above * Value(value.denominator) - below * Value(value.numerator), output_field=BigIntegerField()
    )
    is_so = Q(_LOOKUPS[op](difference, 0))
    return ~is_so if op == "ne" else is_so


_LOOKUPS = {
    "eq": Exact,
    "ne": Exact,
    "lt": LessThan,
    "lte": LessThanOrEqual,
    "gt": GreaterThan,
    "gte": GreaterThanOrEqual,
}


class LeadsThrough(Func):
    """Whether a path of codes leads through some of them, told as ``/one/two/``.

    PostgreSQL can guess of a pattern how many it will find, and of a function not at all.
    """

    output_field = BooleanField()
    conditional = True

    def __init__(self, path: Any, codes: str, **extra: Any) -> None:
        super().__init__(path, **extra)
        self.codes = codes

    def as_postgresql(self, compiler: Any, connection: Any, **_context: Any) -> tuple[str, Any]:
        path, params = compiler.compile(self.source_expressions[0])
        pattern = f"%{connection.ops.prep_for_like_query(self.codes)}%"
        return f"('/' || {path} || '/') LIKE %s", (*params, pattern)

    def as_sqlite(self, compiler: Any, connection: Any, **_context: Any) -> tuple[str, Any]:
        path, params = compiler.compile(self.source_expressions[0])
        return f"instr('/' || {path} || '/', %s) > 0", (*params, self.codes)


def category_test(name: str, test: Test) -> Q:
    """Of a path of codes: it leads through one of these."""
    values = test.value if isinstance(test.value, tuple) else (test.value,)
    found = Q()
    for value in values:
        found |= Q(LeadsThrough(F(name), f"/{value.strip('/')}/"))
    if test.op in ("eq", "in"):
        return found
    return Q(**{f"{name}__gt": ""}) & ~found


def detail_test(name: str, kind: str, scale: int, test: Test, moment: Moment) -> Q:
    """The test of a value that ``name`` holds, as its kind is compared."""
    if kind in ("number", "money", "quantity"):
        return number_test(name, test, scale)
    if kind in ("day", "moment"):
        return (day_test if kind == "day" else moment_test)(name, test, moment)
    if kind == "yes_no":
        return Q(**{name: test.value})
    return {"category": category_test, "text": folded_test}.get(kind, exact_test)(name, test)
