"""What an order's page tells of points: each line that it brought into the ledger, and every reason, also of a zero."""

from typing import TYPE_CHECKING, Any

from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _

from loyalty import queries
from loyalty.models import Award, Entry
from members.admin.base import ReadOnlyInline, column
from members.admin.order import inlines

if TYPE_CHECKING:
    from django.http import HttpRequest


class LedgerInline(ReadOnlyInline):
    """For those who may see the ledger: a till may know orders without knowing points. Nothing is shown of nothing."""

    def has_view_permission(self, request: "HttpRequest", obj: Any = None) -> bool:
        may = request.user.has_perm("loyalty.view_entry")
        return may and (obj is None or self.model.objects.filter(order=obj).exists())


@inlines.register("reasons")
class ReasonsInline(LedgerInline):
    model = Award
    verbose_name_plural = _("why it gave what it gave")
    fields = readonly_fields = ("why", "version")

    @column(_("because"))
    def why(self, award: Award) -> str:
        return format_html_join("", "<p>{}</p>", ((queries.explain(one),) for one in award.because)) or "–"


@inlines.register("entries")
class EntriesInline(LedgerInline):
    model = Entry
    verbose_name_plural = _("what it changed in the ledger")
    fields = readonly_fields = ("effective_at", "counted", "kind", "why")
    ordering = ("sequence",)

    @column(_("amount"))
    def counted(self, entry: Entry) -> str:
        return queries.amount_of(entry.meter, entry.amount)

    @column(_("because"))
    def why(self, entry: Entry) -> str:
        return queries.explain(entry.because)
