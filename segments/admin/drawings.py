"""Small pictures and cells of the list: sizes, trends and who depends on a segment. Plain SVG, no scripts."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.formats import date_format, number_format
from django.utils.html import format_html, format_html_join
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from segments.models import Segment, Snapshot
    from segments.queries import Dependant

WIDTH, HEIGHT = 120, 24


def size(segment: "Segment") -> str:
    if segment.held_at:
        return _("%(count)s, held") % {"count": counted(segment.size)}
    return counted(segment.size) if segment.computed_at else _("not counted yet")


def counted(number: int) -> str:
    return number_format(number, force_grouping=True)


def last_run(segment: "Segment") -> str:
    if segment.computed_at is None:
        return "–"
    return date_format(localtime(segment.computed_at), "SHORT_DATETIME_FORMAT")


def took(runs: "Sequence[Snapshot]") -> str:
    return _("%(seconds)s s") % {"seconds": number_format(runs[-1].took_ms / 1000, 2)} if runs else "–"


def sparkline(runs: "Sequence[Snapshot]") -> str:
    """The sizes of the last year as a line, and how many the last run moved."""
    if not runs:
        return "–"
    last = runs[-1]
    moved = f"+{counted(last.entered)} −{counted(last.left)}"
    if len(runs) < 2:
        return moved
    words = {"first": counted(runs[0].size), "last": counted(last.size)}
    return format_html(
        '<svg class="sb-spark" width="{}" height="{}" viewBox="0 0 {} {}" role="img" aria-label="{}">'
        '<polyline fill="none" stroke="currentColor" stroke-width="1.5" points="{}"/></svg> {}',
        WIDTH,
        HEIGHT,
        WIDTH,
        HEIGHT,
        _("from %(first)s to %(last)s members") % words,
        points([run.size for run in runs], WIDTH, HEIGHT),
        moved,
    )


def points(sizes: Sequence[int], width: int, height: int) -> str:
    """Along the whole width, and up to the height for the largest; zero lies at the bottom."""
    most, steps = max(*sizes, 1), max(len(sizes) - 1, 1)
    inner = height - 2
    return " ".join(
        f"{width * place / steps:.1f},{1 + inner - inner * one / most:.1f}" for place, one in enumerate(sizes)
    )


def users(found: "Sequence[Dependant]") -> str:
    """Who depends on a segment, each with the way there."""
    if not found:
        return "–"
    return format_html_join(
        ", ", '<a class="text-link" href="{}">{}</a>', ((link(one), one.name) for one in found)
    )


def link(one: "Dependant") -> str:
    meta = one.row._meta
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[one.row.pk])
