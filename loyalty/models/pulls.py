"""Fetching what happened in a shop before it was connected."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from loyalty.models.shops import ShopConnection


class ShopPull(models.Model):
    """One walk through a shop's past, page by page. ``place`` is where it goes on; each page is kept as deliveries.

    ``stage`` is what is fetched now; ``due_at`` is when the next page is asked for.
    """

    class State(models.TextChoices):
        RUNNING = "running", _("running")
        FINISHED = "finished", _("finished")
        STOPPED = "stopped", _("stopped")
        FAILED = "failed", _("failed")

    shop = models.ForeignKey(
        ShopConnection,
        on_delete=models.CASCADE,
        related_name="pulls",
        verbose_name=pgettext_lazy("noun", "shop"),
    )
    since = models.DateTimeField(_("since"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.RUNNING)
    stage = models.CharField(_("what is fetched"), max_length=20, blank=True)
    place = models.TextField(_("place"), blank=True)
    pages = models.PositiveIntegerField(_("pages"), default=0)
    found = models.PositiveIntegerField(_("found"), default=0)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    problem = models.CharField(_("problem"), max_length=60, blank=True)
    facts = models.JSONField(_("facts"), default=dict, blank=True)
    started_by = models.CharField(_("started by"), max_length=80)
    started_at = models.DateTimeField(_("started"))
    due_at = models.DateTimeField(_("next attempt"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    class Meta:
        verbose_name = _("fetching of history")
        verbose_name_plural = _("fetchings of history")
        constraints = [
            models.UniqueConstraint(
                fields=["shop"], condition=Q(state="running"), name="shop_is_pulled_once_at_a_time"
            ),
            models.CheckConstraint(
                condition=~Q(state="running") | Q(due_at__isnull=False), name="shop_pull_running_is_due"
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state="running"), name="shop_pull_due"),
        ]

    def __str__(self) -> str:
        return f"{self.shop_id} {self.started_at:%Y-%m-%d %H:%M}"
