"""What staff do with a saved segment: export it, let a held change through, delete it."""

import csv
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from members.admin.base import actor_of
from members.admin.deeds import deed_page, refused
from segments import actions, queries
from segments.admin.builder import MAY_SEE_MEMBERS
from segments.engine.errors import Malformed
from segments.models import Segment

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin
    from django.http import HttpRequest

MAY_EXPORT = "segments.export_segment"
REFUSALS = {
    "segment_is_used": gettext_lazy(
        "“%(segment)s” is used by: %(users)s. Take it away there first. Nothing was deleted."
    )
}
# A spreadsheet takes what begins like this for a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def may_export(request: "HttpRequest") -> bool:
    return request.user.has_perm(MAY_EXPORT) and request.user.has_perm(MAY_SEE_MEMBERS)


def export(request: "HttpRequest", pk: int) -> HttpResponse:
    """Who is in it as of its last run, as a table; who took it out, when and how many stays on record."""
    if not may_export(request):
        raise PermissionDenied
    segment = get_object_or_404(Segment, pk=pk)
    members = list(queries.in_segment(segment).order_by("number"))
    actions.record_export(segment=segment, members=len(members), actor=actor_of(request), now=timezone.now())
    answer = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{segment.key}.csv"'
    rows = csv.writer(answer, delimiter=";")
    rows.writerow([_("number"), _("first name"), _("last name"), _("e-mail"), _("phone")])
    for one in members:
        told = (one.number, one.first_name, one.last_name, one.email, str(one.phone))
        rows.writerow([_harmless(text) for text in told])
    return answer


def _harmless(text: str) -> str:
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA) else text


def confirm(admin: "ModelAdmin[Any]", request: "HttpRequest", segment: Segment) -> HttpResponse:
    """Let a change that was held become true."""
    if not admin.has_change_permission(request, segment):
        raise PermissionDenied
    try:
        run = actions.recompute_segment(segment=segment, now=timezone.now(), is_confirmed=True)
    except Malformed as error:
        messages.error(request, queries.sentence_of(error))
    else:
        messages.success(request, _("The segment now holds %(count)s members.") % {"count": run.size})
    return redirect("admin:segments_segment_change", segment.pk)


def run(admin: "ModelAdmin[Any]", request: "HttpRequest", segment: Segment) -> HttpResponse:
    """Work out now whom it holds; a change that is too large is held as at any other time."""
    if not admin.has_change_permission(request, segment):
        raise PermissionDenied
    try:
        found = actions.recompute_segment(segment=segment, now=timezone.now())
    except Malformed as error:
        messages.error(request, queries.sentence_of(error))
    else:
        if not found.is_held:
            messages.success(request, _("The segment now holds %(count)s members.") % {"count": found.size})
    return redirect("admin:segments_segment_change", segment.pk)


class NothingToFillIn(forms.Form):
    pass


def remove(admin: "ModelAdmin[Any]", request: "HttpRequest", segment: Segment) -> HttpResponse:
    if not admin.has_delete_permission(request, segment):
        raise PermissionDenied

    def delete() -> str:
        actions.delete_segment(segment=segment)
        return _("“%(segment)s” is deleted.") % {"segment": segment.name}

    return deed_page(
        admin,
        request,
        NothingToFillIn(request.POST or {"look": "1"}),
        delete,
        title=_("Delete the segment"),
        about=segment.name,
        back=reverse("admin:segments_segment_change", args=[segment.pk]),
        onward=lambda: reverse("admin:segments_segment_changelist"),
        preview=[(segment.name, _("saved"), _("deleted, with the history of its sizes"))],
        explain=lambda error: refused(error, REFUSALS),
    )
