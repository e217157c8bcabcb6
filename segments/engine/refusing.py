"""Refusing what would be true of everybody or of nobody: a definition that says nothing is a mistake."""

from collections.abc import Sequence

from segments.engine.errors import Malformed
from segments.engine.tree import Node, Not, Test
from segments.engine.values import Place


def check_number(test: Test, at: Place, *, is_whole: bool, is_never_missing: bool) -> None:
    """Of a number that is never below zero, and whole where it counts. Raises ``Malformed``."""
    if _is_never(test, is_whole=is_whole):
        raise Malformed(at, "condition_is_never_true")
    if is_never_missing and _is_always(test, is_whole=is_whole):
        raise Malformed(at, "condition_is_always_true")


def _is_never(test: Test, *, is_whole: bool) -> bool:
    value = test.value
    if test.op == "between":
        return bool(value[1] < 0) or (is_whole and -(-value[0] // 1) > value[1] // 1)
    if test.op == "eq":
        return bool(value < 0) or (is_whole and value.denominator > 1)
    return bool((test.op == "lt" and value <= 0) or (test.op == "lte" and value < 0))


def _is_always(test: Test, *, is_whole: bool) -> bool:
    opposite = {"not_between": "between", "ne": "eq", "gte": "lt", "gt": "lte"}
    return test.op in opposite and _is_never(Test(opposite[test.op], test.value), is_whole=is_whole)


def check_group(kind: str, parts: Sequence[Node], at: Place) -> None:
    """Refuse a condition beside its own opposite. Raises ``Malformed``."""
    denied = {part.part for part in parts if isinstance(part, Not)}
    if denied.intersection(parts):
        raise Malformed(at, "condition_is_never_true" if kind == "all" else "condition_is_always_true")
