"""Values of facts that the database computes."""

from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import (
    BigIntegerField,
    Case,
    DateField,
    DecimalField,
    ExpressionWrapper,
    F,
    Func,
    IntegerField,
    QuerySet,
    Subquery,
    Sum,
    TextField,
    Value,
    When,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import (
    Cast,
    Coalesce,
    Concat,
    ExtractHour,
    ExtractIsoWeekDay,
    Left,
    Round,
    StrIndex,
    TruncDate,
    TruncMonth,
    TruncWeek,
)
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from segments.filters import Detail

THOUSANDTHS = 1000


def thousandths(name: str) -> Combinable:
    """A quantity as a whole number, which sums without rounding on every database."""
    multiplied = ExpressionWrapper(F(name) * Value(THOUSANDTHS), output_field=DecimalField())
    return Cast(Round(multiplied), BigIntegerField())


def sum_of(rows: QuerySet[Any], name: str, *, by: str) -> Combinable:
    """The total of a column of rows that belong to the outer one through ``by``; of none it is zero."""
    total = rows.order_by().values(by).annotate(total=Sum(name)).values("total")
    return Coalesce(Subquery(total), 0, output_field=BigIntegerField())


def local_day(name: str) -> Combinable:
    """The club's day of a moment."""
    return TruncDate(name, tzinfo=ZoneInfo(settings.CLUB_TIME_ZONE))


def local_week(name: str) -> Combinable:
    """The club's Monday of a moment's week."""
    return TruncWeek(name, tzinfo=ZoneInfo(settings.CLUB_TIME_ZONE), output_field=DateField())


def local_month(name: str) -> Combinable:
    """The club's first day of a moment's month."""
    return TruncMonth(name, tzinfo=ZoneInfo(settings.CLUB_TIME_ZONE), output_field=DateField())


def days_weeks_and_months(name: str) -> "dict[str, Detail]":
    """What can be counted apart of the moments at which facts happened: on how many days, in how many months."""
    return {
        "local_day": Detail("day", _("day"), local_day(name)),
        "local_week": Detail("day", _("week"), local_week(name)),
        "local_month": Detail("day", _("month"), local_month(name)),
    }


class DayNumber(Func):
    """Days since the first of 2000, by the club's days."""

    output_field = IntegerField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        template = "CAST(julianday(%(expressions)s) - julianday('2000-01-01') AS INTEGER)"
        return self.as_sql(compiler, connection, template=template, **context)

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, template="(%(expressions)s - DATE '2000-01-01')", **context)


def weekday(name: str) -> Combinable:
    """The club's weekday of a moment as a text: Monday is 1."""
    return Cast(ExtractIsoWeekDay(name, tzinfo=ZoneInfo(settings.CLUB_TIME_ZONE)), TextField())


def hour(name: str) -> Combinable:
    """The club's hour of a moment, 0 to 23."""
    return ExtractHour(name, tzinfo=ZoneInfo(settings.CLUB_TIME_ZONE))


def when_it_was(name: str) -> "dict[str, Detail]":
    """What facts can be narrowed by of the moment they happened."""
    days = tuple((str(day), label) for day, label in enumerate(WEEKDAYS.values(), 1))
    return {
        "weekday": Detail("choice", _("weekday"), weekday(name), known=days),
        "hour": Detail("number", _("hour"), hour(name)),
    }


def root_of(path: str) -> Combinable:
    """The first code of a path of categories: an area of interest. A blank path has none."""
    whole = Concat(F(path), Value("/"), output_field=TextField())
    first = Left(path, StrIndex(whole, Value("/"), output_field=IntegerField()) - 1)
    return Case(When(**{path: ""}, then=Value(None)), default=first, output_field=TextField())
