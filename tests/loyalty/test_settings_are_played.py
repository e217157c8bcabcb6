"""Every setting of a programme, and every value that it can have, is played by a scenario: what nobody plays nobody has seen work."""

from collections.abc import Iterator, Mapping
from typing import Any

from loyalty.engine import files
from tests.loyalty.test_scenarios import FOLDERS

Node = Mapping[str, Any]
# What changes nothing that a scenario can see, and the tests that look at it instead.
SEEN_ELSEWHERE = {
    "stage.share_percent": "tests/loyalty/engine/test_stages.py",
    "programme.audience.invitation_days": "tests/loyalty/test_households.py",
    "programme.audience.who_sees": "tests/loyalty/test_households.py",
    "fund.public": "tests/loyalty/test_benefits.py",
}
WEEKDAYS = frozenset(["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"])
SCHEMA = files.schema("programme")


def found(node: Node, name: str) -> tuple[Node, str]:
    """What ``node`` means, and what it is called: by its definition where it has one."""
    while "$ref" in node:
        name = node["$ref"].rpartition("/")[2]
        node = SCHEMA["$defs"][name]
    return node, name


def fields(node: Node) -> Iterator[tuple[str, Node]]:
    """The fields of a group, or of each thing in a list, whichever of several forms it has."""
    yield from node.get("properties", {}).items()
    for form in (*node.get("anyOf", ()), *(node[of] for of in ("items",) if isinstance(node.get(of), dict))):
        yield from fields(found(form, "")[0])


def values(node: Node, name: str) -> Iterator[str]:
    """One name for each value that has to be chosen from; any weekday stands for all of them."""
    listed = found(node["items"], "")[0] if isinstance(node.get("items"), dict) else node
    chosen = set(listed.get("enum", ())) or ({True, False} if listed.get("type") == "boolean" else set())
    default = node.get("default")
    chosen -= set(default) if isinstance(default, list) else {default}
    yield from ((f"{name}=a weekday",) if chosen >= WEEKDAYS else (f"{name}={one}" for one in sorted(chosen)))


def settable(node: Node, name: str, seen: set[str]) -> Iterator[str]:
    """Every setting below ``node`` and, where there are some to choose from, every value but the default."""
    if name in seen:
        return
    seen.add(name)
    for field, part in fields(node):
        known, called = found(part, f"{name}.{field}")
        place = f"{name}.{field}"
        yield place
        yield from values(known, place)
        listed, of = (
            found(known["items"], called) if isinstance(known.get("items"), dict) else (known, called)
        )
        yield from settable(listed, of, seen)


def played(node: Node, name: str, value: Any) -> Iterator[str]:
    """The settings and values that a document uses."""
    for one in value if isinstance(value, list) else [value]:
        if not isinstance(one, dict):
            continue
        for field, told in one.items():
            place, part = f"{name}.{field}", dict(fields(node)).get(field)
            if part is None:
                part = node.get("additionalProperties") or {}
            yield place
            for single in told if isinstance(told, list) else [told]:
                if not isinstance(single, dict | list):
                    yield f"{place}={'a weekday' if single in WEEKDAYS else single}"
            known, called = found(part, place)
            listed, of = (
                found(known["items"], called) if isinstance(known.get("items"), dict) else (known, called)
            )
            yield from played(listed, of, told)


def documents() -> Iterator[dict[str, Any]]:
    for folder in FOLDERS:
        for path in folder.glob("*.yaml"):
            if path.name != "scenario.yaml":
                yield files.read_programme(path.read_bytes())


def test_every_setting_and_every_value_of_it_is_played_by_a_scenario() -> None:
    every = set(settable(SCHEMA, "programme", set()))
    used = {place for document in documents() for place in played(SCHEMA, "programme", document)}
    assert len(every) > 500
    assert {place.partition("=")[0] for place in every - used} == SEEN_ELSEWHERE.keys()
