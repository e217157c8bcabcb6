"""How each kind of value is compared in the database. A missing value passes nothing but ``not_set``."""

import re
from fractions import Fraction
from typing import Any

from django.db.models import F, Q, TextField, Value
from django.db.models.functions import Concat, StrIndex
from django.db.models.lookups import GreaterThan

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


def folded_test(name: str, test: Test) -> Q:
    """Of text that people wrote, whatever its case."""
    if test.op in ("set", "not_set"):
        return exact_test(name, test)
    values = test.value if isinstance(test.value, tuple) else (test.value,)
    found = Q(
        **{f"{name}__iregex": _PATTERNS[test.op.removeprefix("not_")] % "|".join(map(re.escape, values))}
    )
    if test.op in ("ne", "not_in", "not_contains"):
        return Q(**{f"{name}__gt": ""}) & ~found
    return found


_PATTERNS = {
    "eq": "^(%s)$",
    "ne": "^(%s)$",
    "in": "^(%s)$",
    "contains": "(%s)",
    "starts": "^(%s)",
    "ends": "(%s)$",
}


def moment_test(name: str, test: Test, moment: Moment) -> Q:
    if test.window is None:
        return Q(**{f"{name}__isnull": test.op == "not_set"})
    span = test.window.span(moment.now, moment.zone)
    return _within(name, span.start, span.end)


def day_test(name: str, test: Test, moment: Moment) -> Q:
    if test.window is None:
        return Q(**{f"{name}__isnull": test.op == "not_set"})
    return _within(name, *test.window.span(moment.now, moment.zone).days(moment.zone))


def _within(name: str, start: Any, end: Any) -> Q:
    found = Q()
    if start is not None:
        found &= Q(**{f"{name}__gte": start})
    if end is not None:
        found &= Q(**{f"{name}__lte": end})
    return found


def category_test(name: str, test: Test) -> Q:
    """Of a path of codes: it leads through one of these."""
    values = test.value if isinstance(test.value, tuple) else (test.value,)
    path = Concat(Value("/"), F(name), Value("/"), output_field=TextField())
    found = Q()
    for value in values:
        found |= Q(GreaterThan(StrIndex(path, Value(f"/{value.strip('/')}/")), 0))
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
