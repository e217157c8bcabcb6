"""What every call to the API has in common."""

from datetime import datetime
from threading import local
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils import timezone
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.permissions import SAFE_METHODS, AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from members.api.auth import key_of
from members.api.known_answers import unless_known
from members.api.limits import Quota
from members.api.pages import PageQuery, Pages
from members.api.problems import InvalidQuery
from members.models import ApiKey
from members.tasks import nudge_delivery

LONGEST_ACTOR = 80


class _Kept(local):
    """Serializers of one thread, by their class."""

    def __init__(self) -> None:
        self.by_shape: dict[type[Serializer[Any]], Serializer[Any]] = {}


_kept = _Kept()


def kept(shape: type[Serializer[Any]], **context: Any) -> Serializer[Any]:
    """This thread's own serializer of ``shape``: making its fields costs more than using them.

    What it reads and shows goes through it and is not left in it.
    """
    serializer = _kept.by_shape.get(shape)
    if serializer is None:
        serializer = _kept.by_shape[shape] = shape()
    serializer._context = context
    return serializer


class ActionView(APIView):
    """Parses, calls one action or query, renders. Reading needs the scope ``reads``, writing ``scope``.

    Errors become problem details; a write that succeeds has its activities delivered at once. ``clocks`` are
    names in what it reads that only tell when it was asked.
    """

    scope: ClassVar[ApiKey.Scope]
    reads: ClassVar[ApiKey.Scope] = ApiKey.Scope.READ
    clocks: ClassVar[tuple[str, ...]] = ()
    writes: ClassVar[bool] = True
    http_method_names = ["get", "head", "post", "put", "patch", "delete"]
    now: datetime
    quota: Quota | None = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        self.now = timezone.now()
        super().initial(request, *args, **kwargs)

    def finalize_response(self, request: Any, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)
        if self.writes and request.method not in SAFE_METHODS and response.status_code < 400:
            nudge_delivery()
        if request.method == "GET" and response.status_code == 200:
            unless_known(response, request, clocks=self.clocks)
        for name, value in self.quota.headers.items() if self.quota else ():
            response.headers[name] = value
        return response

    @property
    def key(self) -> ApiKey:
        """The key that calls."""
        return key_of(self.request)

    @property
    def actor(self) -> str:
        """How the records name the shop that calls."""
        return f"key {self.key.name}"[:LONGEST_ACTOR]

    def told(self, shape: type[Serializer[Any]], **context: Any) -> dict[str, Any]:
        """The body in the form of ``shape``; anything else is a problem with pointers."""
        return dict(kept(shape, view=self, **context).run_validation(self.request.data))

    def asked(self, shape: type[Serializer[Any]] = PageQuery) -> dict[str, Any]:
        """The query in the form of ``shape``; anything else is a problem naming the parameter."""
        try:
            return dict(kept(shape, view=self).run_validation(self.request.query_params.dict()))
        except ValidationError as error:
            raise InvalidQuery(error.detail) from error

    def shown(self, shape: type[Serializer[Any]], row: Any) -> dict[str, Any]:
        """``row`` in the form of ``shape``."""
        return dict(kept(shape, view=self).to_representation(row))

    def page(
        self, rows: QuerySet[Any], shape: type[Serializer[Any]], *, ordering: str | tuple[str, ...]
    ) -> Response:
        """One page of ``rows``, by fields that never change; few rows may share the first."""
        pages = Pages(ordering)
        found = pages.paginate_queryset(rows, self.request, self)
        return pages.get_paginated_response(shape(found, many=True, context={"view": self}).data)


class NoSuchAddress(APIView):
    """Answers whatever no other address under ``/api/`` does, as a problem rather than a page."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    schema = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        raise NotFound
