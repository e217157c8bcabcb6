"""Whom nothing may be sent to, and the links by which members say stop."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from campaigns.models.campaign import CampaignVersion
from members.models import Member
from members.models.ids import new_id


class Suppression(models.Model):
    """An address that gets nothing, whatever was agreed. Only a keyed digest is kept, so it outlives erasure."""

    class Reason(models.TextChoices):
        HARD_BOUNCE = "hard_bounce", _("the address does not exist")
        COMPLAINT = "complaint", _("reported as spam")
        BY_STAFF = "by_staff", _("entered by staff")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    digest = models.CharField(_("digest of the address"), max_length=64)
    reason = models.CharField(_("reason"), max_length=12, choices=Reason)
    note = models.CharField(_("note"), max_length=200, blank=True)
    actor = models.CharField(_("by"), max_length=80, blank=True)
    suppressed_at = models.DateTimeField(_("since"))

    class Meta:
        verbose_name = _("suppressed address")
        verbose_name_plural = _("suppressed addresses")
        constraints = [
            models.UniqueConstraint(fields=["digest", "reason"], name="address_is_suppressed_once_per_reason")
        ]

    def __str__(self) -> str:
        return self.digest[:12]


class UnsubscribeLink(models.Model):
    """The opaque token by which one member stops one kind of mail; it never runs out."""

    token = models.CharField(_("token"), max_length=24, unique=True)
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="unsubscribe_links")
    purpose = models.CharField(_("purpose"), max_length=10, choices=CampaignVersion.Purpose)
    channel = models.CharField(_("channel"), max_length=10)
    created_at = models.DateTimeField(_("created"))

    class Meta:
        verbose_name = _("unsubscribe link")
        verbose_name_plural = _("unsubscribe links")
        constraints = [
            models.UniqueConstraint(
                fields=["member", "purpose", "channel"], name="member_has_one_link_per_purpose"
            )
        ]

    def __str__(self) -> str:
        return f"{self.member_id} {self.purpose} {self.channel}"
