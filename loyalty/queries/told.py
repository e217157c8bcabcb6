"""Which acts a shop may tell of: those that a rule, a tier or a segment asks about, and what the club adds."""

from django.conf import settings

from loyalty.filters import ActFacts
from loyalty.queries.programmes import recent_timetable
from segments.filters import facts


def kinds_told() -> frozenset[str]:
    """Kinds of acts that mean something here, with those in ``ACTIVITY_KINDS``."""
    asked: set[str] = set(settings.ACTIVITY_KINDS)
    for _start, _end, programme in recent_timetable().versions:
        asked |= programme.events
    asked |= {key for key, fact in facts.items() if issubclass(fact, ActFacts)}
    return frozenset(asked)
