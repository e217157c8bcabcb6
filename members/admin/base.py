"""What every list and page of the console has in common: fast at a million rows, and honest about what may change."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar, cast

from django.contrib.admin import ShowFacets
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin, TabularInline
from unfold.views import ChangeList

if TYPE_CHECKING:
    from django.http import HttpRequest

Told = TypeVar("Told", bound=Callable[..., Any])
PAGES = 100
ACTOR_LENGTH = 80


def actor_of(request: "HttpRequest") -> str:
    """How the ledger and the history name the staff member who asks."""
    return request.user.get_username()[:ACTOR_LENGTH]


class Coloured(tuple[str, Any]):
    """The (key, text) that a list colours by its key; a page, which knows no colours, reads its text."""

    def __str__(self) -> str:
        return str(self[1])


def column(label: Any, colours: Mapping[str, str] | None = None) -> Callable[[Told], Told]:
    """What a method shows in lists and pages; with ``colours``, as a coloured (key, text)."""

    def named(told: Told) -> Told:
        shown: Any = told
        if colours:
            shown = wraps(told)(lambda *args: Coloured(told(*args)))
            # Without a colour of its own a key would be shown in place of its text.
            shown.label = defaultdict(str, colours)
        shown.short_description = label
        return cast("Told", shown)

    return named


class CappedPaginator(Paginator[Any]):
    """Counts no further than it lets anybody leaf, so that a list of millions opens as fast as a short one."""

    template_name = "admin/pagination_capped.html"

    @property
    def most(self) -> int:
        return self.per_page * PAGES

    @cached_property
    def found(self) -> int:
        rows = self.object_list
        if isinstance(rows, QuerySet):
            return rows.order_by()[: self.most + 1].count()
        return len(rows)

    @cached_property
    def count(self) -> int:
        return min(self.found, self.most)

    @property
    def is_capped(self) -> bool:
        return self.found > self.most


class ClubChangeList(ChangeList):
    """Says how many rows were found only where something was asked for."""

    def get_results(self, request: "HttpRequest") -> None:
        super().get_results(request)
        if not self.query and not self.has_active_filters:
            self.full_result_count = self.result_count


class ClubAdmin(ModelAdmin):
    """Lists sort by their primary key or an index, and by nothing that a click could choose.

    ``empty`` says what will fill a list to which nobody adds by hand.
    """

    empty: Any = _("It fills by itself as members shop and take part.")

    paginator = CappedPaginator
    list_per_page = 50
    list_max_show_all = 0
    show_full_result_count = False
    show_facets = ShowFacets.NEVER
    sortable_by = ()
    ordering: tuple[str, ...] = ("-pk",)
    actions: Sequence[str] | None = None
    list_filter_submit = True

    def get_changelist(self, request: "HttpRequest", **kwargs: Any) -> type[ClubChangeList]:
        return ClubChangeList


class ReadOnlyAdmin(ClubAdmin):
    """Rows that only actions write: nobody edits or deletes them here, whatever their rights."""

    def has_add_permission(self, request: "HttpRequest", obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: "HttpRequest", obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: "HttpRequest", obj: Any = None) -> bool:
        return False


class ReadOnlyInline(TabularInline):
    """Rows of a parent that only actions write."""

    extra = 0
    can_delete = False
    show_change_link = False
    hide_title = True  # the row says it all

    def has_view_permission(self, request: "HttpRequest", obj: Any = None) -> bool:
        """Whoever may see the parent may see its rows: there is no right to lines without their order."""
        parent = self.parent_model._meta
        return bool(request.user.has_perm(f"{parent.app_label}.view_{parent.model_name}"))

    def has_add_permission(self, request: "HttpRequest", obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: "HttpRequest", obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: "HttpRequest", obj: Any = None) -> bool:
        return False
