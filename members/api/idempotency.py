"""The same call twice has one effect: ``Idempotency-Key``.

The key is claimed, the work is done and its answer is kept in one transaction. So a refused or
crashed call leaves its key unused, and a twin in flight waits at the claim and is answered the same.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _
from rest_framework import status
from rest_framework.exceptions import APIException
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from members.api.auth import key_of
from members.models import ApiKey, StoredAnswer

if TYPE_CHECKING:
    from members.api.action_view import ActionView

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"
LONGEST_KEY = 255
FIRST_ERROR = 400

View = TypeVar("View", bound="ActionView")
Handler = Callable[..., Response]


class KeyIsNotValid(APIException):
    status_code = status.HTTP_400_BAD_REQUEST
    default_code = "idempotency_key_is_not_valid"
    default_detail = _("An idempotency key is 1 to 255 visible ASCII characters.")


class KeyIsUsed(APIException):
    status_code = status.HTTP_409_CONFLICT
    default_code = "idempotency_key_used_for_something_else"
    default_detail = _("This idempotency key was used for another call. Make a new key for each call.")

    def __init__(self, known: StoredAnswer) -> None:
        super().__init__()
        self.facts = {"first_status": known.status, "first_answer": json.loads(known.body)}


class TwinIsInFlight(APIException):
    status_code = status.HTTP_409_CONFLICT
    default_code = "same_call_in_flight"
    default_detail = _("The same call is being worked on. Send it again in a moment.")
    wait = 1


@dataclass(frozen=True, slots=True)
class Call:
    """Who calls, their key, and what distinguishes the call from any other."""

    api_key: ApiKey
    key: str
    fingerprint: str

    @property
    def stored(self) -> StoredAnswer | None:
        return StoredAnswer.objects.filter(api_key=self.api_key, key=self.key).first()


def idempotent(handler: Handler) -> Handler:
    """Give a method of an ``ActionView`` its ``Idempotency-Key``; without the header it just runs."""

    @wraps(handler)
    def once(view: "ActionView", request: Request, *args: Any, **kwargs: Any) -> Response:
        def work() -> Response:
            return handler(view, request, *args, **kwargs)

        if HEADER not in request.headers:
            return work()
        call = call_of(request)
        known = call.stored
        return again(call, known) if known else first_time(call, work, view.now)

    return once


def call_of(request: Request) -> Call:
    key = request.headers[HEADER]
    if not (0 < len(key) <= LONGEST_KEY and key.isascii() and key.isprintable()):
        raise KeyIsNotValid
    what = [request.method, request.get_full_path(), request.data]
    text = json.dumps(what, sort_keys=True)
    return Call(key_of(request), key, hashlib.sha256(text.encode()).hexdigest())


def first_time(call: Call, work: Callable[[], Response], now: datetime) -> Response:
    with transaction.atomic():
        claim = claimed(call, now)
        if claim is None:
            return answer_of_twin(call)
        response = work()
        if response.status_code >= FIRST_ERROR:
            transaction.set_rollback(True)
            return response
        claim.status = response.status_code
        # Kept as text: PostgreSQL would bring the names of an object into an order of its own.
        claim.body = JSONRenderer().render(response.data).decode() or "null"
        claim.save(update_fields=["status", "body"])
        return response


def claimed(call: Call, now: datetime) -> StoredAnswer | None:
    """Take the key, or return None when a twin had it first. Waits for a twin that is under way."""
    try:
        with transaction.atomic():
            return StoredAnswer.objects.create(
                api_key=call.api_key,
                key=call.key,
                fingerprint=call.fingerprint,
                status=0,
                body={},
                answered_at=now,
            )
    except IntegrityError:
        return None


def answer_of_twin(call: Call) -> Response:
    known = call.stored
    if known is None:
        raise TwinIsInFlight
    return again(call, known)


def again(call: Call, known: StoredAnswer) -> Response:
    if known.fingerprint != call.fingerprint:
        raise KeyIsUsed(known)
    return Response(json.loads(known.body), known.status, headers={REPLAYED: "true"})
