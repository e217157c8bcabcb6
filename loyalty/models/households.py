"""Invitations to share an account: a code that one member hands to another, who may accept it."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from members.models import Account, Member
from members.models.ids import new_id


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def waiting(self, at: object) -> Self:
        """Those that can still be accepted at ``at`` (an aware datetime)."""
        return self.filter(accepted_at__isnull=True, withdrawn_at__isnull=True, expires_at__gt=at)


class Invitation(models.Model):
    """To whoever has the code. It is accepted once, by one member, until it lapses or is withdrawn."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(_("code"), max_length=20, unique=True)
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="invitations", verbose_name=_("account")
    )
    invited_by = models.ForeignKey(
        Member, on_delete=models.PROTECT, related_name="invitations", verbose_name=_("invited by")
    )
    sent_at = models.DateTimeField(_("made"))
    expires_at = models.DateTimeField(_("lapses at"))
    accepted_at = models.DateTimeField(_("accepted"), null=True, blank=True)
    accepted_by = models.ForeignKey(
        Member,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="accepted_invitations",
        verbose_name=_("accepted by"),
    )
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        constraints = [
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True, accepted_by__isnull=True)
                | Q(accepted_at__isnull=False, accepted_by__isnull=False, withdrawn_at__isnull=True),
                name="invitation_is_accepted_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=models.F("sent_at")), name="invitation_lapses_later"
            ),
        ]

    def __str__(self) -> str:
        return self.code
