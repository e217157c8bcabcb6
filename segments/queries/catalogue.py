"""What there is to ask for, gathered from all floors."""

from zoneinfo import ZoneInfo

from django.conf import settings

from segments.engine.shapes import Catalogue
from segments.filters import facts, fields, known_starts, start_called

# Dates that come again every year.
BIRTHDAY, JOINED, FIRST_ORDER = "birthday", "joined", "first_order"
DATES = frozenset((BIRTHDAY, JOINED, FIRST_ORDER))


def club_zone() -> ZoneInfo:
    return ZoneInfo(settings.CLUB_TIME_ZONE)


def catalogue() -> Catalogue:
    """The shapes of all that is registered, with the choices that there are right now."""
    return Catalogue(
        fields={name: found().shape() for name, found in fields.items()},
        facts={name: found().shape() for name, found in facts.items()},
        dates=DATES,
        starts={name: "account" if start_called(name).is_of_account else "member" for name in known_starts()},
    )
