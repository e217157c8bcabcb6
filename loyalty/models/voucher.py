"""Vouchers: one account's one of a reward. A bonuscheck is a voucher worth money."""

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from loyalty.models.ledger import Entry
from loyalty.models.programme import ProgrammeVersion
from members.models import Account
from members.models.ids import new_id

OPEN = ("scheduled", "issued", "reserved")


class VoucherQuerySet(models.QuerySet["Voucher"]):
    def usable(self, at: object) -> Self:
        """Vouchers that can be redeemed at ``at`` (an aware datetime), reserved ones too."""
        return self.filter(
            state__in=[Voucher.State.ISSUED, Voucher.State.RESERVED], available_from__lte=at
        ).exclude(expires_at__lte=at)

    def in_state(self, state: str, at: object) -> Self:
        """Vouchers that are in ``state`` at ``at``, whether they have been swept since or not."""
        is_over = Q(expires_at__isnull=False, expires_at__lte=at) & Q(state__in=OPEN)
        is_free = Q(state=Voucher.State.RESERVED, reserved_until__lte=at)
        if state == Voucher.State.EXPIRED:
            return self.filter(Q(state=state) | is_over)
        if state == Voucher.State.ISSUED:
            return self.filter(Q(state=state) | is_free).exclude(is_over)
        if state == Voucher.State.RESERVED:
            return self.filter(state=state).exclude(is_free).exclude(is_over)
        return self.filter(state=state).exclude(is_over)


class Voucher(models.Model):
    class State(models.TextChoices):
        SCHEDULED = "scheduled", _("scheduled")
        ISSUED = "issued", _("issued")
        RESERVED = "reserved", _("reserved")
        REDEEMED = "redeemed", _("used")
        EXPIRED = "expired", _("lapsed")
        CANCELLED = "cancelled", _("cancelled")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(_("code"), max_length=20, unique=True)
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="vouchers", verbose_name=_("account")
    )
    reward = models.CharField(_("reward"), max_length=81)
    version = models.ForeignKey(
        ProgrammeVersion,
        on_delete=models.PROTECT,
        related_name="vouchers",
        verbose_name=_("programme version"),
    )
    debit = models.ForeignKey(
        Entry,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="vouchers",
        verbose_name=_("debit"),
    )
    kind = models.CharField(_("kind"), max_length=20)
    value_ore = models.BigIntegerField(_("value"), default=0)
    percent = models.DecimalField(_("per cent"), max_digits=5, decimal_places=2, null=True, blank=True)
    used_ore = models.BigIntegerField(_("used"), default=0)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.ISSUED)
    issued_at = models.DateTimeField(_("issued"))
    available_from = models.DateTimeField(_("usable from"))
    expires_at = models.DateTimeField(_("lapses at"), null=True, blank=True)
    reserved_for = models.CharField(_("reserved for order"), max_length=105, blank=True)
    reserved_until = models.DateTimeField(_("reserved until"), null=True, blank=True)
    redeemed_for = models.CharField(_("used on order"), max_length=105, blank=True)
    redeemed_at = models.DateTimeField(_("used at"), null=True, blank=True)
    rule = models.CharField(_("rule"), max_length=80, blank=True)
    order_key = models.CharField(_("given for order"), max_length=105, blank=True)
    given_to = models.CharField(_("given on to"), max_length=80, blank=True)
    hands = models.PositiveSmallIntegerField(_("times given on before"), default=0)
    ended_because = models.CharField(_("ended because"), max_length=60, blank=True)
    because = models.JSONField(_("because"), default=dict)

    objects = VoucherQuerySet.as_manager()

    class Meta:
        verbose_name = _("voucher")
        verbose_name_plural = _("vouchers")
        constraints = [
            models.CheckConstraint(
                condition=Q(used_ore__gte=0) & (Q(value_ore=0) | Q(used_ore__lte=F("value_ore"))),
                name="voucher_use_is_within_its_value",
            ),
            models.CheckConstraint(
                condition=Q(state="reserved", reserved_until__isnull=False) & ~Q(reserved_for="")
                | ~Q(state="reserved") & Q(reserved_until__isnull=True, reserved_for=""),
                name="voucher_reservation_is_whole",
            ),
            models.CheckConstraint(
                condition=~Q(state="redeemed")
                | Q(redeemed_at__isnull=False) & (~Q(redeemed_for="") | Q(kind__in=["payout", "donation"])),
                name="voucher_used_names_its_order",
            ),
        ]
        indexes = [
            models.Index(fields=["account", "state"], name="voucher_of_account"),
            models.Index(fields=["reward", "state"], name="voucher_of_reward"),
            models.Index(
                fields=["expires_at"],
                condition=Q(state__in=["scheduled", "issued", "reserved"]),
                name="voucher_open_by_expiry",
            ),
        ]

    def __str__(self) -> str:
        return self.code
