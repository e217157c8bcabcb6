"""From conditions to one query. Every condition is a set of members, and the sets are put together.

An ``all`` is one WHERE, an ``any`` is a UNION, and a ``not`` is a NOT EXISTS over the members of its part: forms that
the database turns into joins by hash, whatever their sizes, and in which a missing value can make nothing unknown.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import reduce
from operator import and_, or_
from typing import Any

from django.db.models import BooleanField, Case, Exists, OuterRef, Q, QuerySet, Value, When

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
from segments.queries.facts import (
    edge_condition,
    is_about_any,
    measured_condition,
    none_of,
    ratio_condition,
    top_condition,
)
from segments.queries.order_of_facts import sequence_condition
from segments.queries.recurring import recurring_condition
from segments.queries.totals import holds_for_none, is_told, totals_that_do_not, totals_that_meet

# The turns of conditions: what totals tell, whether there is any of what is rare, how much there is of it, all else.
FIRST, SECOND, THIRD, LAST = range(4)
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
    if is_told(node, moment):
        return Part(_told_by_totals(node, moment), is_behaviour=True)
    if isinstance(node, Not):
        return _complement(node.part, moment)
    if isinstance(node, Group):
        parts = _with_totals_together(node, moment)
        return (
            _all(parts, moment) if node.kind == "all" else _any([_part(one, moment) for one in parts], moment)
        )
    if isinstance(node, Field):
        found = fields[node.name]()
        condition = found.condition(node.test, node.told, moment)
        return Part(condition, is_plain=found.is_plain, is_behaviour=found.is_behaviour)
    condition = _CONDITIONS[type(node)](node, moment)
    return Part(condition, is_plain=isinstance(node, Bucket), is_behaviour=_asks_of_behaviour(node))


def _with_totals_together(group: Group, moment: Moment) -> list[Node]:
    """What totals tell comes first, as one condition: they are gone through once."""
    told = [one for one in group.parts if is_told(one, moment)]
    others = [one for one in group.parts if one not in told]
    return [Group(group.kind, tuple(told)), *others] if told else others


def _told_by_totals(node: Node, moment: Moment) -> Q:
    met = _beyond(node, moment)
    if not holds_for_none(node):
        found = totals_that_meet(node, moment).values("pk")
        return Q(pk__in=found.union(met.values("pk"), all=True) if moment.beyond_totals else found)
    unmet = totals_that_do_not(node, moment).filter(pk=OuterRef("pk"))
    return Q(~Exists(unmet)) & ~_one_of(
        set(moment.beyond_totals or ()) - set(met.values_list("pk", flat=True))
    )


def _not_told_by_totals(node: Node, moment: Moment) -> Q:
    """Who does not meet it, or refuses to have it known."""
    met = totals_that_meet(node, moment).filter(pk=OuterRef("pk"))
    beyond = _beyond(node, moment)
    if not moment.refusers_are_out:
        met = met.filter(~_refusers(moment))
        beyond = beyond.filter(~_refusers(moment))
    return Q(~Exists(met)) & ~_one_of(beyond.values_list("pk", flat=True))


def _beyond(node: Node, moment: Moment) -> QuerySet[Member]:
    """Of those whose totals do not tell, who meets it."""
    few = moment.beyond_totals or ()
    asked = replace(moment, only=few, among=None, beyond_totals=None)
    return Member.objects.filter(_part(node, asked).condition, pk__in=few)


def _one_of(ids: Iterable[int]) -> Q:
    return Q(pk__in=sorted(ids))


def _refusers(moment: Moment) -> Q:
    return has_refused(Consent.Purpose.PROFILING, moment.now)


def _asks_of_behaviour(node: Node) -> bool:
    if isinstance(node, Recurring):
        return node.date == FIRST_ORDER
    return any(facts[one.of].is_behaviour for one in node.facts_asked_of())


def _without_refusers(part: Part, moment: Moment) -> Part:
    """What is unknown of a member is true of none: who refuses to be analysed meets no condition on behaviour."""
    if not part.is_behaviour:
        return part
    return Part(part.condition & ~_refusers(moment))


_CONDITIONS: Mapping[type[Node], Callable[[Any, Moment], Q]] = {
    Measured: measured_condition,
    Ratio: ratio_condition,
    Edge: edge_condition,
    Sequence: sequence_condition,
    Recurring: recurring_condition,
    Top: top_condition,
    Bucket: in_bucket,
}


def _complement(node: Node, moment: Moment) -> Part:
    if is_told(node, moment) and not holds_for_none(node):
        return Part(_not_told_by_totals(node, moment))
    if isinstance(node, Measured) and is_about_any(node) and not node.test.compares(0):
        return Part(none_of(node.measure.facts, moment))
    part = _part(node, moment)
    if not moment.refusers_are_out:
        part = _without_refusers(part, moment)
    if part.is_plain:
        # A comparison with what is missing is neither true nor false in SQL; here it is false.
        denied = Case(When(part.condition, then=NO), default=YES, output_field=BooleanField())
        return Part(Q(denied), is_plain=True)
    return Part(others_than(part.condition))


def _all(nodes: list[Node], moment: Moment) -> Part:
    """One after the other, those that few meet first: of the facts of a condition, only those of the members are
    looked at who have met the ones before.
    """
    is_behaviour = any(is_told(one, moment) or _asks_of_behaviour(one) for one in nodes)
    moment = replace(moment, refusers_are_out=moment.refusers_are_out or is_behaviour)
    outer = [moment.among] if moment.among is not None else []
    first: list[Part] = []
    rest: list[Part] = []
    is_implied = False
    for node in sorted(nodes, key=lambda one: _turn(one, moment)):
        part = _part(node, moment)
        is_behaviour = is_behaviour or part.is_behaviour
        is_among = _looks_among(node, moment)
        if _turn(node, moment) == LAST:
            rest.append(part)
            is_implied = is_implied or is_among
        else:
            first = [part] if is_among else [*first, part]
            moment = replace(moment, among=reduce(and_, (one.condition for one in first), *outer))
    parts = rest if is_implied else [*first, *rest]
    return Part(
        reduce(and_, (part.condition for part in parts)),
        is_plain=all(part.is_plain for part in parts),
        is_behaviour=is_behaviour,
    )


def _turn(node: Node, moment: Moment) -> int:
    """The place of a condition among those that must all be met."""
    if is_told(node, moment):
        return FIRST
    if not isinstance(node, Measured) or facts[node.measure.facts.of].is_common:
        return LAST
    if node.measure.is_never_missing and node.test.compares(0):
        return LAST
    return SECOND if is_about_any(node) else THIRD


def _looks_among(node: Node, moment: Moment) -> bool:
    """Whether only those meet it who meet what came before: their facts alone are looked at."""
    if moment.among is None or is_told(node, moment) or is_about_any(node):
        return False
    if isinstance(node, Measured) and node.measure.is_never_missing and node.test.compares(0):
        return False
    asked = node.facts_asked_of() if isinstance(node, (Measured, Ratio, Edge)) else ()
    return bool(asked) and not any(facts[one.of].is_of_account for one in asked)


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
