"""What members do besides buying, what they accept, and what comes of it outside their own books."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from loyalty.models.programme import ProgrammeVersion
from members.models import Account, Member, Order, Store
from members.models.ids import new_id


class Act(models.Model):
    """Something a member did, or that happened to them: a visit, a review, a friend's first order.

    (``source``, ``number``) is its natural key. ``at_sale`` and ``because`` are as those of an order's award.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="acts", verbose_name=_("account")
    )
    member = models.ForeignKey(
        Member,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="acts",
        verbose_name=_("member"),
    )
    source = models.CharField(_("source"), max_length=40)
    number = models.CharField(_("number"), max_length=120)
    kind = models.SlugField(_("kind"), max_length=40, db_index=False)
    quantity = models.DecimalField(_("quantity"), max_digits=12, decimal_places=3, default=1)
    amount_ore = models.BigIntegerField(_("amount"), default=0)
    store = models.ForeignKey(
        Store, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("store")
    )
    facts = models.JSONField(_("facts"), default=dict, blank=True)
    version = models.ForeignKey(
        ProgrammeVersion,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="acts",
        verbose_name=_("programme version"),
    )
    at_sale = models.JSONField(_("standing then"), default=dict)
    because = models.JSONField(_("because"), default=list)
    occurred_at = models.DateTimeField(_("happened"))
    recorded_at = models.DateTimeField(_("recorded"))
    undone_at = models.DateTimeField(_("undone"), null=True, blank=True)

    class Meta:
        verbose_name = _("act")
        verbose_name_plural = _("acts")
        constraints = [models.UniqueConstraint(fields=["source", "number"], name="act_key_is_used_once")]
        indexes = [
            models.Index(fields=["account", "kind", "occurred_at"], name="act_of_account"),
            models.Index(fields=["kind", "occurred_at"], name="act_of_kind_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"

    @property
    def key(self) -> str:
        return f"{self.source}:{self.number}"


class Acceptance(models.Model):
    """An offer or a challenge that a member has accepted."""

    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="acceptances", verbose_name=_("account")
    )
    offer = models.CharField(_("offer"), max_length=60)
    accepted_at = models.DateTimeField(_("accepted"))

    class Meta:
        verbose_name = _("accepted offer")
        verbose_name_plural = _("accepted offers")
        indexes = [models.Index(fields=["account", "offer"], name="acceptance_of_account")]

    def __str__(self) -> str:
        return self.offer


class FundEntry(models.Model):
    """What a donation fund gained or lost, in öre. Append-only."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    fund = models.SlugField(_("fund"), max_length=40)
    amount_ore = models.BigIntegerField(_("amount"))
    rule = models.CharField(_("rule"), max_length=80, blank=True)
    order = models.ForeignKey(
        Order,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="fund_entries",
        verbose_name=_("order"),
    )
    source = models.CharField(_("came of"), max_length=165, blank=True)
    because = models.JSONField(_("because"), default=dict)
    actor = models.CharField(_("by"), max_length=80, blank=True)
    effective_at = models.DateTimeField(_("happened"))
    recorded_at = models.DateTimeField(_("recorded"))

    class Meta:
        verbose_name = _("fund entry")
        verbose_name_plural = _("fund entries")
        indexes = [
            models.Index(fields=["fund", "effective_at"], name="fund_entry_by_time"),
            models.Index(fields=["source"], condition=models.Q(order__isnull=True), name="fund_entry_of_act"),
        ]
        constraints = [
            models.CheckConstraint(condition=~models.Q(amount_ore=0), name="fund_entry_is_not_zero")
        ]

    def __str__(self) -> str:
        return f"{self.amount_ore:+d} {self.fund}"


class DrawResult(models.Model):
    """A pool that has been drawn: the list it was drawn from, and who won. Never changed."""

    draw = models.SlugField(_("draw"), max_length=40)
    first_date = models.DateField(_("first day"))
    last_date = models.DateField(_("last day"))
    seed = models.CharField(_("seed"), max_length=120)
    entries = models.JSONField(_("entries"), default=dict)
    winners = models.JSONField(_("winners"), default=list)
    drawn_at = models.DateTimeField(_("drawn"))

    class Meta:
        verbose_name = _("draw result")
        verbose_name_plural = _("draw results")
        constraints = [models.UniqueConstraint(fields=["draw", "first_date"], name="pool_is_drawn_once")]

    def __str__(self) -> str:
        return f"{self.draw} {self.first_date}"


class Booking(models.Model):
    """Seats of one member at an evening, taken or waited for."""

    perk = models.SlugField(_("perk"), max_length=40)
    member = models.ForeignKey(
        Member, on_delete=models.PROTECT, related_name="bookings", verbose_name=_("member")
    )
    seats = models.PositiveIntegerField(_("seats"))
    is_waiting = models.BooleanField(_("waiting"), default=False)
    booked_at = models.DateTimeField(_("booked"))

    class Meta:
        verbose_name = _("booking")
        verbose_name_plural = _("bookings")
        indexes = [models.Index(fields=["perk", "booked_at"], name="booking_of_perk")]

    def __str__(self) -> str:
        return f"{self.perk} {self.seats}"
