"""What members have agreed to: one row per answer, never changed."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from members.models.ids import new_id
from members.models.member import Member


class Consent(models.Model):
    """One answer. The latest row of a (member, purpose, channel) is what holds."""

    class Purpose(models.TextChoices):
        MEMBERSHIP = "membership", _("membership")
        MARKETING = "marketing", _("offers and news")
        PROFILING = "profiling", _("analysis of my purchases")
        TRACKING = "tracking", _("measuring opens and clicks")

    class Channel(models.TextChoices):
        ANY = "any", _("all channels")
        EMAIL = "email", _("e-mail")
        SMS = "sms", _("text message")
        POST = "post", _("post")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    member = models.ForeignKey(
        Member, on_delete=models.PROTECT, related_name="consents", verbose_name=_("member")
    )
    purpose = models.CharField(_("purpose"), max_length=12, choices=Purpose)
    channel = models.CharField(_("channel"), max_length=6, choices=Channel, default=Channel.ANY)
    is_given = models.BooleanField(_("given"))
    wording = models.CharField(_("wording version"), max_length=40)
    origin = models.CharField(_("how"), max_length=60)
    actor = models.CharField(_("by"), max_length=80, blank=True)
    given_at = models.DateTimeField(_("answered"))
    recorded_at = models.DateTimeField(_("recorded"))

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        indexes = [
            models.Index(
                fields=["member", "purpose", "channel", "-given_at", "-id"],
                name="consent_latest_answer",
            )
        ]

    def __str__(self) -> str:
        answer = _("given") if self.is_given else _("withdrawn")
        return f"{self.get_purpose_display()} ({self.get_channel_display()}): {answer}"
