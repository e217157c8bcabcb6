"""Segments: the list with what became of each, and the builder behind every name."""

import json
from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from members.admin.base import ClubAdmin, actor_of, column
from members.admin.deeds import refused
from segments import actions, queries
from segments.admin import builder, deeds, drawings, full_runs, pictures
from segments.admin.listing import SegmentChangeList
from segments.engine.errors import Malformed
from segments.forms.templates import TemplateForm
from segments.models import FullRun, Segment
from segments.queries.templates import in_words, template, templates

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse
    from django.urls import URLPattern

FOLDER = "admin/segments"
REFUSALS = {
    "segment_name_is_missing": gettext_lazy("Give the segment a name of at most 80 letters."),
    "key_is_not_valid": gettext_lazy(
        "A key has small letters, digits, hyphens and underscores, at most 40, and is not “preview”."
    ),
    "key_is_taken": gettext_lazy("Another segment has the key “%(segment)s”. Choose another."),
}


@admin.register(Segment)
class SegmentAdmin(ClubAdmin):
    list_display = ("name", "members", "trend", "last_run", "took", "used_by")
    list_before_template = f"{FOLDER}/list_tools.html"
    search_fields = ("name__icontains", "key__istartswith")
    empty = gettext_lazy("Say whom you mean once, and use it in rules, rewards and campaigns.")

    def get_urls(self) -> "list[URLPattern]":
        own: list[tuple[str, str, Callable[..., HttpResponse]]] = [
            ("builder/read/", "read", require_POST(builder.read)),
            ("builder/count/", "count", require_POST(builder.count)),
            ("builder/why/", "why", require_POST(builder.why)),
            ("builder/search/", "search", require_GET(builder.search)),
            ("builder/template/<slug:key>/", "template", require_GET(builder.of_template)),
            ("overlap/", "overlap", self._page_of(pictures.overlap)),
            ("rfm/", "rfm", self._page_of(pictures.rfm)),
            ("cohorts/", "cohorts", self._page_of(pictures.cohorts)),
            ("full-runs/", "full_runs", self._page_of(full_runs.page)),
            ("full-runs/start/", "run_all", require_POST(self._for_changers(full_runs.run_all))),
            ("full-runs/<int:pk>/stop/", "stop", require_POST(self._for_changers(_of_run(full_runs.stop)))),
            ("<int:pk>/export/", "export", require_POST(deeds.export)),
            ("<int:pk>/run/", "run", require_POST(self._deed(deeds.run))),
            ("<int:pk>/confirm/", "confirm", require_POST(self._deed(deeds.confirm))),
            ("<int:pk>/remove/", "remove", self._deed(deeds.remove)),
        ]
        return [
            *(
                path(
                    address,
                    self.admin_site.admin_view(self._for_viewers(view)),
                    name=f"segments_segment_{name}",
                )
                for address, name, view in own
            ),
            *super().get_urls(),
        ]

    def _for_viewers(self, view: "Callable[..., HttpResponse]") -> "Callable[..., HttpResponse]":
        def guarded(request: "HttpRequest", **named: Any) -> "HttpResponse":
            if not self.has_view_permission(request):
                raise PermissionDenied
            return view(request, **named)

        return guarded

    def _for_changers(self, view: "Callable[..., HttpResponse]") -> "Callable[..., HttpResponse]":
        def guarded(request: "HttpRequest", **named: Any) -> "HttpResponse":
            if not self.has_change_permission(request):
                raise PermissionDenied
            return view(request, **named)

        return guarded

    def _deed(self, view: "Callable[..., HttpResponse]") -> "Callable[..., HttpResponse]":
        return lambda request, pk: view(self, request, get_object_or_404(Segment, pk=pk))

    def _page_of(self, tell: "Callable[[HttpRequest], dict[str, Any]]") -> "Callable[..., HttpResponse]":
        def page(request: "HttpRequest") -> "HttpResponse":
            told = self.admin_site.each_context(request) | {"opts": self.opts} | tell(request)
            return render(request, f"{FOLDER}/{told['template']}.html", told)

        return page

    def get_changelist(self, request: "HttpRequest", **kwargs: Any) -> type[SegmentChangeList]:
        return SegmentChangeList

    def delete_view(self, request: "HttpRequest", object_id: str, extra_context: Any = None) -> Any:
        return redirect("admin:segments_segment_remove", object_id)

    @column(gettext_lazy("members"))
    def members(self, segment: Segment) -> str:
        return drawings.size(segment)

    @column(gettext_lazy("trend"))
    def trend(self, segment: Segment) -> str:
        return drawings.sparkline(segment.told.runs)  # type: ignore[attr-defined]

    @column(gettext_lazy("last run"))
    def last_run(self, segment: Segment) -> str:
        return drawings.last_run(segment)

    @column(gettext_lazy("took"))
    def took(self, segment: Segment) -> str:
        return drawings.took(segment.told.runs)  # type: ignore[attr-defined]

    @column(gettext_lazy("used by"))
    def used_by(self, segment: Segment) -> str:
        return drawings.users(segment.told.users)  # type: ignore[attr-defined]

    def changeform_view(
        self, request: "HttpRequest", object_id: Any = None, form_url: str = "", extra_context: Any = None
    ) -> Any:
        segment = get_object_or_404(Segment, pk=object_id) if object_id else None
        may_save = (
            self.has_change_permission(request, segment) if segment else self.has_add_permission(request)
        )
        if not may_save and not (segment and self.has_view_permission(request, segment)):
            raise PermissionDenied
        told = _told(request, segment)
        if request.method == "POST":
            if not may_save:
                raise PermissionDenied
            if saved := self._saved(request, segment, told):
                return redirect("admin:segments_segment_change", saved.pk)
        return self._page(request, segment, told, may_save=may_save)

    def _saved(self, request: "HttpRequest", segment: Segment | None, told: dict[str, Any]) -> Segment | None:
        try:
            saved = actions.save_segment(
                key=told["key"],
                name=told["name"],
                definition=told["definition"],
                is_new=segment is None,
                actor=actor_of(request),
                now=timezone.now(),
            )
        except actions.UnableToSaveSegment as error:
            told["refusal"] = refused(error, REFUSALS)
        except Malformed as error:
            told["refusal"] = queries.sentence_of(error)
        else:
            messages.success(request, _("“%(segment)s” is saved.") % {"segment": saved.name})
            return saved
        return None

    def _page(
        self, request: "HttpRequest", segment: Segment | None, told: dict[str, Any], *, may_save: bool
    ) -> "HttpResponse":
        facts = {
            "title": segment.name if segment else _("New segment"),
            "segment": segment,
            "original": segment,
            "opts": self.opts,
            "told": told,
            "definition_text": json.dumps(told["definition"]) if told["definition"] else "",
            "may_save": may_save,
            **builder.page(request, told["definition"]),
            **(pictures.history(request, segment) if segment else _gallery(told)),
        }
        context = self.admin_site.each_context(request) | facts
        return render(request, f"{FOLDER}/builder.html", context, status=422 if told.get("refusal") else 200)


