"""A definition read back as one sentence. Every filter says its part: its label, its unit and its choices.

Each condition is a clause that begins with “who” or “whose”, so that clauses can be joined and denied at any depth.
"""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as later

from segments.engine.tree import (
    Bucket,
    Edge,
    Facts,
    Field,
    Group,
    InSegment,
    Measure,
    Measured,
    Node,
    Not,
    Ratio,
    Recurring,
    Sequence,
    Test,
    Top,
)
from segments.filters import Detail, Value, facts, fields, searching
from segments.queries.describing import yearly_dates
from segments.queries.phrases import amount, compared, days_away, month_named, number, shown, within

COUNTED = Detail("number", "", "")


def read_back(node: Node) -> str:
    """The whole in the reader's language: “Members who have at least 2 orders in the last 90 days.”"""
    return gettext("Members %(clause)s.") % {"clause": clause_of(node)}


def clause_of(node: Node) -> str:
    """One condition, as it goes on after “members”."""
    if isinstance(node, Not):
        return _denied(node.part)
    if isinstance(node, Group):
        joint = gettext("and") if node.kind == "all" else gettext("or")
        return f" {joint} ".join(_inner(part) for part in node.parts)
    return _CLAUSES[type(node)](node)


def _inner(node: Node) -> str:
    """A group within another stands in brackets."""
    return f"({clause_of(node)})" if isinstance(node, Group) and len(node.parts) > 1 else clause_of(node)


def _denied(part: Node) -> str:
    if isinstance(part, Not):
        return clause_of(part.part)
    if isinstance(part, Measured) and part.measure.is_never_missing:
        return _measured(Measured(part.measure, part.test.opposite))
    return gettext("who are not among those %(clause)s") % {"clause": _inner(part)}


def _field(node: Field) -> str:
    found = fields[node.name]()
    told = _told(node, found)
    words = {"name": f"{found.label}{told}", "told": told, "value": compared(node.test, found)}
    is_denied = found.kind == "yes_no" and not node.test.value
    return gettext(found.denied if is_denied else found.clause) % words


def _told(node: Field, found: Value) -> str:
    takes = {**found.needs(), **found.takes()}
    told = [f"{takes[name].label}: {shown(value, takes[name])}" for name, value in node.told.items()]
    return f" ({', '.join(told)})" if told else ""


def _facts(wanted: Facts) -> str:
    """“orders (store: “gbg”) in the last 90 days”."""
    found = facts[wanted.of]()
    details = found.where()
    narrowed = [f"{details[name].label}: {_narrowed(test, details[name])}" for name, test in wanted.where]
    told = [str(found.label), f"({', '.join(narrowed)})" if narrowed else "", within(wanted.window)]
    return " ".join(part for part in told if part)


def _narrowed(test: Test, detail: Value) -> str:
    return shown(test.value, detail) if test.op == "eq" and test.window is None else compared(test, detail)


def _measure(measure: Measure) -> str:
    """“the average of paid for orders in the last 90 days”."""
    words = {"facts": _facts(measure.facts)}
    if measure.field:
        words["field"] = str(_measured_value(measure).label)
    return gettext(_MEASURES[measure.agg]) % words


_MEASURES: Mapping[str, str] = {
    "count": later("number of %(facts)s"),
    "sum": later("total of “%(field)s” for %(facts)s"),
    "avg": later("average of “%(field)s” for %(facts)s"),
    "min": later("lowest “%(field)s” for %(facts)s"),
    "max": later("highest “%(field)s” for %(facts)s"),
    "first": later("first “%(field)s” for %(facts)s"),
    "last": later("last “%(field)s” for %(facts)s"),
    "count_distinct": later("number of different “%(field)s” for %(facts)s"),
}


def _measured_value(measure: Measure) -> Value:
    return facts[measure.facts.of]().measures()[measure.field]


def unit_of(measure: Measure) -> Value:
    """How the number is shown."""
    return COUNTED if measure.agg.startswith("count") else _measured_value(measure)


