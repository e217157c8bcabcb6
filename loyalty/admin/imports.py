"""How the imports of a shop's files went: a window on them, nothing is started here."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesRadioFilter

from loyalty.connectors.reasons import reason
from loyalty.models import ImportJob, ImportNote
from loyalty.queries.imports import import_notes, imports
from members.admin.base import ReadOnlyAdmin, column

if TYPE_CHECKING:
    from django.http import HttpRequest

FIRST = 20
STATE_COLOURS = {"running": "warning", "finished": "success"}
KIND_COLOURS = {"rejected": "danger", "parked": "warning"}
COUNTS = ("members", "orders", "returns", "known", "rejected", "parked")


def named(note: Any) -> str:
    """The note's number, leading to the order or the return that it names."""
    for found, page in ((note.order_id, "order"), (note.return_id, "orderreturn")):
        if found:
            link = reverse(f"admin:members_{page}_change", args=[found])
            return format_html('<a class="text-link" href="{}">{}</a>', link, note.number)
    return note.number or "–"


@admin.register(ImportJob)
class ImportJobAdmin(ReadOnlyAdmin):
    empty = _("Whoever runs the club brings in a shop's past with: manage.py import_orders FILE --map MAP")
    list_display = ("started_at", "file_name", "source", "labelled_state", "line", *COUNTS)
    list_filter = (("state", ChoicesRadioFilter),)
    search_fields = ("file_name__icontains",)
    readonly_fields = ("rejected", "parked", "for_a_human_eye")
    fields = (
        "file_name", "source", "state", "actor", "started_at", "finished_at", "line", *COUNTS, "for_a_human_eye",
    )  # fmt: skip

    def get_queryset(self, request: "HttpRequest") -> QuerySet[ImportJob]:
        return imports().order_by(*self.ordering)

    @column(_("state"), STATE_COLOURS)
    def labelled_state(self, job: ImportJob) -> tuple[str, str]:
        return job.state, job.get_state_display()

    @column(_("lines rejected"))
    def rejected(self, job: Any) -> str:
        return number_format(job.rejected, force_grouping=True)

    @column(_("lines parked"))
    def parked(self, job: Any) -> str:
        return number_format(job.parked, force_grouping=True)

    @column(_("for a human eye"))
    def for_a_human_eye(self, job: ImportJob) -> str:
        first = import_notes().filter(job=job).order_by("line", "pk")[:FIRST]
        rows = ((note.line, named(note), reason(note.reason, note.facts)) for note in first)
        lines = format_html_join("", "<tr><td>{}</td><td>{}</td><td>{}</td></tr>", rows)
        if not lines:
            return "–"
        every = reverse("admin:loyalty_importnote_changelist") + f"?job__id__exact={job.pk}"
        head = format_html("<tr><th>{}</th><th>{}</th><th>{}</th></tr>", _("line"), _("number"), _("reason"))
        return format_html(
            '<div class="club-panel"><table>{}{}</table></div><a class="text-link" href="{}">{}</a>',
            head, lines, every, _("All of them"),
        )  # fmt: skip


@admin.register(ImportNote)
class ImportNoteAdmin(ReadOnlyAdmin):
    """Whoever may see an import may see its lines."""

    list_display = ("line", "labelled_kind", "number_in_the_books", "why", "job")
    list_filter = (("kind", ChoicesRadioFilter),)
    search_fields = ("number__startswith",)
    search_help_text = _("The number of the order or the return, from its beginning")
    ordering = ("job_id", "line", "pk")
    readonly_fields = ("number_in_the_books", "why")
    fields = ("job", "line", "kind", "number_in_the_books", "why", "facts")

    def get_queryset(self, request: "HttpRequest") -> QuerySet[ImportNote]:
        return import_notes().order_by(*self.ordering)

    def has_view_permission(self, request: "HttpRequest", obj: Any = None) -> bool:
        return request.user.has_perm("loyalty.view_importjob")

    def lookup_allowed(self, lookup: str, value: Any, request: Any = None) -> bool:
        return lookup == "job__id__exact" or super().lookup_allowed(lookup, value, request)

    @column(_("kind"), KIND_COLOURS)
    def labelled_kind(self, note: ImportNote) -> tuple[str, str]:
        return note.kind, note.get_kind_display()

    @column(_("number"))
    def number_in_the_books(self, note: ImportNote) -> str:
        return named(note)

    @column(_("reason"))
    def why(self, note: ImportNote) -> str:
        return reason(note.reason, note.facts)
