"""What every call to the API has in common."""

from datetime import datetime
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils import timezone
from rest_framework.exceptions import NotFound
from rest_framework.permissions import SAFE_METHODS, AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from members.api.auth import key_of
from members.api.pages import PageQuery, Pages
from members.api.problems import InvalidQuery
from members.models import ApiKey
from members.tasks import nudge_delivery

LONGEST_ACTOR = 80


class ActionView(APIView):
    """Parses, calls one action or query, renders. Reading needs the scope ``read``, writing ``scope``.

    Errors become problem details; a write that succeeds has its activities delivered at once.
    """

    scope: ClassVar[ApiKey.Scope]
    writes: ClassVar[bool] = True
    http_method_names = ["get", "head", "post", "put", "patch", "delete"]
    now: datetime

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        self.now = timezone.now()
        super().initial(request, *args, **kwargs)

    def finalize_response(self, request: Any, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)
        if self.writes and request.method not in SAFE_METHODS and response.status_code < 400:
            nudge_delivery()
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
        serializer = shape(data=self.request.data, context={"view": self, **context})
        serializer.is_valid(raise_exception=True)
        return dict(serializer.validated_data)

    def asked(self, shape: type[Serializer[Any]] = PageQuery) -> dict[str, Any]:
        """The query in the form of ``shape``; anything else is a problem naming the parameter."""
        serializer = shape(data=self.request.query_params.dict(), context={"view": self})
        if not serializer.is_valid():
            raise InvalidQuery(serializer.errors)
        return dict(serializer.validated_data)

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
