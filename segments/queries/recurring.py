"""Conditions on dates that come again every year: across New Year, and on the 29th of February."""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import reduce
from operator import or_
from typing import Any, NamedTuple

from django.db.models import Min, Q
from django.db.models.functions import ExtractDay, ExtractMonth, ExtractYear

from members.models import Member
from segments.engine.clock import DAY
from segments.engine.tree import Facts, Recurring
from segments.filters import Moment
from segments.queries.catalogue import BIRTHDAY, FIRST_ORDER
from segments.queries.facts import RESULT, owned_by, rows_of


class Stretch(NamedTuple):
    """Days of one month, both ends included."""

    year: int
    month: int
    first: int
    last: int


PARTS = {"day": ExtractDay, "month": ExtractMonth, "year": ExtractYear}


def recurring_condition(node: Recurring, moment: Moment) -> Q:
    """The date itself is not its own return: one year must have passed. In its month it lies from the start."""
    if node.date == BIRTHDAY:
        return _passing(node, "birth_date__", moment)
    if node.date == FIRST_ORDER:
        first = rows_of(Facts("order"), moment).values("segment_owner").annotate(**{RESULT: Min("placed_at")})
        return owned_by("order", first.annotate(**_parts(RESULT, moment)).filter(_passing(node, "", moment)))
    joined = Member.objects.alias(**_parts("joined_at", moment)).filter(_passing(node, "", moment))
    return Q(pk__in=joined.values("pk"))


def _passing(node: Recurring, prefix: str, moment: Moment) -> Q:
    if node.months:
        return Q(**{f"{prefix}month__in": sorted(node.months_on(moment.today))})
    days = [moment.today + timedelta(days=offset) for offset in range(node.first, node.last + 1)]
    return _any_day(prefix, days, node.number)


def _parts(name: str, moment: Moment) -> dict[str, Any]:
    return {part: extract(name, tzinfo=moment.zone) for part, extract in PARTS.items()}


def _any_day(prefix: str, days: list[date], number: int) -> Q:
    return reduce(or_, (_in_month(prefix, month, number) for month in _months(days)))


def _in_month(prefix: str, month: Stretch, number: int) -> Q:
    within = Q(**{f"{prefix}day__gte": month.first, f"{prefix}day__lte": month.last})
    return within & Q(**{f"{prefix}month": month.month}) & _year(prefix, month.year, number)


def _year(prefix: str, year: int, number: int) -> Q:
    return Q(**{f"{prefix}year": year - number}) if number else Q(**{f"{prefix}year__lt": year})


def _months(days: list[date]) -> Iterator[Stretch]:
    """The days in parts of one month each; a short February counts its 29th."""
    start = days[0]
    for day in days:
        if day == days[-1] or (day + DAY).month != day.month:
            is_end_of_february = day.month == 2 and (day + DAY).month == 3
            yield Stretch(day.year, day.month, start.day, 29 if is_end_of_february else day.day)
            start = day + DAY
