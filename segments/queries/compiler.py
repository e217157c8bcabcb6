"""From conditions to one query. Every condition is a set of members, and the sets are put together.

An ``all`` is one WHERE, an ``any`` is a UNION, and a ``not`` is a NOT EXISTS over the members of its part: forms that
the database turns into joins by hash, whatever their sizes, and in which a missing value can make nothing unknown.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import reduce
from operator import and_, or_
from typing import Any

from django.db.models import BooleanField, Case, Q, QuerySet, Value, When

from members.models import Consent, Member
from members.queries import has_refused
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
from segments.filters import Moment, facts, fields
from segments.filters.comparing import others_than
from segments.queries.catalogue import FIRST_ORDER
from segments.queries.chance import in_bucket
from segments.queries.facts import edge_condition, measured_condition, ratio_condition, top_condition
from segments.queries.order_of_facts import sequence_condition
from segments.queries.recurring import recurring_condition

YES, NO = Value(value=True), Value(value=False)


@dataclass(frozen=True, slots=True)
class Part:
    """Which members: a condition on rows of members. ``is_plain`` where their own columns decide.

    ``is_behaviour`` where those who refuse to be analysed are still to be left out.
    """

    condition: Q
    is_plain: bool = False
    is_behaviour: bool = False


def members_in(node: Node, moment: Moment) -> QuerySet[Member]:
    """The active members who meet ``node`` at the moment. The segments it refers to are written out in it."""
    members = Member.objects.active()
    if moment.only is not None:
        members = members.filter(pk__in=list(moment.only))
    return members.filter(_without_refusers(_part(node, moment), moment).condition)


def _part(node: Node, moment: Moment) -> Part:
    if isinstance(node, Not):
        return _complement(_without_refusers(_part(node.part, moment), moment))
    if isinstance(node, Group):
        if node.kind == "any":
            return _any([_part(one, moment) for one in node.parts], moment)
        return _all(_narrowed(node.parts, moment))
    if isinstance(node, Field):
        found = fields[node.name]()
        condition = found.condition(node.test, node.told, moment)
        return Part(condition, is_plain=found.is_plain, is_behaviour=found.is_behaviour)
    condition = _CONDITIONS[type(node)](node, moment)
    return Part(condition, is_plain=isinstance(node, Bucket), is_behaviour=_asks_of_behaviour(node))


def _narrowed(nodes: tuple[Node, ...], moment: Moment) -> list[Part]:
    """Conditions that few meet first: the others then look at the facts of those few alone."""
    few = [_part(one, moment) for one in nodes if _is_met_by_few(one)]
    if few:
        among = [moment.among] if moment.among is not None else []
        moment = replace(moment, among=reduce(and_, (part.condition for part in few), *among))
    return [*few, *(_part(one, moment) for one in nodes if not _is_met_by_few(one))]


def _is_met_by_few(node: Node) -> bool:
    """Whether it asks for something rarer than a purchase."""
    if not isinstance(node, Measured) or facts[node.measure.facts.of].is_common:
        return False
    return not (node.measure.is_never_missing and node.test.compares(0))


def _asks_of_behaviour(node: Node) -> bool:
    if isinstance(node, Recurring):
        return node.date == FIRST_ORDER
    return any(facts[one.of].is_behaviour for one in node.facts_asked_of())


def _without_refusers(part: Part, moment: Moment) -> Part:
    """What is unknown of a member is true of none: who refuses to be analysed meets no condition on behaviour."""
    if not part.is_behaviour:
        return part
    return Part(part.condition & ~has_refused(Consent.Purpose.PROFILING, moment.now))


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
    return Part(others_than(part.condition))


def _all(parts: list[Part]) -> Part:
    return Part(
        reduce(and_, (part.condition for part in parts)),
        is_plain=all(part.is_plain for part in parts),
        is_behaviour=any(part.is_behaviour for part in parts),
    )


def _any(parts: list[Part], moment: Moment) -> Part:
    is_behaviour = all(part.is_behaviour for part in parts)
    if not is_behaviour:
        parts = [_without_refusers(part, moment) for part in parts]
    plain = [part.condition for part in parts if part.is_plain]
    own = [reduce(or_, plain)] if plain else []
    if len(plain) == len(parts):
        return Part(own[0], is_plain=True, is_behaviour=is_behaviour)
    sets = [
        Member.objects.filter(condition).values("pk")
        for condition in [*own, *(part.condition for part in parts if not part.is_plain)]
    ]
    met = Q(pk__in=sets[0].union(*sets[1:]) if len(sets) > 1 else sets[0])
    return Part(met, is_behaviour=is_behaviour)
