"""Reading a definition: from JSON to conditions, or a ``Malformed`` that names the place."""

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from segments.engine.errors import Malformed
from segments.engine.refusing import check_group, check_number
from segments.engine.shapes import AGGREGATES, EDGES, KNOWN, Catalogue, FactShape, Shape
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
from segments.engine.values import (
    Place,
    read_amount,
    read_list,
    read_months,
    read_number,
    read_test,
    read_text,
    read_value,
    read_window,
)
from segments.engine.window import Window

DEEPEST = 8
MOST_LEAVES = 200
LOTS = 10_000
YEAR = 365
COUNTED = Shape("number")
MOMENT = Shape("moment")
MODES = ("since_last", "since_first", "each_within")


def read(document: Any, catalogue: Catalogue, zone: ZoneInfo) -> Node:
    """The condition that ``document`` states. Raises ``Malformed``."""
    return _Reader(catalogue, zone).node(document, (), 0)


def canonical(node: Node) -> dict[str, Any]:
    """The one form of all ways to write the same."""
    return node.document()


def fingerprint(node: Node) -> str:
    """SHA-256 of the canonical form."""
    text = json.dumps(canonical(node), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


class _Reader:
    def __init__(self, catalogue: Catalogue, zone: ZoneInfo) -> None:
        self.catalogue = catalogue
        self.zone = zone
        self.leaves = 0

    def node(self, document: Any, at: Place, depth: int) -> Node:
        if not isinstance(document, Mapping):
            raise Malformed(at, "condition_is_no_object")
        for kind in ("all", "any", "not"):
            if kind in document:
                _only(document, (kind,), at)
                return self._group(kind, document[kind], (*at, kind), depth + 1)
        for kind, leaf in _LEAVES.items():
            if kind in document:
                self.leaves += 1
                if self.leaves > MOST_LEAVES:
                    raise Malformed(at, "too_many_conditions", most=MOST_LEAVES)
                return leaf(self, document, at)
        raise Malformed(at, "condition_is_not_known", known=", ".join(("all", "any", "not", *_LEAVES)))

    def _group(self, kind: str, inner: Any, at: Place, depth: int) -> Node:
        if depth > DEEPEST:
            raise Malformed(at, "nested_too_deep", most=DEEPEST)
        if kind == "not":
            return Not(self.node(inner, at, depth))
        if not isinstance(inner, list) or not inner:
            raise Malformed(at, "group_is_empty")
        parts = tuple(self.node(part, (*at, place), depth) for place, part in enumerate(inner))
        check_group(kind, parts, at)
        return Group(kind, parts)

    def field(self, document: Mapping[str, Any], at: Place) -> Node:
        _only(document, ("field", "with", "op", "value"), at)
        shape = _known(document["field"], self.catalogue.fields, (*at, "field"))
        told = self._told(document.get("with", {}), shape, (*at, "with"))
        test = read_test(document, shape, at, self.zone)
        if shape.is_number and shape.is_positive and test.value is not None:
            check_number(test, at, is_whole=False, is_never_missing=False)
        return Field(document["field"], test, told)

    def _told(self, told: Any, shape: Shape, at: Place) -> dict[str, Any]:
        if not isinstance(told, Mapping):
            raise Malformed(at, "condition_is_no_object")
        takes = {**shape.needs, **shape.takes}
        found = {
            name: read_value(value, _known(name, takes, (*at, name)), (*at, name))
            for name, value in told.items()
        }
        for name in shape.needs:
            if name not in found:
                raise Malformed(at, "parameter_is_missing", name=name)
        return dict(sorted(found.items()))

    def measured(self, document: Mapping[str, Any], at: Place) -> Node:
        _only(document, ("agg", "of", "field", "where", "window", "op", "value"), at)
        measure, shape = self._measure(document, at)
        test = read_test(document, shape, at, self.zone)
        if test.op in KNOWN:
            raise Malformed((*at, "op"), "count_says_whether_it_happened")
        if shape.is_number and shape.is_positive:
            is_whole = measure.agg.startswith("count")
            check_number(test, at, is_whole=is_whole, is_never_missing=measure.is_never_missing)
        return Measured(measure, test)

    def _measure(self, document: Mapping[str, Any], at: Place) -> tuple[Measure, Shape]:
        """What is measured, and the shape of the number that it comes to."""
        agg = document["agg"]
        if agg not in AGGREGATES:
            raise Malformed((*at, "agg"), "agg_is_not_known", known=", ".join(AGGREGATES))
        facts = self._facts(document, document.get("of"), (*at, "of"), at)
        if agg == "count":
            if "field" in document:
                raise Malformed((*at, "field"), "count_has_no_field")
            return Measure(agg, facts), COUNTED
        measures = self.catalogue.facts[facts.of].measures
        shape = _known(document.get("field"), measures, (*at, "field"))
        if agg == "count_distinct":
            return Measure(agg, facts, document["field"]), COUNTED
        if not shape.is_number and agg not in EDGES:
            numbers = [name for name, one in measures.items() if one.is_number]
            raise Malformed((*at, "field"), "field_is_no_number", known=", ".join(numbers))
        return Measure(agg, facts, document["field"]), shape

    def _facts(self, document: Mapping[str, Any], of: Any, here: Place, at: Place) -> Facts:
        shape = _known(of, self.catalogue.facts, here)
        window = (
            read_window(document["window"], (*at, "window"), self.zone) if "window" in document else Window()
        )
        self._check_window(window, shape, (*at, "window"))
        where = document.get("where", {})
        if not isinstance(where, Mapping):
            raise Malformed((*at, "where"), "condition_is_no_object")
        details = [
            (name, self._detail(told, _known(name, shape.where, (*at, "where", name)), (*at, "where", name)))
            for name, told in sorted(where.items())
        ]
        return Facts(of, tuple(details), window)

    def _check_window(self, window: Window, shape: FactShape, at: Place) -> None:
        if window.kind == "next" and not shape.is_ahead:
            raise Malformed(at, "facts_lie_in_the_past")
        if window.kind != "since":
            return
        if shape.is_ahead:
            raise Malformed(at, "facts_lie_ahead")
        if (
            _known(window.since, self.catalogue.starts, (*at, "since")) == "member"
            and shape.owner != "member"
        ):
            raise Malformed((*at, "since"), "ratio_mixes_owners")

    def _detail(self, told: Any, shape: Shape, at: Place) -> Test:
        """A value alone is what it must be, a list what it may be."""
        if isinstance(told, Mapping):
            _only(told, ("op", "value"), at)
            return read_test(told, shape, at, self.zone)
        if isinstance(told, list):
            return Test("in", read_list(told, shape, at))
        return read_test({"op": "eq", "value": told}, shape, at, self.zone)

    def ratio(self, document: Mapping[str, Any], at: Place) -> Node:
        _only(document, ("ratio", "where", "window", "min_den", "op", "value"), at)
        told, here = document["ratio"], (*at, "ratio")
        if not isinstance(told, list) or len(told) != 2:
            raise Malformed(here, "ratio_needs_two_parts")
        above, below = (self._ratio_part(document, one, (*here, place), at) for place, one in enumerate(told))
        owners = {self.catalogue.facts[one.facts.of].owner for one in (above, below)}
        if len(owners) > 1:
            raise Malformed(here, "ratio_mixes_owners")
        least = _whole(document.get("min_den", 1), (*at, "min_den"))
        if least < 1:
            raise Malformed((*at, "min_den"), "minimum_is_below_one")
        test = read_test(document, COUNTED, at, self.zone)
        check_number(test, at, is_whole=False, is_never_missing=False)
        return Ratio(above, below, least, test)

    def _ratio_part(self, document: Mapping[str, Any], told: Any, here: Place, at: Place) -> Measure:
        if not isinstance(told, Mapping):
            facts = self._facts(document, told, here, at)
            each = self.catalogue.facts[facts.of].each
            return Measure("count_distinct", facts, each) if each else Measure("count", facts)
        _only(told, ("agg", "of", "field", "where"), here)
        narrowed = {name: document[name] for name in ("where", "window") if name in document}
        if isinstance(told.get("where"), Mapping) and isinstance(narrowed.get("where"), Mapping):
            narrowed["where"] = {**narrowed["where"], **told["where"]}
        measure, _shape = self._measure({"agg": "count", **told, **narrowed}, here)
        if not measure.is_never_missing:
            raise Malformed((*here, "agg"), "agg_is_not_known", known="count, sum, count_distinct")
        return measure

    def edge(self, document: Mapping[str, Any], at: Place) -> Node:
        which = "first" if "first" in document else "last"
        _only(document, (which, "where", "window", "op", "value"), at)
        facts = self._facts(document, document[which], (*at, which), at)
        test = read_test(document, MOMENT, at, self.zone)
        if test.op in KNOWN:
            raise Malformed((*at, "op"), "count_says_whether_it_happened")
        return Edge(which, facts, test)

    def sequence(self, document: Mapping[str, Any], at: Place) -> Node:
        following = "then" if "then" in document else "then_not"
        _only(document, ("did", following, "mode", "within", "same"), at)
        did = self._of(document["did"], (*at, "did"))
        other = self._of(document.get(following), (*at, following))
        mode = document.get("mode", MODES[0])
        if mode not in MODES:
            raise Malformed((*at, "mode"), "mode_is_not_known", known=", ".join(MODES))
        within = read_amount(document["within"], (*at, "within")) if "within" in document else None
        if mode == "each_within" and within is None:
            raise Malformed(at, "within_is_missing")
        shapes = [self.catalogue.facts[facts.of] for facts in (did, other)]
        same = self._same(document.get("same", []), shapes, (*at, "same"))
        if shapes[0].owner != shapes[1].owner:
            raise Malformed((*at, following), "ratio_mixes_owners")
        return Sequence(did, other, mode, within, same, is_followed=following == "then")

    def _of(self, told: Any, at: Place) -> Facts:
        if not isinstance(told, Mapping):
            return self._facts({}, told, at, at)
        _only(told, ("of", "where", "window"), at)
        return self._facts(told, told.get("of"), (*at, "of"), at)

    def _same(self, told: Any, shapes: list[FactShape], at: Place) -> tuple[str, ...]:
        if not isinstance(told, list):
            raise Malformed(at, "list_is_empty")
        known = dict.fromkeys(sorted(shapes[0].same & shapes[1].same))
        for place, name in enumerate(told):
            _known(name, known, (*at, place))
        return tuple(dict.fromkeys(told))

    def recurring(self, document: Mapping[str, Any], at: Place) -> Node:
        _known(document["recurring"], dict.fromkeys(sorted(self.catalogue.dates)), (*at, "recurring"))
        if "in_month" in document:
            _only(document, ("recurring", "in_month"), at)
            return Recurring(
                document["recurring"], months=read_months(document["in_month"], (*at, "in_month"))
            )
        _only(document, ("recurring", "in", "in_month", "number"), at)
        days, here = document.get("in", [0, 0]), (*at, "in")
        if not isinstance(days, list) or len(days) != 2:
            raise Malformed(here, "range_needs_two_ends")
        first, last = (_whole(one, (*here, place)) for place, one in enumerate(days))
        if first > last:
            raise Malformed(here, "range_is_reversed")
        number = _whole(document.get("number", 0), (*at, "number"))
        if max(-first, last) > YEAR or number < 0 or number > 1000:
            raise Malformed(here, "days_are_out_of_range", most=YEAR)
        if last - first >= YEAR:
            raise Malformed(here, "condition_is_always_true")
        return Recurring(document["recurring"], first, last, number)

    def segment(self, document: Mapping[str, Any], at: Place) -> Node:
        _only(document, ("segment",), at)
        return InSegment(read_text(document["segment"], (*at, "segment")))

    def top(self, document: Mapping[str, Any], at: Place) -> Node:
        _only(document, ("top", "percent"), at)
        inner, here = document["top"], (*at, "top")
        if not isinstance(inner, Mapping) or "agg" not in inner:
            raise Malformed(here, "top_needs_a_number")
        _only(inner, ("agg", "of", "field", "where", "window"), here)
        measure, shape = self._measure(inner, here)
        if not shape.is_number:
            raise Malformed((*here, "field"), "top_needs_a_number")
        percent = read_number(document.get("percent"), (*at, "percent"))
        if not 0 < percent < 100:
            raise Malformed((*at, "percent"), "percent_is_out_of_range")
        return Top(measure, percent)

    def bucket(self, document: Mapping[str, Any], at: Place) -> Node:
        _only(document, ("bucket",), at)
        told, here = document["bucket"], (*at, "bucket")
        if not isinstance(told, list) or len(told) != 3:
            raise Malformed(here, "bucket_needs_three_parts")
        salt = read_text(told[0], (*here, 0))
        low, high = _whole(told[1], (*here, 1)), _whole(told[2], (*here, 2))
        if not 0 <= low < high <= LOTS:
            raise Malformed(here, "bucket_is_out_of_range", most=LOTS)
        if high - low == LOTS:
            raise Malformed(here, "condition_is_always_true")
        return Bucket(salt, low, high)


_LEAVES: Mapping[str, Callable[[_Reader, Mapping[str, Any], Place], Node]] = {
    "agg": _Reader.measured,
    "ratio": _Reader.ratio,
    "first": _Reader.edge,
    "last": _Reader.edge,
    "did": _Reader.sequence,
    "recurring": _Reader.recurring,
    "segment": _Reader.segment,
    "top": _Reader.top,
    "bucket": _Reader.bucket,
    "field": _Reader.field,
}


def _only(document: Mapping[str, Any], names: tuple[str, ...], at: Place) -> None:
    for name in document:
        if name not in names:
            raise Malformed((*at, str(name)), "name_is_not_known", known=", ".join(names))


def _known(name: Any, known: Mapping[str, Any], at: Place) -> Any:
    if not isinstance(name, str) or name not in known:
        raise Malformed(at, "name_is_not_known", known=", ".join(sorted(known)))
    return known[name]


def _whole(told: Any, at: Place) -> int:
    if isinstance(told, bool) or not isinstance(told, int):
        raise Malformed(at, "value_is_not_a_whole_number")
    return told
