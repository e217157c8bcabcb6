"""Whom an unsaved definition means, for whoever is writing it: a number, a few of them, and how long it took."""

from dataclasses import dataclass
from datetime import datetime
from time import perf_counter

from django.db import OperationalError, connection, transaction

from members.models import Member
from segments.engine.tree import Node
from segments.queries.segments import members_of

SAMPLE = 10
# Nobody waits longer at a form, and a database that counts for nobody slows down the till.
PATIENCE_MS = 30_000
QUERY_CANCELED = "57014"


class TooMuchToCount(Exception):
    """The database needed more than ``PATIENCE_MS``."""


@dataclass(frozen=True, slots=True)
class Preview:
    """How many of the ``active`` members are meant, the newest of them, and the milliseconds that counting took."""

    count: int
    active: int
    members: tuple[Member, ...]
    took_ms: int


def preview(node: Node, *, now: datetime, sample: int = SAMPLE) -> Preview:
    """Raises ``TooMuchToCount``; only PostgreSQL gives up, SQLite counts to the end."""
    started = perf_counter()
    meant = members_of(node, now=now)
    try:
        with transaction.atomic():
            _give_up_in_time()
            count = meant.count()
            members = tuple(meant.order_by("-pk")[:sample]) if sample and count else ()
            active = Member.objects.active().count()
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", "") == QUERY_CANCELED:
            raise TooMuchToCount from error
        raise
    return Preview(count, active, members, int((perf_counter() - started) * 1000))


def _give_up_in_time() -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", [str(PATIENCE_MS)])
