"""A small, strict part of YAML 1.2: mappings, lists, texts, exact numbers, true, false and null.

No anchors, no tags, no key twice, no dates and no floats: ``2025-03-31`` stays a text, ``12.50`` is a
``Decimal``, ``no`` is a text. Whatever the input, the answer is a value or a ``ProgrammeError``.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import yaml

from loyalty.engine.errors import Place, ProgrammeError

MAX_BYTES = 200_000
MAX_DEPTH = 20
MAX_DIGITS = 15
MAX_TEXT = 2_000
_INTEGER = re.compile(r"^[-+]?(?:0|[1-9][0-9]*)$")
_DECIMAL = re.compile(r"^[-+]?(?:0|[1-9][0-9]*)\.[0-9]{1,6}$")
_UNREADABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


@dataclass(slots=True)
class Source:
    """A file's value, and the line on which each of its places stands."""

    value: Any
    lines: dict[Place, int] = field(default_factory=dict)

    def line(self, place: Place) -> int | None:
        """The line of ``place``, or of the nearest place around it."""
        for length in range(len(place), -1, -1):
            if place[:length] in self.lines:
                return self.lines[place[:length]]
        return None


class _Composer(yaml.SafeLoader):
    """Makes nodes and nothing else; refuses what could grow without end."""

    yaml_implicit_resolvers: dict[str, Any] = {}
    depth = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        event = self.peek_event()  # type: ignore[no-untyped-call]
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise _refused("anchors (&) and aliases (*) are not read", event)
        if getattr(event, "tag", None):
            raise _refused("tags (!) are not read", event)
        if self.depth >= MAX_DEPTH:
            raise _refused(f"more than {MAX_DEPTH} levels deep", event)
        self.depth += 1
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


def _refused(message: str, marked: Any) -> ProgrammeError:
    return ProgrammeError(message, line=marked.start_mark.line + 1)


def read(content: str | bytes) -> Source:
    """What ``content`` says. Raises ``ProgrammeError`` with the line for anything else."""
    node = _composed(_text(content))
    if node is None:
        raise ProgrammeError("the file is empty")
    source = Source(None, {(): 1})
    source.value = _value(node, (), source.lines)
    return source


def _composed(text: str) -> yaml.Node | None:
    try:
        loader = _Composer(text)
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise ProgrammeError("a character that cannot be read", line=line) from error
    try:
        node: yaml.Node | None = loader.get_single_node()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problem = error.problem or error.context or "cannot be read"
        told = "indent with spaces, not with tabs" if "\\t" in problem else f"not YAML: {problem}"
        raise ProgrammeError(told, line=mark.line + 1 if mark else None) from error
    except ProgrammeError:
        raise
    except (ValueError, OverflowError) as error:  # escapes and directives with impossible numbers
        raise ProgrammeError("not YAML: an impossible number", line=loader.line + 1) from error
    return node


def _text(content: str | bytes) -> str:
    if len(content) > MAX_BYTES:
        raise ProgrammeError(f"the file is larger than {MAX_BYTES // 1000} kB")
    if isinstance(content, str):
        return content.removeprefix("\ufeff")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ProgrammeError("the file is not written in UTF-8", line=line) from error


def _value(node: yaml.Node, place: Place, lines: dict[Place, int]) -> Any:
    lines.setdefault(place, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, place, lines)
    if isinstance(node, yaml.ScalarNode):
        return _scalar(node)
    return [_value(item, (*place, index), lines) for index, item in enumerate(node.value)]


def _mapping(node: yaml.MappingNode, place: Place, lines: dict[Place, int]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key_node, value_node in node.value:
        if not isinstance(key_node, yaml.ScalarNode):
            raise _refused("a key must be a word", key_node)
        key = _checked_text(key_node)
        if key in found:
            raise ProgrammeError(f"'{key}' stands here twice", place, key_node.start_mark.line + 1)
        lines[(*place, key)] = key_node.start_mark.line + 1
        found[key] = _value(value_node, (*place, key), lines)
    return found


def _scalar(node: yaml.ScalarNode) -> Any:
    text = _checked_text(node)
    if node.style is not None:  # quoted: a text, whatever it looks like
        return text
    reader = _WORDS.get(text)
    if reader is not None:
        return reader()
    if _INTEGER.match(text) or _DECIMAL.match(text):
        if sum(letter.isdigit() for letter in text) > MAX_DIGITS:
            raise _refused(f"a number of more than {MAX_DIGITS} digits", node)
        return Decimal(text) if "." in text else int(text)
    return text


_WORDS: dict[str, Callable[[], bool | None]] = {
    "": lambda: None,
    "~": lambda: None,
    "null": lambda: None,
    "true": lambda: True,
    "false": lambda: False,
}


def _checked_text(node: yaml.Node) -> str:
    text = str(node.value)
    if len(text) > MAX_TEXT:
        raise _refused(f"a text of more than {MAX_TEXT} characters", node)
    if _UNREADABLE.search(text):
        raise _refused("a text with a character that cannot be read", node)
    return text
