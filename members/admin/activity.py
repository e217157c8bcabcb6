"""What happened to members, and what they agreed to: both are only ever added to."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import RadioFilter

from members.admin.base import ReadOnlyAdmin, column
from members.admin.filters import FoundByMember
from members.admin.mirror import told
from members.models import Activity, Consent

if TYPE_CHECKING:
    from django.http import HttpRequest


class Delivery(RadioFilter):
    title = _("acted on")
    parameter_name = "delivery"

    def lookups(self, request: "HttpRequest", model_admin: Any) -> list[tuple[str, Any]]:
        return [("waiting", _("waits to be acted on"))]

    def queryset(self, request: "HttpRequest", queryset: QuerySet[Activity]) -> QuerySet[Activity]:
        return queryset.filter(delivered_at__isnull=True) if self.value() == "waiting" else queryset


@admin.register(Activity)
class ActivityAdmin(ReadOnlyAdmin, FoundByMember):
    list_display = ("occurred_at", "member", "what", "delivered_at", "attempts", "error")
    list_select_related = ("member",)
    list_filter = (Delivery,)
    owner = "member"
    search_help_text = _("Member number, name, e-mail or phone")
    readonly_fields = ("what",)
    fields = (
        "what", "member", "account", "facts", "occurred_at", "recorded_at",
        "delivered_at", "due_at", "attempts", "error",
    )  # fmt: skip

    @column(_("what"))
    def what(self, activity: Activity) -> str:
        return told(activity)


@admin.register(Consent)
class ConsentAdmin(ReadOnlyAdmin, FoundByMember):
    list_display = ("given_at", "member", "purpose", "channel", "is_given", "wording", "origin", "actor")
    list_select_related = ("member",)
    owner = "member"
    search_help_text = _("Member number, name, e-mail or phone")
