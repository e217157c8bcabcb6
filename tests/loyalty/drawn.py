"""Anything that the schema of programmes allows, drawn at random: objects of every kind with every setting."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from loyalty.engine.files import schema

SCHEMA: Mapping[str, Any] = schema("programme")
# Small enough that objects meet the ones that they name, and of the kind that must never be shown.
KEYS = ("one_thing", "two_things", "three_things")
NAMES = ("poäng", "stjärna", "bonuscheck", "guld")
DEPTH = 6


def objects(kind: str) -> st.SearchStrategy[dict[str, Any]]:
    """Single objects of a kind, or single groups."""
    part = SCHEMA["properties"][kind]
    return drawn(part.get("items", part), 1)


def drawn(part: Mapping[str, Any], depth: int) -> st.SearchStrategy[Any]:
    if "$ref" in part:
        return _referred(part["$ref"].rpartition("/")[2], depth)
    if "enum" in part:
        return st.sampled_from(part["enum"])
    if "anyOf" in part:
        return st.one_of([drawn(one, depth) for one in part["anyOf"]])
    found: st.SearchStrategy[Any] = _OF_TYPE[part["type"]](part, depth)
    return found


def _referred(name: str, depth: int) -> st.SearchStrategy[Any]:
    known = _PLAIN.get(name)
    return known if known is not None else st.deferred(lambda: drawn(SCHEMA["$defs"][name], depth + 1))


def _object(part: Mapping[str, Any], depth: int) -> st.SearchStrategy[dict[str, Any]]:
    if "properties" not in part:
        return st.dictionaries(
            _PLAIN["key"], drawn(part["additionalProperties"], depth), min_size=1, max_size=2
        )
    return _fields(part, depth)


@st.composite
def _fields(draw: st.DrawFn, part: Mapping[str, Any], depth: int) -> dict[str, Any]:
    properties, required = part["properties"], set(part.get("required", ()))
    if "op" in properties:
        return draw(_condition(part, depth))
    optional = [name for name in properties if name not in required]
    chosen = draw(st.sets(st.sampled_from(optional), max_size=len(optional))) if optional else set()
    if depth > DEPTH:
        chosen = set()
    found = {name: draw(drawn(properties[name], depth + 1)) for name in properties if name in required}
    for rule in _rules_for(part, found):
        for name in rule.get("required", ()):
            found.setdefault(name, draw(drawn(properties[name], depth + 1)))
        for name, narrower in rule.get("properties", {}).items():
            if name in found or name in chosen:
                found[name] = draw(_narrowed(properties[name], narrower, depth + 1))
    for name in sorted(chosen - set(found)):
        found[name] = draw(drawn(properties[name], depth + 1))
    return found


def _narrowed(part: Mapping[str, Any], narrower: Mapping[str, Any], depth: int) -> st.SearchStrategy[Any]:
    if "$ref" in part:
        return drawn(part, depth).filter(Draft202012Validator(narrower).is_valid)
    return drawn({**part, **narrower}, depth)


def _rules_for(part: Mapping[str, Any], found: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """What the schema asks for besides, when a kind is what it is."""
    rules = [rule for rule in (*part.get("allOf", ()), part) if "if" in rule]
    return [rule["then"] for rule in rules if Draft202012Validator(rule["if"]).is_valid(found)]


@st.composite
def _condition(draw: st.DrawFn, part: Mapping[str, Any], depth: int) -> dict[str, Any]:
    """One question, with what may stand beside it."""
    leaves = {
        "meter": ("value", "op", "measure", "window", "consecutive", "includes_this"),
        "tier": ("in", "held", "window"),
        "event": ("value", "op", "measure", "window", "includes_this"),
        "fact": ("value", "op"),
        "consent": ("channel",),
        "segment": (),
        "accepted": (),
    }
    groups = {"all": (), "any": (), "at_least": ("count",), "not": ()}
    name = draw(st.sampled_from([*leaves] if depth > DEPTH - 3 else [*leaves, *groups]))
    needed = part["dependentRequired"].get(name, ())
    beside = [one for one in (leaves | groups)[name] if one in needed or draw(st.booleans())]
    return {one: draw(_of_condition(name, one, part, depth)) for one in (name, *beside)}


def _of_condition(name: str, field: str, part: Mapping[str, Any], depth: int) -> st.SearchStrategy[Any]:
    if field == "measure":
        return st.sampled_from(
            ["balance", "window"] if name == "meter" else ["count", "sum", "average", "min", "max"]
        )
    return drawn(part["properties"][field], depth + 1)


def _array(part: Mapping[str, Any], depth: int) -> st.SearchStrategy[list[Any]]:
    least = part.get("minItems", 0)
    unique = part.get("uniqueItems") or part["items"].get("$ref", "").endswith("date")
    return st.lists(
        drawn(part["items"], depth + 1),
        min_size=least,
        max_size=max(least, 3),
        unique_by=repr if unique else None,
    )


def _integer(part: Mapping[str, Any], depth: int) -> st.SearchStrategy[int]:
    return st.integers(int(part.get("minimum", 0)), min(int(part.get("maximum", 50)), 50))


_PLAIN: Mapping[str, st.SearchStrategy[Any]] = {
    "key": st.sampled_from(KEYS),
    "words": st.sampled_from(NAMES) | st.fixed_dictionaries({"sv": st.sampled_from(NAMES)}),
    "texts": st.lists(st.sampled_from(KEYS), min_size=1, max_size=2, unique=True),
    "date": st.dates(date(2025, 1, 1), date(2027, 12, 31)).map(str),
    "moment": st.sampled_from(["2025-05-02", "2025-05-02 10:00"]),
    "clock": st.sampled_from(["09:00", "14:30"]),
    "country": st.sampled_from(["SE", "NO"]),
    "amount": st.integers(0, 90_000) | st.sampled_from(["12.50", "0.05"]),
    "percent": st.sampled_from([100, 10, "2.5"]),
    "positive": st.integers(1, 90_000) | st.sampled_from(["0.5", "1.25"]),
    "not_negative": st.integers(0, 90_000) | st.sampled_from(["0.5", "1.25"]),
    "signed": st.integers(-9, 9),
}
_OF_TYPE: Mapping[str, Any] = {
    "object": _object,
    "array": _array,
    "integer": _integer,
    "number": lambda part, depth: st.integers(1, 100),
    "boolean": lambda part, depth: st.booleans(),
    "string": lambda part, depth: st.sampled_from(["SEK"] if "pattern" in part else NAMES),
}