def _measured(node: Measured) -> str:
    test, told = node.test, node.measure
    if told.agg == "count" and (test.op, test.value) in (("eq", 0), ("lt", 1), ("lte", 0)):
        return gettext("who have no %(facts)s") % {"facts": _facts(told.facts)}
    if told.agg == "count" and test.value != 1:
        words = {"number": compared(test, COUNTED), "facts": _facts(told.facts)}
        return gettext("who have %(number)s %(facts)s") % words
    words = {"measure": _measure(told), "value": compared(test, unit_of(told))}
    return gettext("whose %(measure)s is %(value)s") % words


def _ratio(node: Ratio) -> str:
    words = {
        "above": _measure(node.above),
        "below": _measure(node.below),
        "value": compared(node.test, COUNTED),
        "least": number(node.least),
    }
    return (
        gettext("whose %(above)s divided by %(below)s is %(value)s, where the latter is at least %(least)s")
        % words
    )


def _edge(node: Edge) -> str:
    words = {"facts": _facts(node.facts), "when": compared(node.test, COUNTED)}
    if node.which == "first":
        return gettext("whose first of the %(facts)s was %(when)s") % words
    return gettext("whose last of the %(facts)s was %(when)s") % words


def _sequence(node: Sequence) -> str:
    same = facts[node.did.of]().same()
    common = ", ".join(str(same[name].label) for name in node.same)
    words = {
        "did": _facts(node.did),
        "then" if node.is_followed else "then_not": _facts(node.other),
        "within": gettext(" within %(amount)s") % {"amount": amount(*node.within)} if node.within else "",
        "same": gettext(" with the same %(common)s") % {"common": common} if common else "",
    }
    return gettext((_FOLLOWED if node.is_followed else _SEQUENCES)[node.mode]) % words


_SEQUENCES: Mapping[str, str] = {
    "since_last": later("who have %(did)s, and after the last of them no %(then_not)s%(same)s%(within)s"),
    "since_first": later("who have %(did)s, and after the first of them no %(then_not)s%(same)s%(within)s"),
    "each_within": later("who have %(did)s, and after one of them no %(then_not)s%(same)s%(within)s"),
}
_FOLLOWED: Mapping[str, str] = {
    "since_last": later("who have %(did)s, and after the last of them %(then)s%(same)s%(within)s"),
    "since_first": later("who have %(did)s, and after the first of them %(then)s%(same)s%(within)s"),
    "each_within": later("who have %(did)s, and after one of them %(then)s%(same)s%(within)s"),
}


def _recurring(node: Recurring) -> str:
    words = {"date": yearly_dates()[node.date], "number": node.number}
    if node.months:
        words["months"] = f" {gettext('or')} ".join(map(month_named, node.months))
        return gettext("whose %(date)s is in %(months)s") % words
    if node.first == node.last:
        words["days"] = days_away(node.first)
    else:
        ends = {"first": days_away(node.first), "last": days_away(node.last)}
        words["days"] = gettext("from %(first)s to %(last)s") % ends
    if node.number:
        return gettext("whose %(date)s number %(number)s is %(days)s") % words
    return gettext("whose %(date)s is %(days)s") % words


def _top(node: Top) -> str:
    words = {"percent": number(node.percent), "measure": _measure(node.measure)}
    return gettext("who are among the top %(percent)s per cent by %(measure)s") % words


def _bucket(node: Bucket) -> str:
    words = {"salt": node.salt, "low": number(node.low), "high": number(node.high - 1)}
    return gettext("who drew a lot from %(low)s to %(high)s of 10,000 in the draw “%(salt)s”") % words


def _in_segment(node: InSegment) -> str:
    name = searching.segments.names([node.key]).get(node.key, node.key)
    return gettext("who are in the segment “%(segment)s”") % {"segment": name}


_CLAUSES: Mapping[type[Node], Callable[[Any], str]] = {
    Field: _field,
    Measured: _measured,
    Ratio: _ratio,
    Edge: _edge,
    Sequence: _sequence,
    Recurring: _recurring,
    Top: _top,
    Bucket: _bucket,
    InSegment: _in_segment,
}
