"""The ledger. Entries and allocations are append-only: triggers refuse UPDATE and DELETE.

Amounts are signed integers in the smallest unit of their meter. ``effective_at`` is when it
happened, ``recorded_at`` when the club heard of it.
"""

from django.db import models
from django.db.models import F, Q
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from loyalty.models.programme import ProgrammeVersion
from members.models import Account, Order, OrderReturn
from members.models.ids import new_id


class Entry(models.Model):
    class Kind(models.TextChoices):
        EARN = "earn", _("earned")
        REVERSE = "reverse", _("taken back")
        REDEEM = "redeem", _("used")
        RESTORE = "restore", _("given back")
        EXPIRE = "expire", _("lapsed")
        ADJUST = "adjust", _("adjusted")
        MOVE = "move", _("moved to or from another account")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="entries", verbose_name=_("account")
    )
    sequence = models.PositiveIntegerField(_("number"))
    meter = models.CharField(_("meter"), max_length=60)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    amount = models.BigIntegerField(_("amount"))
    rule = models.CharField(_("rule"), max_length=80, blank=True)
    version = models.ForeignKey(
        ProgrammeVersion,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="entries",
        verbose_name=_("programme version"),
    )
    order = models.ForeignKey(
        Order,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="entries",
        verbose_name=_("order"),
    )
    act = models.ForeignKey(
        "loyalty.Act",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="entries",
        verbose_name=_("act"),
    )
    source = models.CharField(_("came of"), max_length=165, blank=True)
    order_return = models.ForeignKey(
        OrderReturn,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="entries",
        verbose_name=_("return"),
    )
    reverses = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="reversals",
        verbose_name=_("takes back"),
    )
    because = models.JSONField(_("because"), default=dict)
    actor = models.CharField(_("by"), max_length=80, blank=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    effective_at = models.DateTimeField(_("happened"))
    counts_at = models.DateTimeField(_("counts in windows"))
    recorded_at = models.DateTimeField(_("recorded"))

    class Meta:
        verbose_name = _("entry")
        verbose_name_plural = _("entries")
        constraints = [
            models.UniqueConstraint(fields=["account", "sequence"], name="entry_sequence_is_used_once"),
            models.CheckConstraint(condition=~Q(amount=0), name="entry_amount_is_not_zero"),
            models.CheckConstraint(
                condition=Q(kind__in=["earn", "restore"], amount__gt=0)
                | Q(kind__in=["reverse", "redeem", "expire"], amount__lt=0)
                | Q(kind__in=["adjust", "move"]),
                name="entry_sign_follows_kind",
            ),
            models.CheckConstraint(
                condition=~Q(kind="adjust") | (~Q(reason="") & ~Q(actor="")),
                name="adjustment_has_actor_and_reason",
            ),
            models.CheckConstraint(
                condition=~Q(kind="move") | ~Q(actor=""),
                name="move_has_actor",
            ),
        ]
        indexes = [
            models.Index(fields=["account", "meter", "effective_at"], name="entry_of_account_by_time"),
            models.Index(fields=["order"], name="entry_of_order", condition=Q(order__isnull=False)),
            models.Index(fields=["effective_at"], name="entry_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.amount:+d}"


class Lot(models.Model):
    """What one credit opened: usable from, and until. ``remaining`` follows from allocations."""

    entry = models.OneToOneField(
        Entry, on_delete=models.PROTECT, primary_key=True, related_name="lot", verbose_name=_("entry")
    )
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="lots", verbose_name=_("account")
    )
    meter = models.CharField(_("meter"), max_length=60)
    amount = models.BigIntegerField(_("amount"))
    remaining = models.BigIntegerField(_("remaining"))
    source = models.CharField(_("came of"), max_length=165, blank=True)
    earned_at = models.DateTimeField(_("earned"))
    available_from = models.DateTimeField(_("usable from"))
    expires_at = models.DateTimeField(_("lapses at"), null=True, blank=True)

    class Meta:
        verbose_name = _("lot")
        verbose_name_plural = _("lots")
        constraints = [
            models.CheckConstraint(
                condition=Q(remaining__gte=0, remaining__lte=F("amount"), amount__gt=0),
                name="lot_remaining_is_within_its_amount",
            )
        ]
        indexes = [
            models.Index(
                fields=["account", "meter"], condition=Q(remaining__gt=0), name="lot_open_of_account"
            ),
            models.Index(fields=["expires_at"], condition=Q(remaining__gt=0), name="lot_open_by_expiry"),
        ]

    def __str__(self) -> str:
        return f"{self.remaining}/{self.amount}"


class Allocation(models.Model):
    """Which lot a debit was taken from. A debit without full allocation is debt."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    debit = models.ForeignKey(
        Entry, on_delete=models.PROTECT, related_name="allocations", verbose_name=_("debit")
    )
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="allocations", verbose_name=_("lot"))
    amount = models.BigIntegerField(_("amount"))

    class Meta:
        verbose_name = _("allocation")
        verbose_name_plural = _("allocations")
        constraints = [
            models.UniqueConstraint(fields=["debit", "lot"], name="debit_takes_from_a_lot_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="allocation_is_positive"),
        ]

    def __str__(self) -> str:
        return str(self.amount)


class Award(models.Model):
    """What one order gave and why: version and tiers as they were at the sale, share per line.

    Without an account it is a guest's, of which only funds have gained.
    """

    order = models.OneToOneField(
        Order, on_delete=models.PROTECT, primary_key=True, related_name="award", verbose_name=_("order")
    )
    account = models.ForeignKey(
        Account,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="awards",
        verbose_name=_("account"),
    )
    version = models.ForeignKey(
        ProgrammeVersion,
        on_delete=models.PROTECT,
        null=True,
        related_name="awards",
        verbose_name=_("programme version"),
    )
    at_sale = models.JSONField(_("standing at the sale"), default=dict)
    shares = models.JSONField(_("share per line"), default=dict)
    because = models.JSONField(_("because"), default=list)

    class Meta:
        verbose_name = _("award")
        verbose_name_plural = _("awards")

    def __str__(self) -> str:
        return str(self.order_id)


class Balance(models.Model):
    """Derived: the sum of entries, and how much of it is debt. Open lots = amount + debt."""

    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="balances", verbose_name=_("account")
    )
    meter = models.CharField(_("meter"), max_length=60)
    amount = models.BigIntegerField(_("balance"), default=0)
    debt = models.BigIntegerField(_("debt"), default=0)

    class Meta:
        verbose_name = _("balance")
        verbose_name_plural = _("balances")
        constraints = [
            models.UniqueConstraint(fields=["account", "meter"], name="balance_is_kept_once"),
            models.CheckConstraint(condition=Q(debt__gte=0), name="debt_is_not_negative"),
        ]

    def __str__(self) -> str:
        return str(self.amount)


class Standing(models.Model):
    """Derived: how far an account has been computed, its tiers, and when something falls due.

    ``holds`` are points kept for orders that are being paid; each ends by itself.
    """

    account = models.OneToOneField(
        Account,
        on_delete=models.PROTECT,
        primary_key=True,
        related_name="standing",
        verbose_name=_("account"),
    )
    sequence = models.PositiveIntegerField(_("last entry"), default=0)
    computed_to = models.DateTimeField(_("computed to"))
    due_at = models.DateTimeField(_("next due"), null=True, blank=True)
    tiers = models.JSONField(_("tiers"), default=dict)
    last_at = models.JSONField(_("last activity"), default=dict)
    choices = models.JSONField(_("own choices"), default=dict)
    holds = models.JSONField(_("held for orders"), default=list)

    class Meta:
        verbose_name = _("standing")
        verbose_name_plural = _("standings")
        indexes = [models.Index(fields=["due_at", "account"], name="standing_due")]

    def __str__(self) -> str:
        return str(self.account_id)


class TierChange(models.Model):
    """One step up, down or kept longer; the last row of a ladder is the tier held."""

    class Origin(models.TextChoices):
        EARNED = "earned", _("earned")
        MANUAL = "manual", _("set by staff")
        BOUGHT = "bought", _("bought")
        GIFTED = "gifted", _("gifted")
        MATCHED = "matched", _("matched")
        SUBSCRIPTION = "subscription", _("by subscription")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="tier_changes", verbose_name=_("account")
    )
    ladder = models.SlugField(_("ladder"), max_length=40)
    tier = models.SlugField(_("tier"), max_length=40, blank=True)
    previous = models.SlugField(_("previous tier"), max_length=40, blank=True)
    valid_to = models.DateTimeField(_("valid to"), null=True, blank=True)
    origin = models.CharField(_("origin"), max_length=12, choices=Origin, default=Origin.EARNED)
    because = models.JSONField(_("because"), default=dict)
    actor = models.CharField(_("by"), max_length=80, blank=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    effective_at = models.DateTimeField(_("happened"))
    recorded_at = models.DateTimeField(_("recorded"))

    class Meta:
        verbose_name = _("tier change")
        verbose_name_plural = _("tier changes")
        indexes = [models.Index(fields=["account", "ladder", "id"], name="tier_change_of_account")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(origin="manual") | (~Q(reason="") & ~Q(actor="")),
                name="manual_tier_has_actor_and_reason",
            )
        ]

    def __str__(self) -> str:
        return f"{localtime(self.effective_at):%Y-%m-%d %H:%M}"


class LedgerCheck(models.Model):
    """One run of the proof of the ledger's laws."""

    checked_at = models.DateTimeField(_("checked"))
    entries = models.PositiveBigIntegerField(_("entries"))
    breaks = models.JSONField(_("broken laws"), default=list)

    class Meta:
        verbose_name = _("ledger check")
        verbose_name_plural = _("ledger checks")

    def __str__(self) -> str:
        return f"{localtime(self.checked_at):%Y-%m-%d %H:%M}"
