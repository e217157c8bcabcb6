"""From conditions to one query. Every condition is a set of members, and the sets are put together.

An ``all`` is one WHERE, an ``any`` is a UNION, and a ``not`` is a NOT EXISTS over the members of its part: forms that
the database turns into joins by hash, whatever their sizes, and in which a missing value can make nothing unknown.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import reduce
from operator import and_, or_
from typing import Any

from django.db.models import BooleanField, Case, Exists, OuterRef, Q, QuerySet, Value, When

from members.models import Member
from segments.engine.tree import (
    Bucket,
    Edge,
    Field,
    Group,
    Measured,
    Node,
    Not,
    Ratio,
    Recurring,
    Sequence,
    Top,
)
from segments.filters import Moment, fields
from segments.queries.chance import in_bucket
from segments.queries.facts import edge_condition, measured_condition, ratio_condition, top_condition
from segments.queries.order_of_facts import sequence_condition
from segments.queries.recurring import recurring_condition

YES, NO = Value(value=True), Value(value=False)


@dataclass(frozen=True, slots=True)
class Part:
    """Which members: a condition on rows of members. ``is_plain`` where their own columns decide."""

    condition: Q
    is_plain: bool = False


def members_in(node: Node, moment: Moment) -> QuerySet[Member]:
    """The active members who meet ``node`` at the moment. The segments it refers to are written out in it."""
    members = Member.objects.active()
    if moment.only is not None:
        members = members.filter(pk__in=list(moment.only))
    return members.filter(_part(node, moment).condition)


def _part(node: Node, moment: Moment) -> Part:
    if isinstance(node, Not):
        return _complement(_part(node.part, moment))
    if isinstance(node, Group):
        parts = [_part(one, moment) for one in node.parts]
        return _all(parts) if node.kind == "all" else _any(parts)
    if isinstance(node, Field):
        found = fields[node.name]()
        return Part(found.condition(node.test, node.told, moment), is_plain=found.is_plain)
    return Part(_CONDITIONS[type(node)](node, moment), is_plain=isinstance(node, Bucket))


_CONDITIONS: Mapping[type[Node], Callable[[Any, Moment], Q]] = {
    Measured: measured_condition,
    Ratio: ratio_condition,
    Edge: edge_condition,
    Sequence: sequence_condition,
    Recurring: recurring_condition,
    Top: top_condition,
    Bucket: in_bucket,
}


def _complement(part: Part) -> Part:
    if part.is_plain:
        # A comparison with what is missing is neither true nor false in SQL; here it is false.
        denied = Case(When(part.condition, then=NO), default=YES, output_field=BooleanField())
        return Part(Q(denied), is_plain=True)
    met = Member.objects.filter(part.condition, pk=OuterRef("pk"))
    return Part(Q(~Exists(met)))


def _all(parts: list[Part]) -> Part:
    return Part(reduce(and_, (part.condition for part in parts)), all(part.is_plain for part in parts))


def _any(parts: list[Part]) -> Part:
    plain = [part.condition for part in parts if part.is_plain]
    own = [reduce(or_, plain)] if plain else []
    if len(plain) == len(parts):
        return Part(own[0], is_plain=True)
    sets = [
        Member.objects.filter(condition).values("pk")
        for condition in [*own, *(part.condition for part in parts if not part.is_plain)]
    ]
    return Part(Q(pk__in=sets[0].union(*sets[1:]) if len(sets) > 1 else sets[0]))
