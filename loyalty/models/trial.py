"""A draft tried on the shop's own orders: what was asked for, how far it has come, and what came out."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from loyalty.models.programme import ProgrammeVersion


class TrialRunQuerySet(models.QuerySet["TrialRun"]):
    def live(self) -> Self:
        """Runs that have not come to an end."""
        return self.filter(state__in=TrialRun.LIVE)


class TrialRun(models.Model):
    """``figures`` are there when it has finished.

    ``document`` is what the draft said when the trial was asked for; ``against`` is the version in
    force then. Orders count from ``since`` to ``asked_at``.
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("waiting")
        RUNNING = "running", _("running")
        FINISHED = "finished", _("finished")
        CANCELLED = "cancelled", _("cancelled")
        FAILED = "failed", _("failed")

    LIVE = (State.QUEUED, State.RUNNING)

    version = models.ForeignKey(
        ProgrammeVersion, on_delete=models.CASCADE, related_name="trials", verbose_name=_("programme version")
    )
    document = models.JSONField(editable=False)
    against = models.ForeignKey(
        ProgrammeVersion,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("compared with"),
    )
    months = models.PositiveSmallIntegerField(_("months"))
    used_percent = models.PositiveSmallIntegerField(_("checks used, per cent"))
    since = models.DateTimeField(_("from"))
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.QUEUED)
    done_accounts = models.PositiveIntegerField(_("accounts done"), default=0)
    total_accounts = models.PositiveIntegerField(_("accounts"))
    figures = models.JSONField(default=dict, editable=False)
    error = models.TextField(_("error"), blank=True)
    asked_by = models.CharField(_("asked by"), max_length=80)
    asked_at = models.DateTimeField(_("asked"))
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    finished_at = models.DateTimeField(_("ended"), null=True, blank=True)

    objects = TrialRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("trial")
        verbose_name_plural = _("trials")
        constraints = [
            models.UniqueConstraint(
                fields=["version"],
                condition=Q(state__in=["queued", "running"]),
                name="version_is_tried_once_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["queued", "running"]) | Q(finished_at__isnull=False),
                name="ended_trial_has_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version} {localtime(self.asked_at):%Y-%m-%d %H:%M}"

    @property
    def is_live(self) -> bool:
        return self.state in self.LIVE

    @property
    def percent(self) -> int:
        """How much of it is done."""
        return min(100, 100 * self.done_accounts // max(self.total_accounts, 1))


class TrialPart(models.Model):
    """Accounts ``first_account`` to ``last_account`` of a run, which one worker at a time goes through.

    ``figures`` are those of the accounts up to ``reached``; both change in one transaction.
    """

    run = models.ForeignKey(TrialRun, on_delete=models.CASCADE, related_name="parts")
    first_account = models.BigIntegerField()
    last_account = models.BigIntegerField()
    reached = models.BigIntegerField()
    figures = models.JSONField(default=dict)
    is_finished = models.BooleanField(default=False)
    busy_until = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("part of a trial")
        verbose_name_plural = _("parts of a trial")
        constraints = [
            models.UniqueConstraint(fields=["run", "first_account"], name="part_of_trial_is_counted_once")
        ]

    def __str__(self) -> str:
        return f"{self.first_account}–{self.last_account}"
