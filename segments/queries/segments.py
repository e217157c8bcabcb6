"""Reading definitions with the segments they refer to, and asking who is meant."""

import unicodedata
from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from typing import Any

from django.db.models import QuerySet
from django.utils.text import slugify

from members.models import Member
from segments.engine.errors import Malformed
from segments.engine.reading import MOST_LEAVES, read
from segments.engine.tree import Field, Group, InSegment, Node, Not, Top
from segments.filters import Moment, fields
from segments.models import Membership, Segment
from segments.queries.catalogue import catalogue, club_zone
from segments.queries.compiler import members_in
from segments.queries.totals import members_out_of_totals


def read_definition(document: Any) -> Node:
    """The condition that ``document`` states, every segment that it refers to written out.

    Raises ``Malformed``: also where it refers to a segment that is not there, or to itself in the end.
    """
    return Definitions().whole(document)


class Definitions:
    """The saved definitions, read once, and what there is to ask for."""

    def __init__(self) -> None:
        self.zone = club_zone()
        self.catalogue = catalogue()
        self.saved: dict[str, Any] | None = None

    def own(self, key: str, document: Any) -> Node:
        """The condition to be saved under ``key`` as it is written, once it is sure that it goes nowhere wrong."""
        self.whole(document, (key,))
        return self.as_written(document)

    def as_written(self, document: Any) -> Node:
        """The condition alone, with the segments that it refers to by their names."""
        return read(document, self.catalogue, self.zone)

    def whole(self, document: Any, path: tuple[str, ...] = ()) -> Node:
        node = self._expanded(self.as_written(document), (), path)
        if sum(1 for _leaf in node.leaves()) > MOST_LEAVES:
            raise Malformed((), "too_many_conditions", most=MOST_LEAVES)
        return node

    def _expanded(self, node: Node, at: tuple[str | int, ...], path: tuple[str, ...]) -> Node:
        if isinstance(node, Group):
            parts = enumerate(node.parts)
            return Group(
                node.kind, tuple(self._expanded(part, (*at, node.kind, place), path) for place, part in parts)
            )
        if isinstance(node, Not):
            return Not(self._expanded(node.part, (*at, "not"), path))
        return self._named(node.key, (*at, "segment"), path) if isinstance(node, InSegment) else node

    def _named(self, key: str, at: tuple[str | int, ...], path: tuple[str, ...]) -> Node:
        if key in path:
            raise Malformed(at, "segments_go_round", segments=" → ".join((*path, key)))
        document = self._document(key)
        if document is None:
            raise Malformed(at, "segment_is_not_known", segment=key)
        try:
            return self.whole(document, (*path, key))
        except Malformed as error:
            raise Malformed(at, error.key, **error.facts) from error

    def _document(self, key: str) -> Any:
        if self.saved is None:
            self.saved = dict(Segment.objects.values_list("key", "definition"))
        return self.saved.get(key)


def members_of(node: Node, *, now: datetime, only: Collection[int] | None = None) -> QuerySet[Member]:
    """The active members whom ``node`` means at ``now``, or those of ``only`` (primary keys) among them."""
    moment = Moment(now.astimezone(UTC), club_zone(), only)
    if only is None:  # of a few, the facts are sooner asked
        moment = replace(moment, beyond_totals=members_out_of_totals(now))
    return members_in(node, moment)


def is_meant(node: Node, *, member: Member, now: datetime) -> bool:
    return members_of(node, now=now, only=[member.pk]).exists()


def in_segment(segment: Segment) -> QuerySet[Member]:
    """The active members in a saved segment, as of its last run."""
    return Member.objects.active().filter(segment_memberships__segment=segment)


def depends_on_others(node: Node) -> bool:
    """Whether what happens to one member can move another in or out."""
    return any(
        isinstance(leaf, Top) or (isinstance(leaf, Field) and fields[leaf.name].is_relative)
        for leaf in node.leaves()
    )


def segments_of(member_ids: Collection[int], keys: Collection[str]) -> dict[int, frozenset[str]]:
    """Which of the named segments each member is in, as of their last runs; in one query."""
    found: dict[int, set[str]] = {}
    rows = Membership.objects.filter(member_id__in=list(member_ids), segment__key__in=list(keys))
    for member_id, key in rows.values_list("member_id", "segment__key"):
        found.setdefault(member_id, set()).add(key)
    return {member_id: frozenset(names) for member_id, names in found.items()}


def free_key(name: str) -> str:
    """A key made of a name that no segment has yet."""
    latin = name.lower().replace("ø", "o").replace("æ", "ae")
    plain = slugify(unicodedata.normalize("NFKD", latin))[:36].strip("-_")
    taken = {*Segment.objects.values_list("key", flat=True), "preview", ""}
    keys = (plain if number == 1 else f"{plain or 'segment'}-{number}" for number in count(1))
    return next(key for key in keys if key not in taken)
