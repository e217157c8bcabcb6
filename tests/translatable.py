"""What is marked for translation in a folder, found without gettext: (context, one, many) of each message."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from django.utils.translation.template import templatize

TEMPLATES = (".html", ".txt")
# Where the message stands among the arguments: (context, one, many).
ARGUMENTS = {
    "gettext": (None, 0, None),
    "ngettext": (None, 0, 1),
    "pgettext": (0, 1, None),
    "npgettext": (0, 1, 2),
}
STRING = r"""u?(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')"""
CALL = re.compile(rf"(?<![\w.])(_|n?p?gettext)\(\s*({STRING}(?:\s*,\s*{STRING})*)", re.DOTALL)


class Marked(NamedTuple):
    context: str | None
    one: str
    many: str | None


def marked_in(folder: Path) -> set[Marked]:
    python = {
        message
        for path in folder.rglob("*.py")
        if not {"migrations", "tests"} & set(path.relative_to(folder).parts)
        for message in in_python(path.read_text("utf-8"))
    }
    templates = {
        message
        for path in folder.rglob("*")
        if path.suffix in TEMPLATES
        for message in in_template(path.read_text("utf-8"))
    }
    return python | templates


def in_python(source: str) -> Iterator[Marked]:
    tree = ast.parse(source)
    names = markers(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and (kind := names.get(ast.unparse(node.func))):
            yield from message(
                kind, [arg.value if isinstance(arg, ast.Constant) else None for arg in node.args]
            )


def markers(tree: ast.Module) -> dict[str, str]:
    """What the module calls each marking function: {"later": "gettext", "_": "gettext"}."""
    return {
        alias.asname or alias.name: re.sub("_(lazy|noop)$", "", alias.name)
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for alias in node.names
    }


def in_template(source: str) -> Iterator[Marked]:
    for name, arguments in CALL.findall(templatize(source)):
        strings = [ast.literal_eval(found) for found in re.findall(STRING, arguments, re.DOTALL)]
        yield from message("gettext" if name == "_" else name, strings)


def message(kind: str, arguments: list[object]) -> Iterator[Marked]:
    places = ARGUMENTS.get(kind, (None, len(arguments), None))
    found = [arguments[at] if at is not None and at < len(arguments) else None for at in places]
    context, one, many = (value if isinstance(value, str) else None for value in found)
    if one:
        yield Marked(context, one, many)
