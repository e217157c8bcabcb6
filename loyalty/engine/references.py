"""Whether what the objects of a programme document name is there, and asked as it can be."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from loyalty.engine.errors import Place

Document = Mapping[str, Any]
Row = Mapping[str, Any]
KINDS = (
    *(
        "calendars",
        "meters",
        "rewards",
        "earning_rules",
        "conversions",
        "menus",
        "price_rules",
        "tier_ladders",
    ),
    *("challenges", "draws", "funds", "perks", "fees"),
)
# What an object names by key, and the kind of object that it is.
_REFERS = {
    "meter": "meters",
    "to_meter": "meters",
    "draw": "draws",
    "reward": "rewards",
    "fund": "funds",
    "calendar": "calendars",
    "fills": "meters",
    "fees": "fees",
    "zero": "meters",
    "with": "rewards",
    "tiers": "tiers",
    "tier": "tiers",
    "by_tier": "tiers",
    "held": "tiers",
    "suspended_for": "tiers",
}
_MANY = 8


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong with a document, and where; a warning when it is not ``is_error``."""

    message: str
    place: Place
    is_error: bool = True


def rows(document: Document) -> Iterator[tuple[str, int, Row]]:
    """Every object of ``document`` with its kind and index."""
    for kind in KINDS:
        for index, row in enumerate(document.get(kind, ())):
            yield kind, index, row


def doubled_keys(document: Document) -> Iterator[Finding]:
    seen: set[tuple[str, str]] = set()
    for kind, index, row in rows(document):
        if (kind, row["key"]) in seen:
            yield Finding(f"the key '{row['key']}' is used twice", (kind, index, "key"))
        seen.add((kind, row["key"]))


def references(document: Document) -> Iterator[Finding]:
    known = {kind: {row["key"] for row in document.get(kind, ())} for kind in KINDS}
    known["tiers"] = {tier["key"] for row in document.get("tier_ladders", ()) for tier in row["rows"]}
    for kind, index, row in rows(document):
        yield from _named(document, known, row, (kind, index))
    for group in ("audience", "life"):
        yield from _named(document, known, document.get(group, {}), (group,))


def _named(
    document: Document, known: Mapping[str, set[str]], value: object, place: Place
) -> Iterator[Finding]:
    """What ``value`` names anywhere in it that is not there; conditions by their own rules."""
    parts: list[tuple[Any, Any]] = []
    if isinstance(value, list):
        parts = list(enumerate(value))
    elif isinstance(value, Mapping):
        parts = list(value.items())
    for name, one in parts:
        at = (*place, name)
        if name in CONDITIONS and isinstance(one, Mapping):
            yield from _condition(document, one, at)
        else:
            yield from _unknown(known, name, one, at)
            yield from _named(document, known, one, at)


def _unknown(known: Mapping[str, set[str]], name: object, value: object, place: Place) -> Iterator[Finding]:
    """What the field ``name`` names, as one key, as a list, or as the fields of a group, that is not there."""
    kind = _REFERS.get(str(name))
    if kind is None:
        return
    for key in value if isinstance(value, list | Mapping) else [value]:
        if isinstance(key, str) and key not in known[kind]:
            yield missing(kind[:-1], key, known[kind], (*place, key) if isinstance(value, Mapping) else place)


def missing(kind: str, key: str, known: Collection[str], place: Place) -> Finding:
    """``kind`` ``key`` is not there; what is meant, or what there is."""
    close = get_close_matches(key, known, n=1)
    there = ", ".join(sorted(known)[:_MANY]) + (" …" if len(known) > _MANY else "")
    hint = f"did you mean '{close[0]}'?" if close else f"there are {there}" if known else "there is none yet"
    return Finding(f"there is no {kind} '{key}'; {hint}", place)


def _condition(document: Document, tree: Row, place: Place) -> Iterator[Finding]:
    asked = [name for name in _ALLOWED if name in tree]
    if len(asked) != 1:
        yield Finding(f"a condition asks for exactly one of {', '.join(_ALLOWED)}", place)
        return
    [name] = asked
    allowed = _ALLOWED[name]
    for extra in set(tree) - {name} - allowed:
        yield Finding(f"'{extra}' means nothing beside '{name}'", (*place, extra))
    meters = {row["key"] for row in document["meters"]}
    if name == "meter" and tree["meter"] not in meters:
        yield missing("meter", tree["meter"], meters, (*place, "meter"))
    if name == "tier":
        yield from _tier_condition(document, tree, place)
    if name == "at_least" and tree["count"] > len(tree[name]):
        yield Finding("can never hold: count is more than there are conditions", (*place, "count"))
    for index, part in enumerate(_parts(name, tree)):
        yield from _condition(document, part, (*place, name) if name == "not" else (*place, name, index))


def _parts(name: str, tree: Row) -> Sequence[Row]:
    if name == "not":
        return [tree["not"]]
    return tree[name] if name in ("all", "any", "at_least") else []


def _tier_condition(document: Document, tree: Row, place: Place) -> Iterator[Finding]:
    ladders = {row["key"]: row for row in document.get("tier_ladders", ())}
    ladder = ladders.get(tree["tier"])
    if ladder is None:
        yield missing("tier ladder", tree["tier"], ladders, (*place, "tier"))
        return
    tiers = {row["key"] for row in ladder["rows"]}
    for index, tier in enumerate(tree["in"]):
        if tier not in tiers:
            yield Finding(f"there is no tier '{tier}' on '{tree['tier']}'", (*place, "in", index))


# What each question of a condition may be asked with.
_COMPARED = {"op", "value"}
_COUNTED = _COMPARED | {"measure", "window", "includes_this"}
_ALLOWED: Mapping[str, set[str]] = {
    "meter": _COUNTED | {"consecutive"},
    "tier": {"in", "held", "window"},
    "event": _COUNTED | {"consecutive"},
    "fact": _COMPARED,
    "consent": {"channel"},
    "segment": set(),
    "accepted": set(),
    "all": set(),
    "any": set(),
    "at_least": {"count"},
    "not": set(),
}
CONDITIONS = ("condition", "reach", "keep", "minimum")
