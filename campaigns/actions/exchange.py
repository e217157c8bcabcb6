"""The statement that every handful of letters costs, compiled once for a whole chunk.

Django takes longer to compile it than a mail server takes to accept a letter, so it is compiled with stand-ins
and run with the values of each handful.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID, uuid4

from django.db import connection
from django.db.models import BooleanField, Case, ExpressionWrapper, F, Field, Q, QuerySet, Value, When
from django.db.models.sql import UpdateQuery

from campaigns.channels import Receipt
from campaigns.models import Message
from campaigns.queries import Letter, address_digests, may_send

State = Message.State

# So many letters are marked as being handed over at once: a commit for each would cost more than handing it over.
HANDFUL = 5
PROVIDER_ID_LENGTH = 200
NOBODY = UUID(int=0)

Addressed = tuple[Message, Letter]
Ended = tuple[UUID, str]  # a message and its number at the provider
Started = tuple[UUID, str]  # a message and the address of its letter


class PreparedUpdate:
    """One UPDATE. `slots` are the values in it that change from run to run, by name: no two of them alike."""

    def __init__(self, rows: QuerySet[Any], changes: Mapping[str, Any], slots: Mapping[str, object]) -> None:
        query = cast("UpdateQuery", rows.query.chain(UpdateQuery))
        query.add_update_values(dict(changes))
        self.sql, params = query.get_compiler(connection=connection).as_sql()
        self.params = list(params)
        names = {value: name for name, value in slots.items()}
        self.places = [(place, names[param]) for place, param in enumerate(params) if param in names]

    def run(self, values: Mapping[str, object]) -> int:
        """Return the number of rows changed."""
        params = self.params.copy()
        for place, name in self.places:
            params[place] = values[name]
        with connection.cursor() as cursor:
            cursor.execute(self.sql, params)
            return int(cursor.rowcount)


class Exchange:
    """Ends a handful of letters of a claim as accepted and starts the next: one round trip and one commit for all.

    Each is started only if it is still the claim's and `may_send` holds while the statement runs.
    """

    def __init__(self, *, claim: UUID, purpose: str, channel: str, now: datetime, lease: timedelta) -> None:
        ended = [(uuid4(), f"stand-in {place}") for place in range(HANDFUL)]
        started = [(uuid4(), f"stand-in@{place}") for place in range(HANDFUL)]
        was_underway = Q(claim=claim, state__in=[State.HANDING_OVER, State.UNKNOWN])
        can_start = still_claimed(claim) & may_send(purpose=purpose, channel=channel, addresses=dict(started))
        # Inside a CASE the conditions are no reason for the database to look anywhere but at these rows.
        is_as_expected = Case(
            When(pk__in=[pk for pk, _ in ended], then=ExpressionWrapper(was_underway, BooleanField())),
            default=ExpressionWrapper(can_start, BooleanField()),
        )
        self.update = PreparedUpdate(
            Message.objects.filter(is_as_expected, pk__in=[pk for pk, _ in ended + started]),
            changes_of(ended, now, lease),
            slots(ended, started),
        )

    def run(self, *, ended: Sequence[tuple[Message, Receipt]], started: Sequence[Addressed]) -> int:
        """Return how many of the messages, at most a handful of each, were there to be changed."""
        return self.update.run(
            slots(
                [(message.pk, receipt.provider_id[:PROVIDER_ID_LENGTH]) for message, receipt in ended],
                [(message.pk, letter.to) for message, letter in started],
            )
        )


def still_claimed(claim: UUID) -> Q:
    return Q(claim=claim, state=State.CLAIMED)


def slots(ended: Sequence[Ended], started: Sequence[Started]) -> dict[str, object]:
    """Return what the statement is told, by name; what is missing from a handful stands for nobody."""
    values: dict[str, object] = {}
    nobody = [(NOBODY, "")] * HANDFUL
    for place, (pk, provider_id) in enumerate([*ended, *nobody][:HANDFUL]):
        values |= {f"ended {place}": stored(pk), f"provider_id {place}": provider_id}
    for place, (pk, address) in enumerate([*started, *nobody][:HANDFUL]):
        values |= {f"started {place}": stored(pk), f"address {place}": address}
        values |= {f"digest {place} {key}": digest for key, digest in enumerate(address_digests(address))}
    return values


def stored(pk: UUID) -> object:
    return Message._meta.pk.get_db_prep_value(pk, connection)


def changes_of(ended: Sequence[Ended], now: datetime, lease: timedelta) -> dict[str, Any]:
    """Return each column's new value: (for the letters that ended, for those that start)."""
    provider_id = Case(*[When(pk=pk, then=Value(number)) for pk, number in ended])
    changes: dict[str, tuple[Any, Any]] = {
        "state": (Value(State.ACCEPTED), Value(State.HANDING_OVER)),
        "attempts": (F("attempts") + 1, F("attempts")),
        "provider_id": (provider_id, Value("")),
        "handed_over_at": (F("handed_over_at"), Value(now)),
        "lease_until": (Value(None), Value(now + lease)),
        "ended_at": (Value(now), Value(None)),
        "error": (Value(""), F("error")),
        "reason": (Value(""), Value("")),
    }
    return {
        column: Case(
            When(pk__in=[pk for pk, _ in ended], then=for_ended),
            default=for_started,
            output_field=cast("Field[Any, Any]", Message._meta.get_field(column)),
        )
        for column, (for_ended, for_started) in changes.items()
    }
