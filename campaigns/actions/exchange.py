"""The statement that every letter costs, compiled once for a whole chunk.

Django takes longer to compile it than a mail server takes to accept a letter, so it is compiled with stand-ins
and run with the values of each letter.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID, uuid4

from django.db import connection
from django.db.models import BooleanField, Case, ExpressionWrapper, F, Field, Q, QuerySet, Value, When
from django.db.models.sql import UpdateQuery

from campaigns.channels import Receipt
from campaigns.models import Message
from campaigns.queries import address_digests, may_send

State = Message.State

PROVIDER_ID_LENGTH = 200
ADDRESS = "stand-in@for.an.address"
PROVIDER_ID = "stand-in for a provider's number"
NOBODY = UUID(int=0)


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
    """Ends one letter of a claim as accepted and starts the next: one round trip and one commit for both.

    The next is started only if it is still the claim's and `may_send` holds while the statement runs.
    """

    def __init__(self, *, claim: UUID, purpose: str, channel: str, now: datetime, lease: timedelta) -> None:
        ended, started = uuid4(), uuid4()
        was_underway = Q(claim=claim, state__in=[State.HANDING_OVER, State.UNKNOWN])
        can_start = still_claimed(claim) & may_send(purpose=purpose, channel=channel, address=ADDRESS)
        # Inside a CASE the conditions are no reason for the database to look anywhere but at these two rows.
        is_as_expected = Case(
            When(pk=ended, then=ExpressionWrapper(was_underway, BooleanField())),
            default=ExpressionWrapper(can_start, BooleanField()),
        )
        self.update = PreparedUpdate(
            Message.objects.filter(is_as_expected, pk__in=[ended, started]),
            changes_of(ended, now, lease),
            slots(ended=ended, started=started, address=ADDRESS, provider_id=PROVIDER_ID),
        )

    def run(self, *, ended: Message | None, receipt: Receipt, started: Message, address: str) -> int:
        """Return how many of the two messages were there to be changed."""
        return self.update.run(
            slots(
                ended=ended.pk if ended else NOBODY,
                started=started.pk,
                address=address,
                provider_id=receipt.provider_id[:PROVIDER_ID_LENGTH],
            )
        )


def still_claimed(claim: UUID) -> Q:
    return Q(claim=claim, state=State.CLAIMED)


def slots(*, ended: UUID, started: UUID, address: str, provider_id: str) -> dict[str, object]:
    digests = {f"digest {number}": digest for number, digest in enumerate(address_digests(address))}
    return {
        "ended": stored(ended),
        "started": stored(started),
        "address": address,
        "provider_id": provider_id,
        **digests,
    }


def stored(pk: UUID) -> object:
    return Message._meta.pk.get_db_prep_value(pk, connection)


def changes_of(ended: UUID, now: datetime, lease: timedelta) -> dict[str, Any]:
    """Return each column's new value: (for the letter that ended, for the one that starts)."""
    changes: dict[str, tuple[Any, Any]] = {
        "state": (Value(State.ACCEPTED), Value(State.HANDING_OVER)),
        "attempts": (F("attempts") + 1, F("attempts")),
        "provider_id": (Value(PROVIDER_ID), Value("")),
        "handed_over_at": (F("handed_over_at"), Value(now)),
        "lease_until": (Value(None), Value(now + lease)),
        "ended_at": (Value(now), Value(None)),
        "error": (Value(""), F("error")),
        "reason": (Value(""), Value("")),
    }
    return {
        column: Case(
            When(pk=ended, then=for_ended),
            default=for_started,
            output_field=cast("Field[Any, Any]", Message._meta.get_field(column)),
        )
        for column, (for_ended, for_started) in changes.items()
    }
