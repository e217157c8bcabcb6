"""What tills did without a network, as staff read it."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.utils.translation import gettext_lazy
from unfold.contrib.filters.admin import ChoicesRadioFilter

from loyalty import queries
from loyalty.models import OfflineUse
from members.admin.base import ReadOnlyAdmin, column
from members.admin.filters import since
from members.api.sentences import sentence_of

if TYPE_CHECKING:
    from django.http import HttpRequest

STATE_COLOURS = {"settled": "success", "double": "danger", "refused": "warning"}


@admin.register(OfflineUse)
class OfflineUseAdmin(ReadOnlyAdmin):
    """The report of checks that were used twice is this list, narrowed."""

    empty = gettext_lazy("It fills when a till tells what it did while it had no network.")
    list_display = (
        "used_at", "labelled_state", "code", "member", "store", "given", "booked", "order_key", "first_order_key",
    )  # fmt: skip
    list_display_links = ("used_at",)
    list_select_related = ("member", "store")
    list_filter = (("state", ChoicesRadioFilter), since("told_at", gettext_lazy("told")))
    search_fields = ("code__exact", "number__exact")
    search_help_text = gettext_lazy("Code of the check, or the till's own number")
    ordering = ("-told_at", "-pk")
    readonly_fields = ("given", "booked", "result")
    fields = (
        "code", "member", "store", "state", "result", "given", "booked", "order_key", "first_order_key", "used_at",
        "told_at", "source", "number",
    )  # fmt: skip

    def lookup_allowed(self, lookup: str, value: Any, request: "HttpRequest | None" = None) -> bool:
        return lookup == "state__exact" or super().lookup_allowed(lookup, value, request)

    @column(gettext_lazy("state"), STATE_COLOURS)
    def labelled_state(self, use: OfflineUse) -> tuple[str, str]:
        return use.state, use.get_state_display()

    @column(gettext_lazy("taken off by the till"))
    def given(self, use: OfflineUse) -> str:
        return queries.money(use.given_ore)

    @column(gettext_lazy("booked"))
    def booked(self, use: OfflineUse) -> str:
        return queries.money(use.booked_ore)

    @column(gettext_lazy("result"))
    def result(self, use: OfflineUse) -> str:
        return (
            sentence_of(use.reason, {"code": use.code, "order": use.first_order_key}) if use.reason else "–"
        )
