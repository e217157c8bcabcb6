"""How lists are narrowed: by time along an index, and by the member that a row belongs to."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import RadioFilter

from members.admin.base import ClubAdmin
from members.models import Member

if TYPE_CHECKING:
    from django.http import HttpRequest

# A search that means more members than this means nobody.
MEMBERS_MEANT = 500


def since(field: str, title: Any) -> type[RadioFilter]:
    """A filter to the last day, week, month or year of the indexed ``field``."""

    class Since(RadioFilter):
        parameter_name = f"{field}_since"

        def lookups(self, request: "HttpRequest", model_admin: Any) -> list[tuple[str, Any]]:
            return [
                ("1", _("today")),
                ("7", _("the last 7 days")),
                ("30", _("the last 30 days")),
                ("365", _("the last 12 months")),
            ]

        def queryset(self, request: "HttpRequest", queryset: QuerySet[Any]) -> QuerySet[Any]:
            days = self.value()
            if days not in ("1", "7", "30", "365"):
                return queryset
            midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
            return queryset.filter(**{f"{field}__gte": midnight - timedelta(days=int(days) - 1)})

    Since.title = title
    return Since


class FoundByMember(ClubAdmin):
    """A list whose search box takes the row's own number, or words about its member."""

    found_by: tuple[str, ...] = ()
    owner = "account"

    def get_search_fields(self, request: "HttpRequest") -> tuple[str, ...]:
        return ("pk",)

    def get_search_results(
        self, request: "HttpRequest", queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        words = search_term.strip()
        if not words:
            return queryset, False
        wanted = Q(**{f"{self.owner}__in": self._owners(words)})
        for field in self.found_by:
            wanted |= Q(**{field: words})
        return queryset.filter(wanted), False

    def _owners(self, words: str) -> list[int]:
        column = "account_id" if self.owner == "account" else "pk"
        return list(Member.objects.matching(words).values_list(column, flat=True)[:MEMBERS_MEANT])
