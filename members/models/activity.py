"""The one stream: everything that happened to a member, written with the change itself."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from members.models.ids import new_id
from members.models.member import Account, Member


class ActivityQuerySet(models.QuerySet["Activity"]):
    def undelivered(self) -> Self:
        return self.filter(delivered_at__isnull=True)


class Activity(models.Model):
    """A fact in the past tense (``order.recorded``) with ids and numbers, nothing personal."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(_("what"), max_length=40)
    member = models.ForeignKey(
        Member,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="activities",
        verbose_name=_("member"),
    )
    account = models.ForeignKey(
        Account,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="activities",
        verbose_name=_("account"),
    )
    facts = models.JSONField(_("facts"), default=dict)
    occurred_at = models.DateTimeField(_("happened"))
    recorded_at = models.DateTimeField(_("recorded"))
    delivered_at = models.DateTimeField(_("delivered"), null=True, blank=True)
    due_at = models.DateTimeField(_("next attempt"))
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    error = models.TextField(_("last error"), blank=True)

    objects = ActivityQuerySet.as_manager()

    class Meta:
        verbose_name = _("activity")
        verbose_name_plural = _("activities")
        indexes = [
            models.Index(fields=["member", "-occurred_at"], name="activity_timeline"),
            models.Index(fields=["account", "-occurred_at"], name="activity_of_account"),
            models.Index(
                fields=["due_at", "id"],
                condition=Q(delivered_at__isnull=True),
                name="activity_undelivered",
            ),
        ]

    def __str__(self) -> str:
        return f"{localtime(self.occurred_at):%Y-%m-%d %H:%M}"
