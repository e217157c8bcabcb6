"""A definition as nested lines, for a page that shows it without being able to change it."""

from dataclasses import dataclass

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from segments.engine.tree import Group, Node, Not
from segments.queries.sentences import clause_of


@dataclass(frozen=True, slots=True)
class Line:
    """A condition in words, or the head of a group with the lines in it."""

    text: str
    parts: tuple["Line", ...] = ()


def outline(node: Node) -> Line:
    is_denied = isinstance(node, Not) and isinstance(node.part, Group)
    group = node.part if isinstance(node, Not) and is_denied else node
    if not isinstance(group, Group):
        return Line(capfirst(clause_of(node)))
    return Line(_head(group.kind, is_denied=is_denied), tuple(outline(part) for part in group.parts))


def _head(kind: str, *, is_denied: bool) -> str:
    if kind == "all":
        return _("Not all of these") if is_denied else _("All of these")
    return _("None of these") if is_denied else _("At least one of these")
