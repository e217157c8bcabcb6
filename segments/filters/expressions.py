"""Values of facts that the database computes."""

from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import (
    BigIntegerField,
    Case,
    DecimalField,
    ExpressionWrapper,
    F,
    IntegerField,
    TextField,
    Value,
    When,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Concat, Left, Round, StrIndex, TruncDate

THOUSANDTHS = 1000


def thousandths(name: str) -> Combinable:
    """A quantity as a whole number, which sums without rounding on every database."""
    multiplied = ExpressionWrapper(F(name) * Value(THOUSANDTHS), output_field=DecimalField())
    return Cast(Round(multiplied), BigIntegerField())


def local_day(name: str) -> Combinable:
    """The club's day of a moment."""
    return TruncDate(name, tzinfo=ZoneInfo(settings.CLUB_TIME_ZONE))


def root_of(path: str) -> Combinable:
    """The first code of a path of categories: an area of interest. A blank path has none."""
    whole = Concat(F(path), Value("/"), output_field=TextField())
    first = Left(path, StrIndex(whole, Value("/"), output_field=IntegerField()) - 1)
    return Case(When(**{path: ""}, then=Value(None)), default=first, output_field=TextField())
