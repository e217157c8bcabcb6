"""What members bought and gave back. Amounts are integer öre, tax included unless named net."""

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from members.models.ids import new_id
from members.models.member import Account, Member
from members.models.shop import Store


class OrderQuerySet(models.QuerySet["Order"]):
    def counted(self) -> Self:
        """Orders that stand: placed and not cancelled."""
        return self.filter(state=Order.State.PLACED)


class Order(models.Model):
    """One receipt or web order. A later revision replaces the lines and keeps the order.

    ``facts`` is what rules may ask of it besides: ``payments``, ``dates``, ``claimed_at`` and ``leader``.
    """

    class State(models.TextChoices):
        PLACED = "placed", _("placed")
        CANCELLED = "cancelled", _("cancelled")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    source = models.CharField(_("source"), max_length=40)
    number = models.CharField(_("order number"), max_length=64)
    revision = models.PositiveIntegerField(_("revision"), default=1)
    fingerprint = models.CharField(max_length=64, editable=False)
    member = models.ForeignKey(
        Member,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="orders",
        verbose_name=_("member"),
    )
    account = models.ForeignKey(
        Account,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="orders",
        verbose_name=_("account"),
    )
    store = models.ForeignKey(
        Store,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="orders",
        verbose_name=_("store"),
    )
    channel = models.CharField(_("channel"), max_length=12, default="shop")
    currency = models.CharField(_("currency"), max_length=3, default="SEK")
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.PLACED)
    gross_ore = models.BigIntegerField(_("price before discounts"))
    discount_ore = models.BigIntegerField(_("discounts"), default=0)
    voucher_ore = models.BigIntegerField(_("paid with checks"), default=0)
    paid_ore = models.BigIntegerField(_("paid"))
    facts = models.JSONField(_("facts"), default=dict, blank=True)
    placed_at = models.DateTimeField(_("placed"))
    recorded_at = models.DateTimeField(_("recorded"))
    cancelled_at = models.DateTimeField(_("cancelled"), null=True, blank=True)

    objects = OrderQuerySet.as_manager()

    class Meta:
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        constraints = [
            # The number leads: staff search by it alone.
            models.UniqueConstraint(fields=["number", "source"], name="order_number_is_used_once"),
            models.CheckConstraint(
                condition=Q(paid_ore=F("gross_ore") - F("discount_ore") - F("voucher_ore")),
                name="order_amounts_add_up",
            ),
            models.CheckConstraint(condition=Q(paid_ore__gte=0), name="order_paid_is_not_negative"),
        ]
        indexes = [
            models.Index(fields=["member", "placed_at"], name="order_of_member_by_time"),
            models.Index(fields=["placed_at"], name="order_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.number}"

    @property
    def key(self) -> str:
        """The natural key, as other rows and the shop name this order."""
        return f"{self.source}:{self.number}"


class OrderLine(models.Model):
    """One line as it was booked, whatever the product is called today. ``attributes`` are in thousandths."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="lines")
    revision = models.PositiveIntegerField(_("revision"), default=1)
    ref = models.CharField(_("line"), max_length=64)
    position = models.PositiveIntegerField(_("position"))
    sku = models.CharField(_("article number"), max_length=80, blank=True)
    name = models.CharField(_("name"), max_length=200, blank=True)
    category_path = models.CharField(_("category"), max_length=400, blank=True)
    brand = models.CharField(_("brand"), max_length=80, blank=True)
    flags = models.JSONField(_("flags"), default=list, blank=True)
    quantity = models.DecimalField(_("quantity"), max_digits=12, decimal_places=3)
    gross_ore = models.BigIntegerField(_("price before discounts"))
    discount_ore = models.BigIntegerField(_("discount"), default=0)
    voucher_ore = models.BigIntegerField(_("paid with checks"), default=0)
    paid_ore = models.BigIntegerField(_("paid"))
    net_ore = models.BigIntegerField(_("paid, without tax"))
    vat_rate = models.DecimalField(_("VAT, per cent"), max_digits=5, decimal_places=2)
    attributes = models.JSONField(_("figures of the goods"), default=dict, blank=True)

    class Meta:
        verbose_name = _("order line")
        verbose_name_plural = _("order lines")
        constraints = [
            models.UniqueConstraint(fields=["order", "revision", "ref"], name="order_line_ref_is_used_once"),
            models.CheckConstraint(
                condition=Q(paid_ore=F("gross_ore") - F("discount_ore") - F("voucher_ore")),
                name="order_line_amounts_add_up",
            ),
            models.CheckConstraint(condition=Q(paid_ore__gte=0), name="order_line_paid_is_not_negative"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="order_line_quantity_is_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.ref} {self.name}".strip()


class OrderReturn(models.Model):
    """Goods that came back. Lines without an order line are parked until their order arrives."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    source = models.CharField(_("source"), max_length=40)
    number = models.CharField(_("return number"), max_length=64)
    fingerprint = models.CharField(max_length=64, editable=False)
    order_number = models.CharField(_("order number"), max_length=64, blank=True)
    member = models.ForeignKey(
        Member,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="order_returns",
        verbose_name=_("member"),
    )
    amount_ore = models.BigIntegerField(_("amount"))
    returned_at = models.DateTimeField(_("returned"))
    recorded_at = models.DateTimeField(_("recorded"))

    class Meta:
        verbose_name = _("return")
        verbose_name_plural = _("returns")
        constraints = [
            models.UniqueConstraint(fields=["number", "source"], name="return_number_is_used_once")
        ]
        indexes = [
            models.Index(fields=["member", "returned_at"], name="return_of_member_by_time"),
            models.Index(fields=["order_number", "source"], name="return_waiting_for_its_order"),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.number}"


class OrderReturnLine(models.Model):
    """Goods that came back; of a quantity of 0 only money, for goods that are kept."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    order_return = models.ForeignKey(OrderReturn, on_delete=models.PROTECT, related_name="lines")
    order_line = models.ForeignKey(
        OrderLine,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="return_lines",
        verbose_name=_("order line"),
    )
    ref = models.CharField(_("line"), max_length=64)
    order_line_ref = models.CharField(_("of order line"), max_length=64, blank=True)
    sku = models.CharField(_("article number"), max_length=80, blank=True)
    quantity = models.DecimalField(_("quantity"), max_digits=12, decimal_places=3)
    amount_ore = models.BigIntegerField(_("amount"))

    class Meta:
        verbose_name = _("return line")
        verbose_name_plural = _("return lines")
        constraints = [
            models.UniqueConstraint(fields=["order_return", "ref"], name="return_line_ref_is_used_once"),
            models.CheckConstraint(
                condition=Q(quantity__gt=0) | Q(quantity=0, amount_ore__gt=0),
                name="return_line_is_of_something",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ref} {self.quantity}"
