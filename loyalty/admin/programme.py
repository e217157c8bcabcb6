"""The programme as the merchant sets it up: a draft can be changed, what is published can only be read."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext_lazy as _

from loyalty.admin import objects, publishing, rehearsing, workbench
from loyalty.admin.objects import workbench_link
from loyalty.models import ProgrammeVersion
from members.admin.base import ClubAdmin, column

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse
    from django.urls import URLPattern

FROZEN = ("name", "state", "valid_from", "valid_to", "published_at", "published_by")
STATE_COLOURS = {"draft": "warning", "published": "success", "retired": "info"}


def is_frozen(version: ProgrammeVersion | None) -> bool:
    return version is not None and version.state != ProgrammeVersion.State.DRAFT


@admin.register(ProgrammeVersion)
class ProgrammeVersionAdmin(ClubAdmin):
    list_display = ("name", "labelled_state", "valid_from", "valid_to")
    fields = (
        "name", "programme", "state", "language", "currency", "time_zone",
        "valid_from", "valid_to", "published_at", "published_by",
    )  # fmt: skip
    readonly_fields = ("state", "valid_from", "valid_to", "published_at", "published_by")
    list_before_template = "admin/loyalty/programmeversion/list_tools.html"

    def has_change_permission(self, request: "HttpRequest", obj: Any = None) -> bool:
        return not is_frozen(obj) and bool(super().has_change_permission(request, obj))

    def has_delete_permission(self, request: "HttpRequest", obj: Any = None) -> bool:
        is_in_use = obj is not None and obj.trials.live().exists()
        return not (is_frozen(obj) or is_in_use) and bool(super().has_delete_permission(request, obj))

    def get_deleted_objects(self, objs: Any, request: "HttpRequest") -> Any:
        """Whoever may delete a draft may delete what was tried of it, which nobody deletes by itself."""
        deleted, counts, _needed, protected = super().get_deleted_objects(objs, request)
        return deleted, counts, set(), protected

    def get_fields(self, request: "HttpRequest", obj: Any = None) -> Any:
        return FROZEN if is_frozen(obj) else self.fields

    def change_view(
        self, request: "HttpRequest", object_id: str, form_url: str = "", extra_context: Any = None
    ) -> "HttpResponse":
        """The workbench; the few facts of the version itself are on a page of their own."""
        version = self.get_object(request, object_id)
        if version is None or request.method == "POST":
            page: HttpResponse = super().change_view(request, object_id, form_url, extra_context)
            return page
        return workbench.page(self, request, version)

    def facts(self, request: "HttpRequest", pk: int) -> "HttpResponse":
        page: HttpResponse = self.changeform_view(request, str(pk))
        return page

    def response_add(self, request: "HttpRequest", obj: Any, post_url_continue: Any = None) -> "HttpResponse":
        return redirect(workbench_link(obj))

    def response_change(self, request: "HttpRequest", obj: Any) -> "HttpResponse":
        return redirect(workbench_link(obj))

    def get_urls(self) -> "list[URLPattern]":
        pages = {
            "preset": ("preset/", self.preset),
            "copy": ("<int:pk>/copy/", self.copy),
            "publish": ("<int:pk>/publish/", self.publish),
            "facts": ("<int:pk>/facts/", self.facts),
            "compare": ("<int:pk>/compare/", self.compare),
            "rehearse": ("<int:pk>/rehearse/", self.rehearse),
            "object_add": ("<int:pk>/objects/<slug:kind>/", self.object),
            "object": ("<int:pk>/objects/<slug:kind>/<int:row>/", self.object),
            "deed": ("<int:pk>/objects/<int:row>/do/", self.deed),
        }
        wrap = self.admin_site.admin_view
        ours = [
            path(way, wrap(page), name=f"loyalty_programmeversion_{name}")
            for name, (way, page) in pages.items()
        ]
        return [*ours, *super().get_urls()]

    def object(self, request: "HttpRequest", pk: int, kind: str, row: int | None = None) -> "HttpResponse":
        return objects.object_page(self, request, pk, kind, row)

    def deed(self, request: "HttpRequest", pk: int, row: int) -> "HttpResponse":
        return objects.deed(self, request, pk, row)

    def rehearse(self, request: "HttpRequest", pk: int) -> "HttpResponse":
        return rehearsing.page(self, request, pk)

    def compare(self, request: "HttpRequest", pk: int) -> "HttpResponse":
        return workbench.compare(self, request, pk)

    def preset(self, request: "HttpRequest") -> "HttpResponse":
        return publishing.draft_from_preset(self, request)

    def copy(self, request: "HttpRequest", pk: int) -> "HttpResponse":
        return publishing.draft_from_version(self, request, pk)

    def publish(self, request: "HttpRequest", pk: int) -> "HttpResponse":
        return publishing.publish(self, request, pk)

    @column(_("state"), STATE_COLOURS)
    def labelled_state(self, version: ProgrammeVersion) -> tuple[str, str]:
        return version.state, version.get_state_display()
