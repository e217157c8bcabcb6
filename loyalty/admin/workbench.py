"""The workbench: a version with all its objects as cards, and two versions side by side."""

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db.models import prefetch_related_objects
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from loyalty.admin.objects import FOLDER, workbench_link
from loyalty.engine.references import Finding
from loyalty.forms.mistakes import in_words
from loyalty.forms.words import field_words, kind_words
from loyalty.models import ProgrammeObject, ProgrammeVersion
from loyalty.queries.documents import document_of
from loyalty.queries.workbench import Card, Shelf, compared, workbench_of

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin
    from django.http import HttpRequest, HttpResponse


def page(admin: "ModelAdmin[Any]", request: "HttpRequest", version: ProgrammeVersion) -> "HttpResponse":
    if not admin.has_view_permission(request, version):
        raise PermissionDenied
    prefetch_related_objects([version], "programme_objects")
    bench = workbench_of(version)
    may_change = admin.has_change_permission(request, version)
    others = ProgrammeVersion.objects.exclude(pk=version.pk).order_by("-pk").values_list("pk", "name")[:50]
    told = {
        "version": version,
        "original": version,
        "title": version.name,
        "opts": admin.opts,
        "may_change": may_change,
        "may_delete": admin.has_delete_permission(request, version),
        "errors": [_told(version, one) for one in bench.errors],
        "warnings": [_told(version, one) for one in bench.warnings],
        "sections": [
            (_(title), [_shelf(version, shelf, may_change) for shelf in shelves])
            for title, shelves in bench.sections
        ],
        "others": others,
    }
    return render(request, f"{FOLDER}/page.html", admin.admin_site.each_context(request) | told)


def _shelf(version: ProgrammeVersion, shelf: Shelf, may_change: bool) -> dict[str, Any]:
    name, about = kind_words(shelf.kind)
    add = reverse("admin:loyalty_programmeversion_object_add", args=[version.pk, shelf.kind])
    return {
        "kind": shelf.kind,
        "name": name,
        "about": about,
        "is_group": shelf.is_group,
        "add": add if may_change else "",
        "cards": [_card(version, card, add) for card in shelf.cards],
    }


def _card(version: ProgrammeVersion, card: Card, add: str) -> dict[str, Any]:
    change = reverse("admin:loyalty_programmeversion_object", args=[version.pk, card.kind, card.pk or 0])
    deed = reverse("admin:loyalty_programmeversion_deed", args=[version.pk, card.pk or 0])
    # A sentence begins with the name, which may have a colon of its own.
    name, sentence = card.sentence[: len(card.name)], card.sentence[len(card.name) :].removeprefix(": ")
    return {
        "id": f"{card.kind}-{card.key}",
        "name": name,
        "sentence": capfirst(sentence),
        "change": change if card.pk else add,
        "deed": deed if card.pk else "",
        "errors": [in_words(one.message) for one in card.findings if one.is_error],
        "warnings": [in_words(one.message) for one in card.findings if not one.is_error],
    }


def _told(version: ProgrammeVersion, finding: Finding) -> dict[str, str]:
    """A finding in words, with the way to the field that it is about."""
    text = in_words(finding.message)
    if not finding.place:
        return {"text": text, "where": field_words("programme", finding.place), "link": ""}
    kind, *inside = finding.place
    rows = [row for row in _in_order(version) if row.kind == kind]
    add = reverse("admin:loyalty_programmeversion_object_add", args=[version.pk, kind])
    if not inside or not isinstance(inside[0], int) or inside[0] >= len(rows):
        return {"text": text, "where": field_words(str(kind), inside), "link": add}
    row, field = rows[inside[0]], inside[1:]
    change = reverse("admin:loyalty_programmeversion_object", args=[version.pk, row.kind, row.pk])
    where = " › ".join(part for part in (row.name, field_words(row.kind, field)) if part)
    return {"text": text, "where": where, "link": f"{change}#id_{'.'.join(map(str, field))}"}


def _in_order(version: ProgrammeVersion) -> list[ProgrammeObject]:
    """The rows in their order; the page has fetched them already."""
    return sorted(version.programme_objects.all(), key=lambda row: (row.position, row.pk))


def compare(admin: "ModelAdmin[Any]", request: "HttpRequest", pk: int) -> "HttpResponse":
    """What differs between a version and another, in sentences side by side."""
    version = get_object_or_404(ProgrammeVersion, pk=pk)
    if not admin.has_view_permission(request, version):
        raise PermissionDenied
    other = get_object_or_404(ProgrammeVersion, pk=request.GET.get("with") or 0)
    rows = [
        {"kind": kind_words(one.kind)[0], "before": one.before, "after": one.after}
        for one in compared(document_of(other), document_of(version))
    ]
    told = {
        "title": _("Compare"), "version": version, "other": other, "rows": rows,
        "back": workbench_link(version), "opts": admin.opts,
    }  # fmt: skip
    return render(request, f"{FOLDER}/compare.html", admin.admin_site.each_context(request) | told)
