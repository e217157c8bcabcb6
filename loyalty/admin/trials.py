"""A draft tried on the shop's own orders: asked for, watched, stopped, read, taken home as a file."""

import csv
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from unfold.widgets import UnfoldAdminIntegerFieldWidget

from loyalty import actions, tasks
from loyalty.actions.trials import PARTS
from loyalty.admin.trial_tables import tables_of
from loyalty.models import ProgrammeVersion, TrialRun
from loyalty.queries.trial_reports import report_of
from loyalty.queries.trials import usual_used_percent
from members.actions import UnableTo
from members.admin.base import ReadOnlyAdmin, actor_of, column
from members.admin.deeds import refused

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.urls import URLPattern

STATE_COLOURS = {"queued": "info", "running": "info", "finished": "success", "failed": "danger"}
REFUSALS = {
    "programme_is_not_valid": gettext_lazy("The programme does not fit together yet: %(errors)s"),
    "months_are_not_possible": gettext_lazy("Choose between 1 and %(most)s months."),
    "share_is_not_possible": gettext_lazy("Choose between 0 and 100 per cent."),
    "no_orders_to_try_on": gettext_lazy(
        "No member has bought anything in that time, so there is nothing to try the draft on. "
        "Choose more months, or import the shop's old orders first."
    ),
    "trial_is_running": gettext_lazy("A trial of %(version)s is already running. Wait for it, or cancel it."),
}
ASSUMPTIONS = (
    gettext_lazy("Everybody starts with no points, no checks and no tier on the first day."),
    gettext_lazy("Today's programme is tried in the same way, so that like is compared with like."),
    gettext_lazy("Members bought what they really bought: no programme makes them buy more or less."),
    gettext_lazy("What was really paid with checks counts as paid with money, until a check of the trial pays it."),
    gettext_lazy("A check that is used is used at the member's next purchase, one check at a time."),
    gettext_lazy("An order counts as it was last changed; returns count when the order lies in the time tried."),
    gettext_lazy("What a member gets is the checks used, the checks still valid, and the points left at their worth."),
    gettext_lazy("Joining, birthdays and whatever members were recorded to have done happen again on their days."),
    gettext_lazy("Points are used again where the programme has the same menu and the member has enough of them."),
    gettext_lazy("An invited friend counts for who invited them where that was recorded then."),
    gettext_lazy("Left out: points and tiers given by hand, checks given on, and evenings, draws and funds."),
    gettext_lazy("Nothing of this is written in the ledger."),
)  # fmt: skip


class TrialForm(forms.Form):
    months = forms.IntegerField(
        label=gettext_lazy("Months"),
        initial=12,
        widget=UnfoldAdminIntegerFieldWidget(attrs={"min": 1, "max": 60}),
        help_text=gettext_lazy("This month and the ones before it."),
    )
    used_percent = forms.IntegerField(
        label=gettext_lazy("Checks that are used, per cent"),
        initial=usual_used_percent,
        widget=UnfoldAdminIntegerFieldWidget(attrs={"min": 0, "max": 100}),
        help_text=gettext_lazy("As it has been so far, unless you say otherwise."),
    )


