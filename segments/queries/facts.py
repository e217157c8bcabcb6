"""Conditions on what members have done: counted, summed, averaged, and when it was."""

from collections.abc import Collection
from dataclasses import replace
from fractions import Fraction
from typing import Any

from django.db import connection
from django.db.models import (
    BigIntegerField,
    Count,
    Exists,
    ExpressionWrapper,
    F,
    FloatField,
    Max,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    Window,
)
from django.db.models.expressions import RawSQL
from django.db.models.functions import Cast, Coalesce, NullIf, Rank

from members.models import Account, Consent, Member
from members.queries import has_refused
from segments.engine.shapes import EDGES
from segments.engine.tree import Edge, Facts, Measure, Measured, Node, Ratio, Test, Top
from segments.engine.window import Span
from segments.filters import Detail, FactFilter, Moment, Start, facts, start_called
from segments.filters.comparing import (
    detail_test,
    moment_test,
    number_test,
    others_than,
    quotient_test,
)
from segments.queries.shares import OwnsShare

OWNER = "segment_owner"
RESULT = "segment_result"


def rows_of(wanted: Facts, moment: Moment) -> QuerySet[Any]:
    """The facts that are meant, up to ``now``, each with its ``segment_owner``."""
    found = facts[wanted.of]()
    span = wanted.window.span(moment.now, moment.zone)
    span = Span(span.start or moment.now, span.end) if found.is_ahead else span.until(moment.now)
    rows: QuerySet[Any] = (
        found.rows(moment).filter(**{f"{found.owner}__isnull": False}).filter(_within(found.at, span))
    )
    if wanted.window.since:
        start = start_called(wanted.window.since)
        rows = rows.filter(
            **{f"{found.at}__gte": start.of(_owner(found, start), wanted.window.since, moment)}
        )
    for name, test in wanted.where:
        rows = _narrowed(rows, name, found.where()[name], test, moment)
    rows = rows.order_by().annotate(**{OWNER: F(found.owner)})
    if moment.among is not None:
        owner = "account_id" if found.is_of_account else "pk"
        rows = rows.filter(**{f"{found.owner}__in": Member.objects.filter(moment.among).values(owner)})
    if moment.only is None:
        return rows
    return rows.filter(**{f"{found.owner}__in": _owners(found, moment.only)})


def _owner(found: FactFilter, start: Start) -> str:
    """What leads from a fact to whom a start belongs to."""
    if start.is_of_account and not found.is_of_account:
        return f"{found.owner.removesuffix('_id')}__account_id"
    return found.owner


def _within(name: str, span: Span) -> Q:
    bounds = {"gte": span.start, "lte": span.end}
    return Q(**{f"{name}__{bound}": at for bound, at in bounds.items() if at is not None})


def _narrowed(rows: QuerySet[Any], name: str, detail: Detail, test: Test, moment: Moment) -> QuerySet[Any]:
    source = detail.source
    if not isinstance(source, str):
        rows, source = rows.alias(**{f"where_{name}": source}), f"where_{name}"
    return rows.filter(detail_test(source, detail.kind, detail.scale, test, moment))


def _owners(found: FactFilter, only: Collection[int]) -> Any:
    ids = list(only)
    return Member.objects.filter(pk__in=ids).values("account_id") if found.is_of_account else ids


def any_of(wanted: Facts, moment: Moment) -> Q:
    """The members who have such facts: each asks for their own, so that the database can ask few or all at once."""
    return Q(Exists(_rows_of_each(wanted, moment)))


def none_of(wanted: Facts, moment: Moment) -> Q:
    """The members who have no such facts, or refuse to have them analysed."""
    found, rows = facts[wanted.of](), _rows_of_each(wanted, moment)
    if found.is_behaviour and not moment.refusers_are_out:
        rows = rows.filter(~has_refused(Consent.Purpose.PROFILING, moment.now, member=found.owner))
    return Q(~Exists(rows))


