"""Conditions that the totals of a member answer: one look at one short row, where facts would be gone through."""

from collections.abc import Callable, Mapping
from datetime import datetime
from fractions import Fraction
from functools import reduce
from operator import and_, or_

from django.db.models import F, Q, QuerySet

from members.models import Activity
from segments.engine.tree import EVER, Edge, Facts, Group, Measure, Measured, Node, Test
from segments.filters import Moment
from segments.filters.comparing import moment_test, number_test, quotient_test, runs
from segments.models import StaleTotals, Totals, TotalsCount
from segments.queries.facts import scale_of

# What changes the totals of its member. Whoever changes them and tells the stream nothing notes it.
PURCHASES = ("order.recorded", "order.revised", "order.cancelled", "order.claimed", "return.recorded")
# Of more than these the facts themselves are sooner asked.
MOST_BEYOND = 1000
ORDERS_APART = 5
# The smallest sums of returned pieces whose time is kept, and the tests that pass from there on.
PIECES = {("gt", 0): 0, ("ne", 0): 0, ("gte", 1): 1, ("gte", 2): 2, ("gte", 3): 3}


def members_out_of_totals(now: datetime) -> frozenset[int] | None:
    """Whose totals do not tell what holds at ``now``; nothing where they are too many, or none have been counted.

    Something has happened to them since they were counted, or lies ahead.
    """
    if not TotalsCount.objects.filter(counted_at__isnull=False).exists():
        return None
    heard = Activity.objects.undelivered().filter(kind__in=PURCHASES, member__isnull=False)
    ahead = Totals.objects.filter(latest_at__gt=now)
    noted = StaleTotals.objects.values_list("member_id")
    beyond = noted.union(heard.values_list("member_id"), ahead.values_list("member_id"))[: MOST_BEYOND + 1]
    found = frozenset(pk for (pk,) in beyond)
    return None if len(found) > MOST_BEYOND else found


def is_told(node: Node, moment: Moment) -> bool:
    """Whether the totals tell who meets it."""
    return moment.beyond_totals is not None and _row_test(node, moment) is not None


def totals_that_meet(node: Node, moment: Moment) -> QuerySet[Totals]:
    """The totals whose members meet it; of who has none, ``holds_for_none`` tells."""
    return _counted(moment).filter(_row_test(node, moment))


def totals_that_do_not(node: Node, moment: Moment) -> QuerySet[Totals]:
    return _counted(moment).filter(~(_row_test(node, moment) or Q()))


def _counted(moment: Moment) -> QuerySet[Totals]:
    beyond = sorted(moment.beyond_totals or ())
    return Totals.objects.exclude(pk__in=beyond) if beyond else Totals.objects.all()


def holds_for_none(node: Node) -> bool:
    """Whether who has neither bought nor returned meets it."""
    if isinstance(node, Group):
        return (any if node.kind == "any" else all)(map(holds_for_none, node.parts))
    return isinstance(node, Measured) and node.measure.is_never_missing and node.test.compares(0)


def _row_test(node: Node, moment: Moment) -> Q | None:
    """The condition on rows of totals, where there is one."""
    if isinstance(node, Group):
        parts = [_row_test(part, moment) for part in node.parts]
        told = [part for part in parts if part is not None]
        return reduce(or_ if node.kind == "any" else and_, told) if len(told) == len(parts) else None
    if isinstance(node, Edge):
        return _edge_test(node, moment)
    if not isinstance(node, Measured) or node.measure.facts.where:
        return None
    measure = node.measure
    found = _TESTS.get((measure.agg, measure.facts.of, measure.field))
    return found(measure, node.test, moment) if found else None


def _edge_test(node: Edge, moment: Moment) -> Q | None:
    if node.facts != Facts("order") or node.test.window is None:
        return None
    column = "first_order_at" if node.which == "first" else "order1_at"
    return Q(orders__gt=0) & moment_test(column, node.test, moment)


def _since(facts: Facts, moment: Moment) -> datetime | None:
    """From when on facts are meant, where all up to now are."""
    span = facts.window.span(moment.now, moment.zone).until(moment.now)
    return span.start if span.end == moment.now else None


def _orders(measure: Measure, test: Test, moment: Moment) -> Q | None:
    if measure.facts.window == EVER:
        return number_test("orders", test)
    since = _since(measure.facts, moment)
    if since is None or not _turns_within(test, ORDERS_APART):
        return None
    passing = [number for number in range(ORDERS_APART + 1) if test.compares(number)]
    return reduce(or_, (_between(*run, since) for run in runs(passing)), Q(pk__in=[]))


def _turns_within(test: Test, most: int) -> bool:
    """Whether all from ``most`` on pass, or none of them do."""
    bounds = test.value if isinstance(test.value, tuple) else (test.value,)
    return max(bounds) <= most and test.compares(most) == test.compares(most + 1)


def _between(least: int, most: int, since: datetime) -> Q:
    """So many orders since then."""
    found = Q(**{f"order{least}_at__gte": since}) if least else Q(orders__gte=0)
    return found if most == ORDERS_APART else found & _not_since(f"order{most + 1}_at", since)


def _not_since(column: str, since: datetime) -> Q:
    return Q(**{f"{column}__lt": since}) | Q(**{f"{column}__isnull": True})


def _paid(measure: Measure, test: Test, moment: Moment) -> Q | None:
    return number_test("paid_ore", test, scale_of(measure)) if measure.facts.window == EVER else None


def _average(measure: Measure, test: Test, moment: Moment) -> Q | None:
    """Nobody's division by zero: what is multiplied out is true of no orders."""
    if measure.facts.window != EVER:
        return None
    return Q(orders__gt=0) & quotient_test(F("paid_ore"), F("orders"), test, Fraction(scale_of(measure)))


def _returned(measure: Measure, test: Test, moment: Moment) -> Q | None:
    if measure.facts.window == EVER:
        return number_test("returned_thousandths", test, scale_of(measure))
    since = _since(measure.facts, moment)
    if since is None or isinstance(test.value, tuple):
        return None
    if (test.op, test.value) in PIECES:
        return Q(**{f"piece{PIECES[test.op, test.value]}_at__gte": since})
    opposite = test.opposite
    if (opposite.op, opposite.value) in PIECES:
        return _not_since(f"piece{PIECES[opposite.op, opposite.value]}_at", since)
    return None


_TESTS: Mapping[tuple[str, str, str], Callable[[Measure, Test, Moment], Q | None]] = {
    ("count", "order", ""): _orders,
    ("sum", "order", "total"): _paid,
    ("avg", "order", "total"): _average,
    ("sum", "return_line", "qty"): _returned,
}
