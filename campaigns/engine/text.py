"""Merchants' texts: names in double braces out of a closed list, filled in without any template language.

A text never runs code, so neither a merchant's slip nor a member's name can do more than stand in a mail.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from html import escape

VARIABLE = re.compile(r"\{\{\s*([a-z_]+)\s*\}\}")
OPENING = re.compile(r"\{\{|\{%")
CONTROL = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]+")
ADDRESS = re.compile(r"(https?://[^\s<>\"]+|\{\{\s*[a-z_]+_(?:link|page)\s*\}\})")
SHOWN_CHARACTERS = 30


@dataclass(frozen=True)
class Wording:
    """What is said in one language. An empty `html` stands for the plain text in the club's dress."""

    subject: str
    text: str
    html: str = ""


@dataclass(frozen=True)
class Mistake:
    """Where a text cannot be understood: `line` and `column` count from 1, `found` is what stands there."""

    key: str
    line: int
    column: int
    found: str


@dataclass(frozen=True)
class Compiled:
    """A text cut at its variables: plain pieces at even places, names at odd ones."""

    pieces: tuple[str, ...]

    def fill(self, values: Mapping[str, str]) -> str:
        filled = list(self.pieces)
        filled[1::2] = [values[name] for name in self.pieces[1::2]]
        return "".join(filled)


def compile_text(source: str) -> Compiled:
    return Compiled(tuple(VARIABLE.split(source)))


def mistakes(source: str, allowed: Collection[str]) -> list[Mistake]:
    """Return every place where `source` opens braces that do not hold one of the `allowed` names.

    Keys: `unknown_variable` (found is the name), `broken_variable` and `template_code` (found is the text).
    """
    return [
        mistake
        for opening in OPENING.finditer(source)
        if (mistake := mistake_at(source, opening.start(), allowed)) is not None
    ]


def mistake_at(source: str, place: int, allowed: Collection[str]) -> Mistake | None:
    line = source.count("\n", 0, place) + 1
    column = place - (source.rfind("\n", 0, place) + 1) + 1
    shown = source[place : place + SHOWN_CHARACTERS].splitlines()[0]
    if source.startswith("{%", place):
        return Mistake("template_code", line, column, shown)
    variable = VARIABLE.match(source, place)
    if variable is None:
        return Mistake("broken_variable", line, column, shown)
    if variable[1] not in allowed:
        return Mistake("unknown_variable", line, column, variable[1])
    return None


def for_text(values: Mapping[str, str]) -> dict[str, str]:
    """Return the values on one line each: a line break in a name could otherwise start a mail header."""
    return {name: CONTROL.sub(" ", value).strip() for name, value in values.items()}


def for_html(values: Mapping[str, str]) -> dict[str, str]:
    """Return the values so that they are text inside an element or a quoted attribute, never markup."""
    return {name: escape(value, quote=True) for name, value in for_text(values).items()}


def text_as_html(text: str) -> str:
    """Return a plain text as HTML: a paragraph per block of lines, and addresses as links."""
    blocks = re.split(r"\n\s*\n", text.replace("\r\n", "\n").strip())
    return "\n".join(f"<p>{block_as_html(block)}</p>" for block in blocks if block.strip())


def block_as_html(block: str) -> str:
    linked = ADDRESS.sub(r'<a href="\1">\1</a>', escape(block.strip(), quote=False))
    return linked.replace("\n", "<br>\n")