def _rows_of_each(wanted: Facts, moment: Moment) -> QuerySet[Any]:
    found = facts[wanted.of]()
    rows = rows_of(wanted, replace(moment, among=None))
    return rows.filter(**{found.owner: OuterRef("account_id" if found.is_of_account else "pk")})


def owned_by(of: str, rows: QuerySet[Any]) -> Q:
    """The members who own any of ``rows``."""
    name = "account_id__in" if facts[of].is_of_account else "pk__in"
    return Q(**{name: rows.values(OWNER)})


def _nobody_owns(of: str, rows: QuerySet[Any]) -> Q:
    """The members who own none of ``rows``."""
    return others_than(owned_by(of, rows))


def measured_condition(node: Measured, moment: Moment) -> Q:
    """Who has no such facts has zero of them; where zero passes, those are meant whose number does not."""
    measure, test, of = node.measure, node.test, node.measure.facts.of
    is_for_none = measure.is_never_missing and test.compares(0)
    if is_about_any(node):
        return ~any_of(measure.facts, moment) if is_for_none else any_of(measure.facts, moment)
    grouped = results_of(measure, rows_of(measure.facts, moment), moment)
    if is_for_none:
        return _nobody_owns(of, grouped.filter(compared(measure, test.opposite, moment)))
    return owned_by(of, grouped.filter(compared(measure, test, moment)))


def is_about_any(node: Node) -> bool:
    """Whether it only matters if there is one."""
    if not isinstance(node, Measured) or node.measure.agg != "count":
        return False
    test = node.test
    return (test.op, test.value) in {("gte", 1), ("gt", 0), ("ne", 0), ("eq", 0), ("lt", 1), ("lte", 0)}


def results_of(measure: Measure, rows: QuerySet[Any], moment: Moment) -> QuerySet[Any]:
    """The owners of ``rows``, each with the number that they come to; of the first or the last, with its value."""
    if measure.agg not in EDGES:
        grouped: QuerySet[Any] = rows.values(OWNER).annotate(**result_of(measure))
        return grouped
    found = facts[measure.facts.of]()
    detail = found.measures()[measure.field]
    order = (found.at, "pk") if measure.agg == "first" else (f"-{found.at}", "-pk")
    valued = rows.annotate(edge_value=_unless_blank(detail)).filter(edge_value__isnull=False)
    value = valued.filter(**{found.owner: OuterRef("pk")}).order_by(*order).values("edge_value")[:1]
    owners: QuerySet[Any] = (Account.objects if found.is_of_account else Member.objects).annotate(
        **{OWNER: F("pk"), RESULT: Subquery(value)}
    )
    if moment.only is not None:
        owners = owners.filter(pk__in=_owners(found, moment.only))
    return owners.filter(**{f"{RESULT}__isnull": False}).values(OWNER, RESULT)


def result_of(measure: Measure) -> dict[str, Any]:
    """The annotations that hold the number, in smallest parts; an average is its sum beside its count."""
    if measure.agg == "count":
        return {RESULT: Count("*")}
    detail = facts[measure.facts.of]().measures()[measure.field]
    value = detail.expression
    if measure.agg == "count_distinct":
        return {RESULT: Count(_unless_blank(detail), distinct=True)}
    if measure.agg == "sum":
        return {RESULT: Coalesce(Sum(value), 0, output_field=BigIntegerField())}
    if measure.agg == "avg":
        return {RESULT: Sum(value, output_field=BigIntegerField()), "segment_count": Count(value)}
    return {RESULT: (Min if measure.agg == "min" else Max)(value)}


def _unless_blank(detail: Detail) -> Any:
    is_column = isinstance(detail.source, str) and not detail.source.endswith("_id")
    return NullIf(detail.expression, Value("")) if detail.kind == "text" and is_column else detail.expression


def scale_of(measure: Measure) -> int:
    if measure.agg.startswith("count"):
        return 1
    return facts[measure.facts.of]().measures()[measure.field].scale


