"""A stable share of chance: everybody draws one lot for each salt, and keeps it."""

from django.db.models import Q, TextField, Value
from django.db.models.functions import MD5, Concat, Left
from django.db.models.lookups import GreaterThanOrEqual, LessThan

from segments.engine.reading import LOTS
from segments.engine.tree import Bucket
from segments.filters import Moment

DIGITS = 8


def in_bucket(node: Bucket, moment: Moment) -> Q:
    """The lot is the start of the MD5 of salt and member number, in hexadecimal, scaled to 10,000."""
    drawn = Left(MD5(Concat(Value(f"{node.salt}:"), "number", output_field=TextField())), DIGITS)
    above = Q(GreaterThanOrEqual(drawn, Value(_edge(node.low))))
    return above if node.high == LOTS else above & Q(LessThan(drawn, Value(_edge(node.high))))


def _edge(lot: int) -> str:
    """The lowest drawing that is this lot."""
    return f"{-(-lot * 16**DIGITS // LOTS):0{DIGITS}x}"
