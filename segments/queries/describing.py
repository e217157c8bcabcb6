"""All there is to ask for, so that a form can be drawn of it."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from segments.engine.shapes import AGGREGATES, Shape
from segments.engine.window import PERIODS, UNITS
from segments.filters import Choices, FactFilter, Value, facts, fields, known_starts, start_called
from segments.queries.catalogue import BIRTHDAY, FIRST_ORDER, JOINED


def described() -> dict[str, Any]:
    """Fields, facts, dates and starts with their labels, parameters, operators, units and choices."""
    return {
        "fields": [{"key": key, "help": str(found.help), **_value(found())} for key, found in fields.items()],
        "facts": [_fact(key, found()) for key, found in facts.items()],
        "dates": _choices(tuple(yearly_dates().items())),
        "aggregates": list(AGGREGATES),
        "units": list(UNITS),
        "periods": list(PERIODS),
        "starts": [
            {"key": key, "label": str(label), "is_of_account": start_called(key).is_of_account}
            for key, label in known_starts().items()
        ],
    }


def yearly_dates() -> dict[str, str]:
    """The dates that come again every year, with their labels."""
    return {BIRTHDAY: _("birthday"), JOINED: _("membership day"), FIRST_ORDER: _("first purchase")}


def _value(value: Value) -> dict[str, Any]:
    return {
        "kind": value.kind,
        "label": str(value.label),
        "unit": str(value.unit),
        "operators": list(Shape(value.kind, can_be_missing=value.can_be_missing).operators),
        "choices": _choices(value.choices()),
        "is_searched": value.search is not None,
        "needs": _values(value.needs()),
        "takes": _values(value.takes()),
    }


def _values(values: Mapping[str, Value]) -> list[dict[str, Any]]:
    return [{"key": key, **_value(one)} for key, one in values.items()]


def _choices(choices: Choices) -> list[dict[str, str]]:
    return [{"key": key, "label": str(label)} for key, label in choices]


def _fact(key: str, fact: FactFilter) -> dict[str, Any]:
    return {
        "key": key,
        "label": str(fact.label),
        "help": str(fact.help),
        "is_ahead": fact.is_ahead,
        "is_of_account": fact.is_of_account,
        "measures": _values(fact.measures()),
        "where": _values(fact.where()),
        "same": _values(fact.same()),
    }