def compared(measure: Measure, test: Test, moment: Moment) -> Q:
    """The test of a result. An average passes where its sum stands so to the value times its count."""
    scale = scale_of(measure)
    if measure.agg in EDGES:
        detail = facts[measure.facts.of]().measures()[measure.field]
        return detail_test(RESULT, detail.kind, scale, test, moment)
    return _average_test(test, scale) if measure.agg == "avg" else number_test(RESULT, test, scale)


def _average_test(test: Test, scale: int) -> Q:
    return quotient_test(F(RESULT), F("segment_count"), test, Fraction(scale))


def ratio_condition(node: Ratio, moment: Moment) -> Q:
    """Of whom there is too little to divide by, the share is missing."""
    least = number_test(RESULT, Test("gte", Fraction(node.least)), scale_of(node.below))
    below = _by_owner(node.below, moment).filter(least)
    scaled = Fraction(scale_of(node.above), scale_of(node.below))
    owner = "account_id" if facts[node.below.facts.of].is_of_account else "pk"
    counted = _by_owner(node.above, moment)
    known = facts[node.above.facts.of]().known(moment)
    if known and node.test.compares(0):
        silent = Q(**{f"{OWNER}__in": Member.objects.filter(known).values(owner)})
        below = below.filter(silent | Q(**{f"{OWNER}__in": counted.values(OWNER)}))
    # Of few, each is looked up by itself; of many, all facts are gone through.
    is_each = moment.among is not None and connection.vendor == "postgresql"
    if is_each:
        theirs = {facts[node.above.facts.of].owner: RawSQL("parts.owner", ())}
        counted = _by_owner(node.above, replace(moment, among=None)).filter(**theirs)
    return Q(OwnsShare(owner, _named(counted), _named(below), node.test, scaled, is_each=is_each))


def _by_owner(measure: Measure, moment: Moment) -> QuerySet[Any]:
    grouped: QuerySet[Any] = rows_of(measure.facts, moment).values(OWNER).annotate(**result_of(measure))
    return grouped


def _named(grouped: QuerySet[Any]) -> QuerySet[Any]:
    """As a share reads them: ``owner`` and ``result``."""
    return grouped.values(owner=F(OWNER), result=F(RESULT))


def edge_condition(node: Edge, moment: Moment) -> Q:
    """When the first or the last was; who has none is missing a date."""
    at = facts[node.facts.of].at
    grouped = rows_of(node.facts, moment).values(OWNER)
    edge = grouped.annotate(**{RESULT: (Min if node.which == "first" else Max)(at)})
    return owned_by(node.facts.of, edge.filter(moment_test(RESULT, node.test, moment)))


def top_condition(node: Top, moment: Moment) -> Q:
    """Those ranked within the share of active members; who has no such facts comes after all who have.

    Facts of accounts rank accounts, and all members of one are level.
    """
    measure, of = node.measure, node.measure.facts.of
    column = "account_id" if facts[of].is_of_account else "pk"
    active = Member.objects.active()
    rows = rows_of(measure.facts, Moment(moment.now, moment.zone))
    rank = Window(Rank(), order_by=_order_of(measure).desc())
    grouped = results_of(measure, rows, Moment(moment.now, moment.zone))
    ranked = grouped.filter(**{f"{OWNER}__in": active.values(column)}).annotate(segment_rank=rank)
    size = Subquery(active.order_by().values("state").annotate(size=Count("*")).values("size"))
    share = node.percent / 100
    rounded_up = (size * share.numerator + share.denominator - 1) / share.denominator
    allowed = ExpressionWrapper(rounded_up, output_field=BigIntegerField())
    return owned_by(of, ranked.filter(segment_rank__lte=allowed))


def _order_of(measure: Measure) -> Any:
    """Equal averages are equal numbers: the division of two whole numbers is rounded the same way."""
    if measure.agg != "avg":
        return F(RESULT)
    return ExpressionWrapper(Cast(F(RESULT), FloatField()) / F("segment_count"), output_field=FloatField())
