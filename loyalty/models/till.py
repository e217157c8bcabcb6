"""What tills did while they had no network, told afterwards."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from loyalty.models.voucher import Voucher
from members.models import Member, Store
from members.models.ids import new_id


class OfflineUse(models.Model):
    """A check that a till took off the price on the strength of a signed pass alone.

    ``given_ore`` is what the till took off, ``booked_ore`` what the books could bear; ``order_key`` names the
    till's own order, and ``first_order_key`` the one that had used the check before.
    """

    class State(models.TextChoices):
        SETTLED = "settled", _("settled")
        DOUBLE = "double", _("used twice")
        REFUSED = "refused", _("not valid")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    source = models.CharField(_("source"), max_length=40)
    number = models.CharField(_("number"), max_length=64)
    member = models.ForeignKey(
        Member,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="offline_uses",
        verbose_name=_("member"),
    )
    voucher = models.ForeignKey(
        Voucher,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="offline_uses",
        verbose_name=_("voucher"),
    )
    store = models.ForeignKey(
        Store, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("store")
    )
    code = models.CharField(_("code"), max_length=20)
    order_key = models.CharField(_("used on order"), max_length=105)
    first_order_key = models.CharField(_("used before on order"), max_length=105, blank=True)
    given_ore = models.BigIntegerField(_("taken off by the till"))
    booked_ore = models.BigIntegerField(_("booked"), default=0)
    state = models.CharField(_("state"), max_length=8, choices=State)
    reason = models.CharField(_("result"), max_length=60, blank=True)
    used_at = models.DateTimeField(_("used at"))
    told_at = models.DateTimeField(_("told"))

    class Meta:
        verbose_name = _("use without network")
        verbose_name_plural = _("uses without network")
        constraints = [
            models.UniqueConstraint(fields=["source", "number"], name="offline_use_is_told_once"),
            models.CheckConstraint(
                condition=Q(given_ore__gte=0) & Q(booked_ore__gte=0), name="offline_use_is_not_negative"
            ),
        ]
        indexes = [models.Index(fields=["state", "told_at"], name="offline_use_by_state")]

    def __str__(self) -> str:
        return f"{self.code} {self.used_at:%Y-%m-%d %H:%M}"
