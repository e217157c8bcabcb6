"""Who is told what happens, and each thing they are told: by the Standard Webhooks specification, 1.0."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from members.models.activity import Activity
from members.models.ids import new_id
from members.models.sealed import SealedField


class Subscription(models.Model):
    """An address that hears of activities: of the kinds in ``events``, or of all where there are none.

    After a change of secret every message is signed with both for a while. One that is switched off,
    by staff or because nobody answered any more, hears nothing, and nothing is kept for it.
    """

    name = models.CharField(_("name"), max_length=80, unique=True)
    url = models.URLField(_("address"), max_length=500)
    events = models.JSONField(_("events"), default=list, blank=True)
    secret = SealedField(_("secret"))
    former_secret = SealedField(_("former secret"), blank=True, default="")
    former_until = models.DateTimeField(_("former secret holds until"), null=True, blank=True)
    created_at = models.DateTimeField(_("made"))
    disabled_at = models.DateTimeField(_("switched off"), null=True, blank=True)
    is_given_up = models.BooleanField(_("nobody answered"), default=False)

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")

    def __str__(self) -> str:
        return self.name

    def hears(self, kind: str) -> bool:
        """Whether activities of this kind are wanted."""
        return not self.events or kind in self.events

    def secrets_at(self, at: datetime) -> list[str]:
        """What messages are signed with at ``at``, the newest first."""
        is_former_good = self.former_until is not None and at < self.former_until
        return [one for one in (self.secret, self.former_secret if is_former_good else "") if one]


class WebhookMessage(models.Model):
    """One thing to tell one subscription. Its id, which the receiver knows it by, is the same on every try."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        DELIVERED = "delivered", _("delivered")
        FAILED = "failed", _("failed")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    subscription = models.ForeignKey(
        Subscription, on_delete=models.CASCADE, related_name="messages", verbose_name=_("webhook")
    )
    activity = models.ForeignKey(
        Activity,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("activity"),
    )
    event = models.CharField(_("event"), max_length=40)
    body = models.TextField(_("body"))
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    status = models.PositiveSmallIntegerField(_("last answer"), null=True, blank=True)
    error = models.CharField(_("last error"), max_length=200, blank=True)
    made_at = models.DateTimeField(_("made"))
    due_at = models.DateTimeField(_("next attempt"), null=True, blank=True)
    delivered_at = models.DateTimeField(_("delivered"), null=True, blank=True)

    class Meta:
        verbose_name = _("webhook message")
        verbose_name_plural = _("webhook messages")
        constraints = [
            models.UniqueConstraint(
                fields=["subscription", "activity"], name="webhook_tells_an_activity_once"
            ),
            models.CheckConstraint(
                condition=~Q(state="waiting") | Q(due_at__isnull=False), name="webhook_waiting_is_due"
            ),
        ]
        indexes = [
            models.Index(fields=["due_at", "id"], condition=Q(state="waiting"), name="webhook_message_due"),
            models.Index(fields=["made_at"], name="webhook_message_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.event} {localtime(self.made_at):%Y-%m-%d %H:%M}"

    @property
    def webhook_id(self) -> str:
        """What the receiver knows the message by."""
        return f"msg_{self.pk.hex}"
