"""The programme as the merchant sets it up: a draft can be changed, what is published can only be read."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.urls import path
from django.utils.translation import gettext_lazy as _
from unfold.admin import StackedInline

from loyalty.admin import publishing
from loyalty.engine.files import errors_of
from loyalty.models import Conversion, EarningRule, Meter, ProgrammeVersion, Reward, TierLadder
from loyalty.queries.documents import document_of
from loyalty.queries.sentences import programme_sentences
from members.admin.base import ClubAdmin, column

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse
    from django.urls import URLPattern

FROZEN = ("name", "state", "valid_from", "valid_to", "published_at", "published_by")
STATE_COLOURS = {"draft": "warning", "published": "success", "retired": "info"}


def is_frozen(version: ProgrammeVersion | None) -> bool:
    return version is not None and version.state != ProgrammeVersion.State.DRAFT


def told(version: ProgrammeVersion) -> dict[str, list[str]]:
    """What the version says, as sentences; or what keeps it from making sense."""
    document = document_of(version)
    mistakes = [str(error) for error in errors_of(document)]
    return {"mistakes": mistakes, "sentences": [] if mistakes else programme_sentences(document)}


class ObjectInline(StackedInline):
    """One kind of object of a programme version."""

    extra = 0
    tab = True
    ordering = ("position", "pk")

    def has_add_permission(self, request: "HttpRequest", obj: Any = None) -> bool:
        return not is_frozen(obj) and bool(super().has_add_permission(request, obj))

    def has_change_permission(self, request: "HttpRequest", obj: Any = None) -> bool:
        return not is_frozen(obj) and bool(super().has_change_permission(request, obj))

    def has_delete_permission(self, request: "HttpRequest", obj: Any = None) -> bool:
        return not is_frozen(obj) and bool(super().has_delete_permission(request, obj))


class MeterInline(ObjectInline):
    model = Meter


class EarningRuleInline(ObjectInline):
    model = EarningRule


class RewardInline(ObjectInline):
    model = Reward


class ConversionInline(ObjectInline):
    model = Conversion


class TierLadderInline(ObjectInline):
    model = TierLadder


@admin.register(ProgrammeVersion)
class ProgrammeVersionAdmin(ClubAdmin):
    list_display = ("name", "labelled_state", "valid_from", "valid_to")
    fields = (
        "name", "programme", "state", "language", "currency", "time_zone", "life", "returns",
        "valid_from", "valid_to", "published_at", "published_by",
    )  # fmt: skip
    readonly_fields = ("state", "valid_from", "valid_to", "published_at", "published_by")
    list_before_template = "admin/loyalty/programmeversion/list_tools.html"
    change_form_outer_before_template = "admin/loyalty/programmeversion/tools.html"
    inlines = (MeterInline, EarningRuleInline, RewardInline, ConversionInline, TierLadderInline)

    def has_change_permission(self, request: "HttpRequest", obj: Any = None) -> bool:
        return not is_frozen(obj) and bool(super().has_change_permission(request, obj))

    def has_delete_permission(self, request: "HttpRequest", obj: Any = None) -> bool:
        return not is_frozen(obj) and bool(super().has_delete_permission(request, obj))

    def get_fields(self, request: "HttpRequest", obj: Any = None) -> Any:
        return FROZEN if is_frozen(obj) else self.fields

    def get_inlines(self, request: "HttpRequest", obj: Any = None) -> Any:
        """A draft's objects; what is published is read as sentences."""
        return () if is_frozen(obj) else self.inlines

    def render_change_form(
        self, request: "HttpRequest", context: dict[str, Any], add: bool = False, change: bool = False,
        form_url: str = "", obj: Any = None,
    ) -> "HttpResponse":  # fmt: skip
        if obj is not None:
            context |= told(obj)
        page: HttpResponse = super().render_change_form(request, context, add, change, form_url, obj)
        return page

    def get_urls(self) -> "list[URLPattern]":
        wrap = self.admin_site.admin_view
        return [
            path("preset/", wrap(self.preset), name="loyalty_programmeversion_preset"),
            path("<int:pk>/copy/", wrap(self.copy), name="loyalty_programmeversion_copy"),
            path("<int:pk>/publish/", wrap(self.publish), name="loyalty_programmeversion_publish"),
            *super().get_urls(),
        ]

    def preset(self, request: "HttpRequest") -> "HttpResponse":
        return publishing.draft_from_preset(self, request)

    def copy(self, request: "HttpRequest", pk: int) -> "HttpResponse":
        return publishing.draft_from_version(self, request, pk)

    def publish(self, request: "HttpRequest", pk: int) -> "HttpResponse":
        return publishing.publish(self, request, pk)

    @column(_("state"), STATE_COLOURS)
    def labelled_state(self, version: ProgrammeVersion) -> tuple[str, str]:
        return version.state, version.get_state_display()
