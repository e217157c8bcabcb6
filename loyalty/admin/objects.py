"""The form of one object of a draft, and what its card's buttons do."""

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from loyalty import actions
from loyalty.forms.desk import Desk
from loyalty.forms.words import kind_words
from loyalty.models import ProgrammeObject, ProgrammeVersion
from loyalty.queries.documents import groups, kinds

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin
    from django.http import HttpRequest, HttpResponse

FOLDER = "admin/loyalty/workbench"


def draft_of(admin: "ModelAdmin[Any]", request: "HttpRequest", pk: int) -> ProgrammeVersion:
    """A draft that the request may change. Raises ``PermissionDenied``."""
    version = get_object_or_404(ProgrammeVersion, pk=pk)
    if not admin.has_change_permission(request, version):
        raise PermissionDenied
    return version


def workbench_link(version: ProgrammeVersion, kind: str = "", key: str = "") -> str:
    page = reverse("admin:loyalty_programmeversion_change", args=[version.pk])
    return f"{page}#{kind}-{key}" if kind else page


def object_page(
    admin: "ModelAdmin[Any]", request: "HttpRequest", pk: int, kind: str, row: int | None = None
) -> "HttpResponse":
    """A new object, one that is there, or a single group."""
    version = draft_of(admin, request, pk)
    if kind not in (*kinds(), *groups()):
        raise Http404
    found = get_object_or_404(ProgrammeObject, pk=row, version=version, kind=kind) if row else None
    desk = Desk(version, kind, found)
    if request.method != "POST":
        return _drawn(admin, request, desk, is_new=row is None and not desk.is_group)
    if "sentence" in request.POST:
        desk.take(request.POST)
        return render(request, f"{FOLDER}/sentence.html", {"sentence": desk.sentence})
    if "save" not in request.POST and "anyway" not in request.POST:
        desk.take_as_typed(request.POST)
        return _drawn(admin, request, desk, is_new=True)
    desk.take(request.POST)
    return _saved(admin, request, desk)


def _saved(admin: "ModelAdmin[Any]", request: "HttpRequest", desk: Desk) -> "HttpResponse":
    errors = [one for one in desk.findings if one.is_error]
    if errors and ("anyway" not in request.POST or desk.is_misshapen):
        return _drawn(admin, request, desk, status=422)
    if desk.is_group:
        actions.write_group(version=desk.version, name=desk.kind, written=desk.written)
        key = ""
    else:
        row = actions.write_object(version=desk.version, kind=desk.kind, written=desk.written, row=desk.row)
        key = row.key
    told = desk.written.get("name", "")
    told = told.get(desk.version.language, key) if isinstance(told, dict) else told
    admin.log_change(request, desk.version, f"{kind_words(desk.kind)[0]}: {told or key}")
    messages.success(request, _("%(what)s is saved.") % {"what": told or kind_words(desk.kind)[0]})
    return redirect(workbench_link(desk.version, desk.kind, key))


def _drawn(
    admin: "ModelAdmin[Any]", request: "HttpRequest", desk: Desk, *, is_new: bool = False, status: int = 200
) -> "HttpResponse":
    findings = [] if is_new else desk.findings
    name, about = kind_words(desk.kind)
    told = {
        "version": desk.version,
        "title": name,
        "about": about,
        "back": workbench_link(desk.version),
        "opts": admin.opts,
        "sentence": "" if is_new else desk.sentence,
        "can_keep": status == 422 and not desk.is_misshapen,
        **desk.drawn(findings),
    }
    is_part = request.headers.get("X-Requested-With") == "workbench"
    page = told if is_part else admin.admin_site.each_context(request) | told
    return render(request, f"{FOLDER}/{'fields' if is_part else 'object'}.html", page, status=status)


def deed(admin: "ModelAdmin[Any]", request: "HttpRequest", pk: int, row: int) -> "HttpResponse":
    """Copy, remove or move an object: what a button of its card says."""
    version = draft_of(admin, request, pk)
    found = get_object_or_404(ProgrammeObject, pk=row, version=version)
    key = found.key
    match request.POST.get("do"):
        case "copy":
            key = actions.copy_object(row=found).key
        case "up" | "down" as way:
            actions.move_object(row=found, up=way == "up")
        case "remove":
            actions.remove_object(row=found)
            messages.success(request, _("%(what)s is removed.") % {"what": found.name})
        case _:
            return redirect(workbench_link(version))
    admin.log_change(request, version, f"{kind_words(found.kind)[0]}: {found.name} ({request.POST['do']})")
    return redirect(workbench_link(version, found.kind, key))
