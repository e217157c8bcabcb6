"""Long lists in pages. The cursor in ``next`` leads on, however many rows are added meanwhile."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request

from members.api.problems import InvalidQuery
from members.api.strict import StrictSerializer

if TYPE_CHECKING:
    from rest_framework.views import APIView


MOST = 200


class PageQuery(StrictSerializer):
    """What may be asked of any list; a list with more to ask inherits from it."""

    cursor = serializers.CharField(required=False, help_text=_("As in `next` of the page before."))
    limit = serializers.IntegerField(
        required=False, min_value=1, max_value=MOST, help_text=_("How many to a page; 50 when left out.")
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """What is asked of the rows; the pages see to the rest."""
        return {name: value for name, value in attrs.items() if name not in ("cursor", "limit")}


def between(asked: dict[str, Any], field: str) -> dict[str, Any]:
    """What was asked, with ``since`` and ``until`` as filters of ``field``: inclusive and exclusive."""
    names = {"since": f"{field}__gte", "until": f"{field}__lt"}
    return {names.get(name, name): value for name, value in asked.items()}


class Pages(CursorPagination):
    """Give ``ordering`` by fields that never change; few rows may share the first."""

    page_size = 50
    page_size_query_param = "limit"
    max_page_size = MOST

    def __init__(self, ordering: str | tuple[str, ...]) -> None:
        self.ordering = ordering

    def paginate_queryset(
        self, queryset: QuerySet[Any] | Sequence[Any], request: Request, view: "APIView | None" = None
    ) -> list[Any]:
        try:
            return super().paginate_queryset(queryset, request, view) or []
        except (NotFound, ValueError, ValidationError):
            raise InvalidQuery(
                {"cursor": [_("This cursor leads nowhere. Take it from `next` of the page before.")]}
            ) from None
