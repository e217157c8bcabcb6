"""Segments in pictures: size over time, what several share, how lately and how often members buy, and cohorts."""

import json
from math import cos, pi, sin
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from members.queries import money
from segments import insights, queries
from segments.admin import deeds, drawings
from segments.insights import FREQUENCY, RECENCY, Shared
from segments.models import Segment

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpRequest

WIDTH, HEIGHT = 640, 160
ROWS = 20
FULL = 100


def history(request: "HttpRequest", segment: Segment) -> dict[str, Any]:
    """Size over time, the runs, what depends on it, and what was taken out."""
    runs = insights.runs_of([segment.pk], now=timezone.now()).get(segment.pk, ())
    users = queries.dependants_of_segments()[segment.key]
    return {
        "counted": drawings.size(segment),
        "last_run": drawings.last_run(segment),
        "chart": drawings.points([run.size for run in runs if not run.is_held], WIDTH, HEIGHT)
        if len(runs) > 1
        else "",
        "chart_size": (WIDTH, HEIGHT),
        "most": drawings.counted(max((run.size for run in runs), default=0)),
        "runs": [_run(run) for run in reversed(runs[-ROWS:])],
        "users": [{"name": one.name, "link": drawings.link(one)} for one in users],
        "exports": segment.exports.order_by("-exported_at")[:ROWS]
        if request.user.has_perm(deeds.MAY_EXPORT)
        else (),
        "may_export": deeds.may_export(request),
        "held": runs[-1] if segment.held_at and runs else None,
    }


def _run(run: Any) -> dict[str, Any]:
    return {
        "when": date_format(localtime(run.now), "SHORT_DATETIME_FORMAT"),
        "size": drawings.counted(run.size),
        "moved": f"+{drawings.counted(run.entered)} −{drawings.counted(run.left)}",
        "took": drawings.took([run]),
        "is_held": run.is_held,
    }


def overlap(request: "HttpRequest") -> dict[str, Any]:
    """What up to four segments share, as of their last runs: circles, and the same as a table."""
    keys = request.GET.getlist("segment")[: insights.MOST_COMPARED]
    segments = list(Segment.objects.filter(key__in=keys).order_by("name"))
    shared = insights.overlap(segments) if len(segments) > 1 else []
    names = {one.pk: one.name for one in segments}
    largest = max((part.members for part in shared), default=0) or 1
    return {
        "template": "overlap",
        "title": _("What segments share"),
        "choices": [
            {"key": one.key, "name": one.name, "is_chosen": one.key in keys}
            for one in Segment.objects.order_by("name")
        ],
        "circles": _circles(segments) if shared and len(segments) < 4 else [],
        "labels": [_label(part, segments) for part in shared],
        "rows": [
            {
                "names": [names[pk] for pk in names if pk in part.segments],
                "others": [names[pk] for pk in names if pk not in part.segments],
                "members": drawings.counted(part.members),
                "share": round(FULL * part.members / largest),
            }
            for part in shared
        ],
        "most": insights.MOST_COMPARED,
    }


def _centre(place: int, of: int) -> tuple[float, float]:
    turn = 2 * pi * place / of - (pi if of == 2 else pi / 2)
    return 180 + 65 * cos(turn), 150 + 65 * sin(turn)


def _circles(segments: "Sequence[Segment]") -> list[dict[str, Any]]:
    found = []
    for place, segment in enumerate(segments):
        x, y = _centre(place, len(segments))
        turn = 1.9
        found.append(
            {"x": round(x), "y": round(y), "name": segment.name, "number": place + 1,
             "name_x": round(180 + (x - 180) * turn * 1.15), "name_y": round(150 + (y - 150) * turn)}
        )  # fmt: skip
    return found


def _label(part: Shared, segments: "Sequence[Segment]") -> dict[str, Any]:
    """Where the number of a part stands: in the middle of its circles, pushed away from the others."""
    inside = [_centre(place, len(segments)) for place, one in enumerate(segments) if one.pk in part.segments]
    x = sum(one[0] for one in inside) / len(inside)
    y = sum(one[1] for one in inside) / len(inside)
    push = 1.0 if len(inside) == len(segments) else 1.75 if len(inside) == 1 else 1.45
    return {
        "x": round(180 + (x - 180) * push),
        "y": round(150 + (y - 150) * push) + 5,
        "members": drawings.counted(part.members),
    }


def rfm(request: "HttpRequest") -> dict[str, Any]:
    cells = insights.rfm(now=timezone.now())
    most = max((cell.members for cell in cells), default=0) or 1
    width = len(FREQUENCY)
    rows = [cells[start : start + width] for start in range(0, len(cells), width)]
    return {
        "template": "rfm",
        "title": _("How lately, how often, how much"),
        "heads": [_orders(*ends) for ends in FREQUENCY],
        "rows": [
            {"head": _days(*RECENCY[place]), "cells": [_cell(cell, most) for cell in row]}
            for place, row in enumerate(rows)
        ],
    }


def _cell(cell: insights.Cell, most: int) -> dict[str, Any]:
    query = urlencode({"definition": json.dumps(cell.definition)})
    return {
        "members": drawings.counted(cell.members),
        "paid": money(round(cell.paid_ore, -2)),
        "share": round(4 * cell.members / most) if cell.members else 0,
        "link": f"{reverse('admin:segments_segment_add')}?{query}" if cell.members else "",
    }


def _orders(least: int, most: int | None) -> str:
    if most is None:
        return _("%(least)s or more") % {"least": least}
    return str(least) if least == most else _("%(least)s to %(most)s") % {"least": least, "most": most}


def _days(first: int, last: int | None) -> str:
    if last is None:
        return _("more than %(days)s days ago") % {"days": first - 1}
    if not first:
        return _("in the last %(days)s days") % {"days": last}
    return _("%(first)s to %(last)s days ago") % {"first": first, "last": last}


def cohorts(request: "HttpRequest") -> dict[str, Any]:
    found = insights.cohorts(now=timezone.now())
    return {
        "template": "cohorts",
        "title": _("Cohorts"),
        "heads": range(len(found)),
        "rows": [
            {
                "month": date_format(one.month, "F Y"),
                "members": drawings.counted(one.members),
                "cells": [_share(buyers, one.members) for buyers in one.buyers],
            }
            for one in found
        ],
    }


def _share(buyers: int, members: int) -> dict[str, Any]:
    percent = round(FULL * buyers / members) if members else 0
    return {"percent": percent, "buyers": buyers, "share": -(-percent // 25) if buyers else 0}
