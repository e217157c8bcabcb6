"""Rehearsing a draft: what happens to invented members day by day, and what the ledger says then."""

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from loyalty import actions
from loyalty.admin.objects import FOLDER, draft_of, workbench_link
from loyalty.forms.stage import Stage
from loyalty.queries.documents import document_of
from loyalty.queries.findings import findings_of
from loyalty.queries.scenarios import replays_of, scenario_text, scenarios_of
from members.admin.base import actor_of

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin
    from django.http import HttpRequest

    from loyalty.models import ProgrammeVersion

MOST_BYTES = 200_000


def page(admin: "ModelAdmin[Any]", request: "HttpRequest", pk: int) -> "HttpResponse":
    version = draft_of(admin, request, pk)
    if "forget" in request.POST:
        return _forgotten(request, version)
    if "file" in request.GET:
        found = _scenario(version, request.GET["file"])
        return _file(found.title, found.text)
    document = document_of(version)
    if any(one.is_error for one in findings_of(document)):
        messages.warning(request, _("The draft does not fit together yet. Mend it, then rehearse it."))
        return redirect(workbench_link(version))
    stage = Stage(document, version.language, version.currency)
    return _done(request, version, stage) or _drawn(admin, request, version, stage)


def _done(request: "HttpRequest", version: "ProgrammeVersion", stage: Stage) -> "HttpResponse | None":
    """Fill the stage with what was asked for; a response where that is all."""
    if "open" in request.GET and request.method == "GET":
        found = _scenario(version, request.GET["open"])
        stage.open(found.text, found.title)
    elif "import" in request.POST:
        sent = request.FILES.get("scenario")
        stage.open(sent.read(MOST_BYTES + 1) if sent else b"")
    elif request.method == "POST":
        stage.take(request.POST)
    if "keep" in request.POST and stage.is_ready_to_keep():
        actions.save_scenario(
            version=version,
            title=stage.title,
            text=scenario_text(stage.scenario),
            actor=actor_of(request),
            now=timezone.now(),
        )
        messages.success(request, _("The scenario is saved, and played whenever the programme is published."))
        return redirect(request.path)
    if "download" in request.POST and stage.rehearsal:
        return _file(stage.title or _("Rehearsal"), scenario_text(stage.scenario))
    return None


def _scenario(version: "ProgrammeVersion", pk: str) -> Any:
    return get_object_or_404(scenarios_of(version), pk=int(pk) if pk.isdecimal() and len(pk) < 19 else 0)


def _file(title: str, text: str) -> "HttpResponse":
    answer = HttpResponse(text, content_type="application/yaml; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{slugify(title) or "scenario"}.yaml"'
    return answer


def _forgotten(request: "HttpRequest", version: "ProgrammeVersion") -> "HttpResponse":
    found = _scenario(version, request.POST["forget"])
    actions.remove_scenario(scenario=found)
    messages.success(request, _("%(what)s is removed.") % {"what": found.title})
    return redirect(request.path)


def _drawn(
    admin: "ModelAdmin[Any]", request: "HttpRequest", version: "ProgrammeVersion", stage: Stage
) -> "HttpResponse":
    is_part = request.headers.get("X-Requested-With") == "workbench"
    told = {
        "version": version,
        "title": _("Rehearse it"),
        "back": reverse("admin:loyalty_programmeversion_change", args=[version.pk]),
        "opts": admin.opts,
        "replays": [] if is_part else replays_of(version, stage.document),
        **stage.told(),
    }
    page = told if is_part else admin.admin_site.each_context(request) | told
    name = "rehearsal_fields" if is_part else "rehearse"
    return render(request, f"{FOLDER}/{name}.html", page, status=422 if stage.errors else 200)
