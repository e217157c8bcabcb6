"""Why a member is in a segment or not: each condition with its value, and when it turns by itself."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from fractions import Fraction
from hashlib import md5
from typing import Any

from django.db.models import F, Max, Min

from members.models import Member
from segments.engine.clock import local_day
from segments.engine.reading import LOTS
from segments.engine.shapes import NUMERIC
from segments.engine.tree import (
    EVER,
    Bucket,
    Edge,
    Field,
    Group,
    Measure,
    Measured,
    Node,
    Not,
    Ratio,
    Recurring,
    Top,
)
from segments.engine.turning import comes_round_on, fades_on, turns_on
from segments.filters import Moment, Value, facts, fields
from segments.queries.catalogue import BIRTHDAY, JOINED, club_zone
from segments.queries.chance import DIGITS
from segments.queries.compiler import members_in
from segments.queries.facts import RESULT, results_of, rows_of, scale_of
from segments.queries.phrases import shown
from segments.queries.sentences import COUNTED, read_back, unit_of

# More facts of one member than this are not followed one by one.
MOST_FACTS = 2000


@dataclass(frozen=True, slots=True)
class Reason:
    """A condition read back, its value in words, empty where it is missing or there is none to tell, and whether it
    is met. ``turns_on`` is the day on which that changes though nothing happens; nothing where it stays as it is or
    it cannot be told.
    """

    sentence: str
    value: str
    is_met: bool
    turns_on: date | None


@dataclass(frozen=True, slots=True)
class Why:
    is_meant: bool
    is_active: bool
    reasons: tuple[Reason, ...]


def why(node: Node, *, member: Member, now: datetime) -> Why:
    """Why ``node`` means the member at ``now`` or not. So many queries as it has conditions, some for each."""
    moment = Moment(now.astimezone(UTC), club_zone(), (member.pk,))
    return Why(
        is_meant=_is_met(node, moment),
        is_active=Member.objects.active().filter(pk=member.pk).exists(),
        reasons=tuple(_reason(one, member, moment) for one in _conditions(node)),
    )


def _conditions(node: Node) -> Iterator[Node]:
    """The single conditions; one that is denied is told as denied, a group that is has its parts told."""
    if isinstance(node, Not) and isinstance(node.part, Group | Not):
        yield from _conditions(node.part)
    elif isinstance(node, Group):
        for part in node.parts:
            yield from _conditions(part)
    else:
        yield node


def _is_met(node: Node, moment: Moment) -> bool:
    return members_in(node, moment).exists()


def _reason(node: Node, member: Member, moment: Moment) -> Reason:
    leaf = node.part if isinstance(node, Not) else node
    told = _TOLD.get(type(leaf))
    value, day = told(leaf, member, moment) if told else ("", None)
    return Reason(read_back(node), value, _is_met(node, moment), day)


Told = tuple[str, date | None]


def _said(value: Any, of: Value) -> str:
    return "" if value is None or value == "" else shown(value, of)


def _field(node: Field, member: Member, moment: Moment) -> Told:
    found = fields[node.name]()
    if found.kind == "yes_no":
        return shown(_is_met(node, moment) is node.test.value, found), None
    value = found.value(member, node.told, moment)
    return _said(value, found), found.turns_on(node.test, member, moment)


def _number(measure: Measure, moment: Moment) -> Fraction | None:
    """What the measure comes to for the one member, in units."""
    found = next(iter(results_of(measure, rows_of(measure.facts, moment), moment)), None)
    if found is None or found[RESULT] is None:
        return Fraction(0) if measure.is_never_missing else None
    return Fraction(found[RESULT], scale_of(measure) * found.get("segment_count", 1))


def _measured(node: Measured, member: Member, moment: Moment) -> Told:
    return _said(_worked_out(node.measure, moment), unit_of(node.measure)), _fades_on(node, moment)


def _worked_out(measure: Measure, moment: Moment) -> Any:
    """A number, or the text or the day that the first or the last has."""
    if unit_of(measure).kind in NUMERIC:
        return _number(measure, moment)
    found = results_of(measure, rows_of(measure.facts, moment), moment).first()
    return found[RESULT] if found else None


def _fades_on(node: Measured, moment: Moment) -> date | None:
    measure, window = node.measure, node.measure.facts.window
    found = facts[measure.facts.of]()
    is_fading = window.kind == "last" or (window.kind == "calendar" and window.count == 0)
    if measure.agg not in ("count", "sum") or found.is_ahead or not is_fading:
        return None
    rows = rows_of(measure.facts, moment).annotate(fact_at=F(found.at))
    if measure.agg == "count":
        ends = [(at, Fraction(1)) for at in rows.values_list("fact_at", flat=True)[:MOST_FACTS]]
    else:
        number = found.measures()[measure.field]
        named = rows.annotate(fact_value=number.expression).values_list("fact_at", "fact_value")
        ends = [(at, Fraction(value or 0, number.scale)) for at, value in named[:MOST_FACTS]]
    if len(ends) == MOST_FACTS:
        return None
    return fades_on(ends, node.test, window, moment.now, moment.zone)


def _ratio(node: Ratio, member: Member, moment: Moment) -> Told:
    above, below = _number(node.above, moment), _number(node.below, moment)
    is_enough = above is not None and below is not None and below >= node.least
    return (_said(above / below, COUNTED) if is_enough and above is not None and below else ""), None


def _edge(node: Edge, member: Member, moment: Moment) -> Told:
    found = facts[node.facts.of]()
    rows = rows_of(node.facts, moment)
    at = rows.aggregate(at=(Min if node.which == "first" else Max)(found.at))["at"]
    if at is None or node.test.window is None:
        return "", None
    is_steady = node.facts.window == EVER and not found.is_ahead
    return shown(at, COUNTED), turns_on(at, node.test.window, moment.now, moment.zone) if is_steady else None


def _recurring(node: Recurring, member: Member, moment: Moment) -> Told:
    day = _yearly_date(node, member, moment)
    return ("", None) if day is None else (shown(day, COUNTED), comes_round_on(day, node, moment.today))


def _yearly_date(node: Recurring, member: Member, moment: Moment) -> date | None:
    if node.date == BIRTHDAY:
        return member.birth_date
    if node.date == JOINED:
        return local_day(member.joined_at, moment.zone)
    orders = facts["order"]().rows(moment).filter(member_id=member.pk, placed_at__lte=moment.now)
    first = orders.aggregate(at=Min("placed_at"))["at"]
    return local_day(first, moment.zone) if first else None


def _top(node: Top, member: Member, moment: Moment) -> Told:
    return _said(_number(node.measure, moment), unit_of(node.measure)), None


def _bucket(node: Bucket, member: Member, moment: Moment) -> Told:
    drawn = md5(f"{node.salt}:{member.number}".encode(), usedforsecurity=False).hexdigest()[:DIGITS]
    return shown(Fraction(int(drawn, 16) * LOTS // 16**DIGITS), COUNTED), None


_TOLD: Mapping[type[Node], Callable[[Any, Member, Moment], Told]] = {
    Field: _field,
    Measured: _measured,
    Ratio: _ratio,
    Edge: _edge,
    Recurring: _recurring,
    Top: _top,
    Bucket: _bucket,
}