def _of_run(view: "Callable[..., HttpResponse]") -> "Callable[..., HttpResponse]":
    return lambda request, pk: view(request, get_object_or_404(FullRun, pk=pk))


def _told(request: "HttpRequest", segment: Segment | None) -> dict[str, Any]:
    """Name, key and definition as posted, else as saved, else as an address asks for."""
    if request.method == "POST":
        name = request.POST.get("name", "").strip()
        key = segment.key if segment else request.POST.get("key", "").strip() or queries.free_key(name)
        return {"name": name, "key": key, "definition": _json(request.POST.get("definition", ""))}
    if segment:
        return {"name": segment.name, "key": segment.key, "definition": segment.definition}
    if made := template(request.GET.get("template", "")):
        form = TemplateForm(made, request.GET)
        return {"name": in_words(made.name), "key": "", "definition": form.definition(), "form": form}
    if copied := Segment.objects.filter(pk=_number(request.GET.get("copy", ""))).first():
        name = _("%(segment)s, copy") % {"segment": copied.name[:70]}
        return {"name": name, "key": "", "definition": copied.definition}
    return {"name": "", "key": "", "definition": _json(request.GET.get("definition", ""))}


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() else 0


def _gallery(told: dict[str, Any]) -> dict[str, Any]:
    """The templates to start from, or the one that was chosen."""
    if form := told.get("form"):
        made = form.made
        shown = {"key": made.key, "name": in_words(made.name), "about": in_words(made.about)}
        return {"template": {**shown, "sliders": form.sliders(), "pickers": form.pickers()}}
    if told["definition"]:
        return {}
    return {
        "gallery": [
            {"key": one.key, "name": in_words(one.name), "about": in_words(one.about)} for one in templates()
        ]
    }


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