@admin.register(TrialRun)
class TrialRunAdmin(ReadOnlyAdmin):
    """Whoever may see the programme may read its trials; whoever may change it may start and stop them."""

    list_display = ("version", "labelled_state", "asked_at", "asked_by", "months")
    list_select_related = ("version",)

    def has_view_permission(self, request: "HttpRequest", obj: Any = None) -> bool:
        return request.user.has_perm("loyalty.view_programmeversion") or may_try(request)

    def has_module_permission(self, request: "HttpRequest") -> bool:
        return self.has_view_permission(request)

    def has_delete_permission(self, request: "HttpRequest", obj: Any = None) -> bool:
        return request.user.has_perm("loyalty.delete_programmeversion")

    @column(gettext_lazy("state"), STATE_COLOURS)
    def labelled_state(self, run: TrialRun) -> tuple[str, str]:
        return run.state, run.get_state_display()

    def get_urls(self) -> "list[URLPattern]":
        wrap = self.admin_site.admin_view
        return [
            path("of/<int:pk>/", wrap(self.start), name="loyalty_trialrun_start"),
            path("<int:pk>/cancel/", wrap(require_POST(self.cancel)), name="loyalty_trialrun_cancel"),
            path("<int:pk>/export/", wrap(self.export), name="loyalty_trialrun_export"),
            *super().get_urls(),
        ]

    def start(self, request: "HttpRequest", pk: int) -> HttpResponse:
        """Ask what to try ``version`` on; a trial that was asked for is shown on its own page."""
        if not may_try(request):
            raise PermissionDenied
        version = get_object_or_404(ProgrammeVersion, pk=pk)
        form = TrialForm(request.POST or None)
        if form.is_valid():
            try:
                run = actions.start_trial(
                    version=version, **form.cleaned_data, actor=actor_of(request), now=timezone.now()
                )
            except UnableTo as error:
                form.add_error(None, sentence(error))
            else:
                _wake_workers()
                return redirect("admin:loyalty_trialrun_change", run.pk)
        facts = {"title": _("Try it on our own history"), "version": version, "form": form}
        earlier = version.trials.order_by("-pk")[:10]
        return self._page(request, "start", **facts, trials=earlier, assumptions=ASSUMPTIONS)

    def change_view(
        self, request: "HttpRequest", object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """How far the trial has come, or what came out of it."""
        run = self._run(request, object_id)
        report = report_of(run) if run.state == TrialRun.State.FINISHED else None
        facts = {"title": _("Trial of %(version)s") % {"version": run.version}, "run": run, "report": report}
        tables = tables_of(report) if report else []
        page = self._page(
            request, "run", **facts, tables=tables, assumptions=ASSUMPTIONS, may_try=may_try(request)
        )
        if "HX-Request" in request.headers and not run.is_live:  # the progress bar has nothing more to tell
            page["HX-Refresh"] = "true"
        return page

    def cancel(self, request: "HttpRequest", pk: int) -> HttpResponse:
        if not may_try(request):
            raise PermissionDenied
        run = self._run(request, str(pk))
        actions.cancel_trial(run=run, now=timezone.now())
        messages.success(request, _("The trial is cancelled."))
        return redirect("admin:loyalty_trialrun_start", run.version_id)

    def export(self, request: "HttpRequest", pk: int) -> HttpResponse:
        """The tables as Swedish spreadsheets read them: semicolons, decimal commas, and a mark of the encoding."""
        run = self._run(request, str(pk))
        answer = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="trial-{run.pk}.csv"'
        rows = csv.writer(answer, delimiter=";")
        for table in tables_of(report_of(run)) if run.state == TrialRun.State.FINISHED else []:
            rows.writerow([table.title])
            rows.writerow(table.head)
            rows.writerows([str(cell.number).replace(".", ",") for cell in row] for row in table.rows)
            rows.writerow([])
        return answer

    def _run(self, request: "HttpRequest", pk: str) -> TrialRun:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return get_object_or_404(TrialRun.objects.select_related("version", "against"), pk=pk)

    def _page(self, request: "HttpRequest", name: str, **facts: Any) -> HttpResponse:
        page = self.admin_site.each_context(request) | {"opts": self.opts} | facts
        form = facts.get("form")
        status = 422 if form is not None and form.errors else 200
        return render(request, f"admin/loyalty/trialrun/{name}.html", page, status=status)


def may_try(request: "HttpRequest") -> bool:
    return request.user.has_perm("loyalty.change_programmeversion")


def sentence(error: UnableTo) -> str:
    """Why a trial cannot start, and what to do instead."""
    errors = error.facts.get("errors")
    told = {"errors": "; ".join(map(str, errors))} if isinstance(errors, list) else {}
    return refused(error, REFUSALS, told)


def _wake_workers() -> None:
    """A broker that does not answer is logged and no more: the clock comes by every half minute."""
    for _part in range(PARTS):
        transaction.on_commit(lambda: tasks.run_trials.apply_async(retry=False), robust=True)
