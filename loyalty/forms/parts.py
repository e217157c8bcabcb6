"""The parts of the schemas of programmes and scenarios, and how each is filled in."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from loyalty.engine.files import schema

Schema = Mapping[str, Any]
_REF = "#/$defs/"
# What a definition is filled in as, whatever its form.
_CONTROLS = {
    "amount": "number",
    "percent": "number",
    "positive": "number",
    "not_negative": "number",
    "signed": "number",
    "words": "words",
    "condition": "condition",
    "date": "date",
    "clock": "clock",
    "moment": "moment",
    "quantity": "number",
    "voucher_name": "text",
    "happening": "happening",
    "expect": "given",
}
_TYPES = {"boolean": "yes_no", "integer": "number", "number": "number", "string": "text"}


@dataclass(frozen=True)
class Part:
    """One part: ``group`` is what the group is called that it is a field of, ``definition`` its own type.

    ``control`` is group, rows, several, by_key, condition, words, choice, yes_no, number, text, date,
    clock, moment, happening, or given for a group of which only what is given is shown.
    ``file`` is the kind of document whose definitions it refers to.
    """

    field: str
    group: str
    definition: str
    schema: Schema
    is_required: bool = True
    file: str = "programme"

    @property
    def control(self) -> str:
        return _control(self.schema, self.definition, self.file)

    @property
    def has_fields(self) -> bool:
        return "properties" in self.schema

    @property
    def own_group(self) -> str:
        """What its fields know as their group."""
        return self.definition or self.field

    @property
    def may_be_none(self) -> bool:
        """Whether it can say outright that there is none."""
        return "null" in self.schema.get("type", ())

    @property
    def default(self) -> Any:
        return self.schema.get("default", False if self.control == "yes_no" else None)

    def fields(self) -> "Iterator[Part]":
        """The fields of a group."""
        needed = self.schema.get("required", ())
        for name, found in self.schema["properties"].items():
            yield part_of(found, name, self.own_group, name in needed, self.file)

    def row(self) -> "Part":
        """What a row of rows, or one of several, is."""
        return part_of(self.schema["items"], self.field, self.group, file=self.file)

    def of_key(self) -> "Part":
        """What is held for each tier, meter or other key."""
        return part_of(
            self.schema["additionalProperties"], self.field, self.group, is_required=False, file=self.file
        )


@lru_cache(maxsize=1)
def programme() -> Part:
    return Part("programme", "", "", schema("programme"))


def top(name: str) -> Part:
    """A kind of object, or one of the single groups: meters, audience, life …"""
    part = next(part for part in programme().fields() if part.field == name)
    return part.row() if part.control == "rows" else part


def part_of(found: Schema, field: str, group: str, is_required: bool = True, file: str = "programme") -> Part:
    """The part that a fragment of a schema describes. What a file does not define is as in programmes."""
    definition = ""
    while "$ref" in found:
        definition = found["$ref"].removeprefix(_REF)
        known = schema(file)["$defs"].get(definition) or schema("programme")["$defs"][definition]
        found = {**known, **_without_ref(found)}
    return Part(field, group, definition, found, is_required, file)


def _without_ref(found: Schema) -> Schema:
    return {name: value for name, value in found.items() if name != "$ref"}


def _control(found: Schema, definition: str, file: str) -> str:
    if definition in _CONTROLS:
        return _CONTROLS[definition]
    if "enum" in found:
        return "choice"
    if "const" in found:
        return "yes_no"
    [kind] = {found["type"]} if isinstance(found["type"], str) else {*found["type"]} - {"null"}
    if kind == "array":
        row = part_of(found["items"], "", "", file=file)
        return "rows" if row.control in ("group", "condition", "happening") else "several"
    if kind == "object":
        return "group" if "properties" in found else "by_key"
    return _TYPES[kind]
