"""How the console writes numbers and sums."""

from django.conf import settings
from django.utils.formats import number_format

from loyalty import queries


def count(number: int) -> str:
    return number_format(number, force_grouping=True)


def money(ore: int) -> str:
    """Whole kronor: nobody runs a club by its öre."""
    return exactly(round(ore, -2))


def exactly(ore: int) -> str:
    return queries.money(ore, settings.CLUB_CURRENCY)
