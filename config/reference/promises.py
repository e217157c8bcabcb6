"""What the description of the API promises, one line for each thing that a shop may build on.

Nothing of it is ever taken away within v1. Things may be added: calls, optional fields, statuses of errors, values
that an answer may have. A field that must be sent is a demand, and no new one is ever made.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from drf_spectacular.generators import SchemaGenerator

RELEASED = Path(__file__).with_name("v1.txt")
METHODS = ("get", "post", "put", "patch", "delete")
# Answers that every call may have are promised once, by the guide.
PROBLEM = "#/components/schemas/Problem"
Schema = Mapping[str, Any]


def described() -> Schema:
    """The description as it is served, without the words in it that a language changes."""
    found: Schema = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return found


def promises_of(description: Schema) -> frozenset[str]:
    """Every line that holds of ``description``: ``may`` is promised, ``must`` is demanded."""
    shapes = description.get("components", {}).get("schemas", {})
    return frozenset(
        line
        for path, methods in description["paths"].items()
        for method, call in methods.items()
        if method in METHODS
        for line in _of_call(f"{method.upper()} {path}", call, shapes)
    )


def broken(released: frozenset[str], current: frozenset[str]) -> list[str]:
    """What was promised and no longer holds, and what is demanded of calls that did not demand it."""
    lost = [f"lost: {line}" for line in released - current if line.startswith("may ")]
    calls = {_call_of(line) for line in released}
    new = [
        f"demanded: {line}"
        for line in current - released
        if line.startswith("must ") and _call_of(line) in calls
    ]
    return sorted(lost + new)


def _call_of(line: str) -> str:
    return " ".join(line.split(" ")[1:3])


def released() -> frozenset[str]:
    return frozenset(RELEASED.read_text().splitlines())


def _of_call(call: str, told: Schema, shapes: Schema) -> Iterator[str]:
    yield f"may {call}"
    for parameter in told.get("parameters", ()):
        place = f"{call} {parameter['in']} {parameter['name']}"
        yield f"may {place}"
        if parameter.get("required") and parameter["in"] != "path":
            yield f"must {place}"
        yield from _values(f"{place}", _resolved(parameter.get("schema", {}), shapes))
    for content in told.get("requestBody", {}).get("content", {}).values():
        yield from _asked(f"{call} body", content["schema"], shapes)
    for status, answer in told["responses"].items():
        for content in answer.get("content", {}).values():
            if content["schema"].get("$ref") != PROBLEM:
                yield f"may {call} {status}"
                yield from _answered(f"{call} {status}", content["schema"], shapes)


def _asked(place: str, schema: Schema, shapes: Schema) -> Iterator[str]:
    """What may be sent and what must be; each value that is taken may be sent for ever."""
    schema = _resolved(schema, shapes)
    yield f"may {place} {_type(schema)}"
    yield from _values(place, schema)
    for name in schema.get("required", ()):
        yield f"must {place}.{name}"
    for name, inner in schema.get("properties", {}).items():
        yield from _asked(f"{place}.{name}", inner, shapes)
    if "items" in schema:
        yield from _asked(f"{place}[]", schema["items"], shapes)


def _answered(place: str, schema: Schema, shapes: Schema) -> Iterator[str]:
    """Which fields are there and of which type; new values may come."""
    schema = _resolved(schema, shapes)
    yield f"may {place} {_type(schema)}"
    for name, inner in schema.get("properties", {}).items():
        yield from _answered(f"{place}.{name}", inner, shapes)
    if "items" in schema:
        yield from _answered(f"{place}[]", schema["items"], shapes)


def _resolved(schema: Schema, shapes: Schema) -> Schema:
    """What a reference leads to; of alternatives, the one that is not nothing."""
    while True:
        if "$ref" in schema:
            schema = shapes[schema["$ref"].rpartition("/")[2]]
        elif alternatives := schema.get("oneOf") or schema.get("anyOf") or schema.get("allOf"):
            schema = next((one for one in alternatives if one.get("type") != "null"), {})
        else:
            return schema


def _type(schema: Schema) -> str:
    told = schema.get("type", "any")
    kinds = [told] if isinstance(told, str) else [one for one in told if one != "null"]
    return "|".join(sorted(kinds))


def _values(place: str, schema: Schema) -> Iterator[str]:
    for value in schema.get("enum", ()):
        if value is not None:
            yield f"may {place} = {value}"
