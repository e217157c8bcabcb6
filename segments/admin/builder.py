"""The builder: a page whose conditions are written by clicking, and what it asks while somebody does.

It posts what the API takes, JSON, and everything is decided by the same queries.
"""

import json
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from members.models import Member
from members.queries import find_member
from segments import queries
from segments.engine.errors import Malformed
from segments.engine.reading import canonical
from segments.engine.tree import Node
from segments.filters import facts, fields
from segments.forms.templates import TemplateForm
from segments.forms.words import controls
from segments.models import Segment
from segments.queries.templates import template

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest

    from segments.filters import Value

MAY_SEE_MEMBERS = "members.view_member"
LONGEST_SEARCH = 60


class Unreadable(Exception):
    """What was posted is no JSON object."""


def page(request: "HttpRequest", definition: Any) -> dict[str, Any]:
    """What the template of the builder shows of a definition, with and without scripts."""
    read = _as_read(definition) if definition else {}
    labels = read.pop("labels", {})
    return {
        "builder": {
            "definition": definition,
            "language": controls(settings.CLUB_CURRENCY),
            "segments": _segments(),
            "labels": labels,
            "addresses": {
                name: reverse(f"admin:segments_segment_{name}") for name in ("read", "count", "why", "search")
            },
        },
        "may_see_members": request.user.has_perm(MAY_SEE_MEMBERS),
        **read,
    }


def _segments() -> list[dict[str, str]]:
    found = Segment.objects.order_by("name").values_list("key", "name")
    return [{"key": key, "label": name} for key, name in found]


def _as_read(definition: Any) -> dict[str, Any]:
    try:
        node = queries.Definitions().as_written(definition)
    except Malformed as error:
        return {"mistake": queries.sentence_of(error)}
    return {
        "sentence": queries.read_back(node),
        "outline": queries.outline(node),
        "labels": queries.labels_of(node),
    }


def read(request: "HttpRequest") -> JsonResponse:
    """The sentence of a definition, or what is wrong with it and where. Counts nothing, so it answers at once."""
    return _answered(request, lambda node, told: {"sentence": told["sentence"]})


def count(request: "HttpRequest") -> JsonResponse:
    """How many it means now and how long that took; a few of them to who may see members."""

    def tell(node: Node, told: "Mapping[str, Any]") -> dict[str, Any]:
        may_see = request.user.has_perm(MAY_SEE_MEMBERS)
        try:
            found = queries.preview(node, now=timezone.now(), **({} if may_see else {"sample": 0}))
        except queries.TooMuchToCount:
            return {"count": None, "text": too_much()}
        return {
            "count": found.count,
            "text": _counted(found),
            "took": _("Counted in %(seconds)s s.") % {"seconds": number_format(found.took_ms / 1000, 2)},
            "members": [_shown(one) for one in found.members] if may_see else None,
        }

    return _answered(request, tell)


def too_much() -> str:
    return _("This takes too long to count here. Save it: it is counted in the background.")


def _counted(found: queries.Preview) -> str:
    sentence = ngettext(
        "%(count)s member, %(share)s %% of the club",
        "%(count)s members, %(share)s %% of the club",
        found.count,
    )
    share = 100 * found.count / found.active if found.active else 0
    words = {"count": number_format(found.count, force_grouping=True), "share": number_format(share, 1)}
    return sentence % words


def _shown(member: Member) -> dict[str, str]:
    return {
        "name": member.full_name or member.number,
        "number": member.number,
        "link": reverse("admin:members_member_change", args=[member.pk]),
    }


def why(request: "HttpRequest") -> JsonResponse:
    """Each condition for one member, found by number or e-mail address."""
    if not request.user.has_perm(MAY_SEE_MEMBERS):
        raise PermissionDenied

    def tell(node: Node, told: "Mapping[str, Any]") -> dict[str, Any]:
        wanted = str(told.get("member", "")).strip()
        member = find_member(email=wanted) if "@" in wanted else find_member(number=wanted)
        if member is None:
            return {"missing": _("There is no member with this number or e-mail address.")}
        found = queries.why(node, member=member, now=timezone.now())
        return {
            "member": _shown(member),
            "is_meant": found.is_meant,
            "text": _verdict(member, found.is_meant, found.is_active),
            "reasons": [_reason(one) for one in found.reasons],
        }

    return _answered(request, tell)


def _verdict(member: Member, is_meant: bool, is_active: bool) -> str:
    words = {"member": member.full_name or member.number}
    if is_meant:
        return _("%(member)s is among those who are meant.") % words
    if not is_active:
        return _("%(member)s is no active member, and only active members are meant.") % words
    return _("%(member)s is not among those who are meant.") % words


def _reason(one: queries.Reason) -> dict[str, Any]:
    return {
        "sentence": one.sentence,
        "value": one.value or "–",
        "is_met": one.is_met,
        "met": _("is met") if one.is_met else _("is not met"),
        "turns_on": date_format(one.turns_on, "DATE_FORMAT") if one.turns_on else "",
    }


def search(request: "HttpRequest") -> JsonResponse:
    """What a picker offers: ``of`` is a fact and ``detail`` what it is narrowed by, or a field; ``q`` what was typed."""
    text = request.GET.get("q", "").strip()[:LONGEST_SEARCH]
    value = _searched(request.GET.get("of", ""), request.GET.get("detail", ""))
    found = value.search(text) if value and value.search and text else ()
    return JsonResponse({"found": [{"key": key, "label": str(label)} for key, label in found]})


def of_template(request: "HttpRequest", key: str) -> JsonResponse:
    """A template's definition with what its sliders say, or what is wrong with each of them."""
    made = template(key)
    if made is None:
        raise Http404
    form = TemplateForm(made, request.GET)
    return JsonResponse({"definition": form.definition(), "mistakes": form.mistakes()})


def _searched(of: str, detail: str) -> "Value | None":
    if of in facts:
        return facts[of]().where().get(detail)
    return fields[detail]() if detail in fields else None


def _answered(request: "HttpRequest", tell: Any) -> JsonResponse:
    """What ``tell`` makes of the posted definition; a mistake in it is answered with its place."""
    try:
        told = _posted(request)
        definitions = queries.Definitions()
        own = definitions.as_written(told.get("definition"))
        sentence = queries.read_back(own)
        whole = definitions.whole(canonical(own), (told["key"],) if told.get("key") else ())
        return JsonResponse({"errors": [], **tell(whole, {**told, "sentence": sentence})})
    except Malformed as error:
        return JsonResponse({"errors": [{"place": error.pointer, "text": queries.sentence_of(error)}]})
    except Unreadable:
        return JsonResponse({"errors": [{"place": "", "text": _("This could not be read.")}]}, status=400)


def _posted(request: "HttpRequest") -> dict[str, Any]:
    try:
        told = json.loads(request.body)
    except (ValueError, RecursionError) as error:
        raise Unreadable from error
    if not isinstance(told, dict) or not isinstance(told.get("key", ""), str):
        raise Unreadable
    return told
