"""Running all segments at once: how far it has come, stopping it, and starting one by hand."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from members.admin.base import actor_of
from members.tasks import nudge
from segments import actions, insights, tasks
from segments.models import FullRun

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


def page(request: "HttpRequest") -> dict[str, Any]:
    """The last runs, the newest first; the page looks again by itself while one goes on."""
    now = timezone.now()
    runs = insights.full_runs()
    return {
        "template": "full_runs",
        "title": _("Full runs"),
        "runs": [_shown(run, now) for run in runs],
        "is_going": any(insights.is_going(run, now=now) for run in runs),
        "may_run": request.user.has_perm("segments.change_segment"),
    }


def _shown(run: FullRun, now: datetime) -> dict[str, Any]:
    started = timezone.localtime(run.started_at)
    words = {"done": run.done, "total": run.total}
    return {
        "pk": run.pk,
        "started": date_format(started, "SHORT_DATETIME_FORMAT"),
        "done": run.done,
        "total": run.total,
        "progress": _("%(done)s of %(total)s segments") % words,
        "became": _became(run, now),
        "is_going": insights.is_going(run, now=now) and not run.stop_asked_by,
    }


def _became(run: FullRun, now: datetime) -> str:
    if run.stop_asked_by:
        return _("stopped by %(actor)s") % {"actor": run.stop_asked_by}
    if run.finished_at:
        return _("finished")
    return _("is running") if insights.is_going(run, now=now) else _("was broken off")


def run_all(request: "HttpRequest") -> "HttpResponse":
    """Have the worker run every segment now."""
    nudge(tasks.recompute_segments)
    messages.success(request, _("All segments are run now. It begins within a minute."))
    return redirect("admin:segments_segment_full_runs")


def stop(request: "HttpRequest", run: FullRun) -> "HttpResponse":
    stopped = actions.stop_full_run(run=run, actor=actor_of(request))
    if stopped.stop_asked_by:
        messages.success(request, _("The run stops after the segment that is being run."))
    else:
        messages.info(request, _("The run was over already."))
    return redirect("admin:segments_segment_full_runs")
