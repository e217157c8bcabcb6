"""Every error as problem details (RFC 9457): what, why, and where in the body or the query.

``type`` is relative, ``/problems/<key>``, and as stable as the key. ``errors`` points to what must
be put right: ``pointer`` into the body (RFC 6901), or ``parameter`` of the query.
"""

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import singledispatch
from typing import Any

import structlog
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import OperationalError
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.settings import api_settings

from members.actions import UnableTo
from members.api.body import BodyIsTooLarge
from members.api.sentences import sentence_of

logger = logging.getLogger(__name__)

CONTENT_TYPE = "application/problem+json"
SECONDS_TO_WAIT = 1


class InvalidQuery(exceptions.ValidationError):
    """What follows the question mark is wrong, rather than the body."""


@dataclass(frozen=True, slots=True)
class Problem:
    key: str
    status: int
    detail: str
    more: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    def as_response(self) -> Response:
        body = {
            "type": f"/problems/{self.key}",
            "title": self.key.replace("_", " ").capitalize(),
            "status": self.status,
            "detail": self.detail,
            **self.more,
        }
        return Response(body, self.status, headers=dict(self.headers), content_type=CONTENT_TYPE)


def answer_problem(error: Exception, context: Mapping[str, Any]) -> Response:
    """REST framework's way in: whatever a view raises becomes an answer."""
    return problem_of(error).as_response()


@singledispatch
def problem_of(error: Exception) -> Problem:
    logger.error("A call failed unexpectedly.", exc_info=error)
    request_id = structlog.contextvars.get_contextvars().get("request_id")
    return Problem(
        "unexpected",
        500,
        _("Something went wrong on our side, and nothing was changed. Try again in a while."),
        more={"request_id": request_id} if request_id else {},
    )


@problem_of.register
def unable(error: UnableTo) -> Problem:
    return Problem(error.key, error.status, sentence_of(error.key, error.facts), more={"facts": error.facts})


@problem_of.register
def refused(error: exceptions.APIException) -> Problem:
    headers = {}
    if challenge := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = str(challenge)
    if seconds := getattr(error, "wait", None):
        headers["Retry-After"] = f"{seconds:.0f}"
    facts = getattr(error, "facts", None)
    more = {"facts": facts} if facts else {}
    return Problem(str(error.get_codes()), error.status_code, str(error.detail), more=more, headers=headers)


@problem_of.register
def not_valid(error: exceptions.ValidationError) -> Problem:
    where = "parameter" if isinstance(error, InvalidQuery) else "pointer"
    errors = [
        {where: name if where == "pointer" else name.removeprefix("#/"), "code": one.code, "detail": str(one)}
        for name, one in pointed(error.detail, "#")
    ]
    return Problem("not_valid", 400, _("What you sent cannot be used: see errors."), more={"errors": errors})


def pointed(detail: Any, pointer: str) -> Iterator[tuple[str, exceptions.ErrorDetail]]:
    """Yield every single error with the pointer to its place."""
    if isinstance(detail, exceptions.ErrorDetail):
        yield pointer, detail
    elif isinstance(detail, Mapping):
        for name, inner in detail.items():
            is_whole = name == api_settings.NON_FIELD_ERRORS_KEY
            yield from pointed(inner, pointer if is_whole else f"{pointer}/{escaped(str(name))}")
    else:
        for place, inner in enumerate(detail):
            is_leaf = isinstance(inner, exceptions.ErrorDetail)
            yield from pointed(inner, pointer if is_leaf else f"{pointer}/{place}")


def escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")


@problem_of.register
def not_found(error: Http404) -> Problem:
    return problem_of(exceptions.NotFound())


@problem_of.register
def not_allowed(error: PermissionDenied) -> Problem:
    return problem_of(exceptions.PermissionDenied())


@problem_of.register
def suspicious(error: SuspiciousOperation) -> Problem:
    if isinstance(error, RequestDataTooBig):
        return problem_of(BodyIsTooLarge())
    return problem_of(exceptions.ParseError())


@problem_of.register
def busy(error: OperationalError) -> Problem:
    """A deadlock, a lock waited for too long, a database that is away: the same call may pass soon."""
    logger.warning("The database did not answer a call.", exc_info=error)
    return Problem(
        "busy",
        503,
        _("The club is busy, and nothing was changed. Send the same again."),
        headers={"Retry-After": str(SECONDS_TO_WAIT)},
    )
