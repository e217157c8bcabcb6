"""The shops that tell the club what happens in them, and what each of them has told."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from members.models.ids import new_id
from members.models.member import Member
from members.models.sealed import SealedField


class ShopConnection(models.Model):
    """A webshop whose webhooks are believed when they are signed with ``secret``.

    After a change of secret the former one is believed for a while: shops go on signing with it.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(_("kind of shop"), max_length=40)
    name = models.CharField(_("name"), max_length=80, unique=True)
    source = models.SlugField(
        _("source"),
        max_length=40,
        unique=True,
        help_text=_("Orders from this shop carry this name. It cannot be changed."),
    )
    secret = SealedField(_("secret"))
    former_secret = SealedField(_("former secret"), blank=True, default="")
    former_until = models.DateTimeField(_("former secret holds until"), null=True, blank=True)
    joins_customers = models.BooleanField(
        _("customers become members"),
        default=False,
        help_text=_(
            "Everybody who has an account in the shop, or makes one, joins the club. Otherwise an order counts "
            "for those who are members already, found by their account or e-mail address."
        ),
    )
    api_url = models.CharField(
        _("address of the shop"),
        max_length=200,
        blank=True,
        help_text=_(
            "Needed only to fetch what was bought before: https://www.shop.se, or https://name.myshopify.com."
        ),
    )
    api_key = SealedField(_("consumer key"), blank=True, default="")
    api_secret = SealedField(_("consumer secret or access token"), blank=True, default="")
    is_active = models.BooleanField(_("connected"), default=True)
    created_at = models.DateTimeField(_("connected on"))
    refused_at = models.DateTimeField(_("last wrong signature"), null=True, blank=True)

    class Meta:
        verbose_name = _("connected shop")
        verbose_name_plural = _("connected shops")

    def __str__(self) -> str:
        return self.name

    def secrets_at(self, at: datetime) -> list[str]:
        """What a delivery may be signed with at ``at``."""
        is_former_good = self.former_until is not None and at < self.former_until
        return [one for one in (self.secret, self.former_secret if is_former_good else "") if one]


class ShopDelivery(models.Model):
    """One signed message from a shop, kept as it came, and what became of it.

    ``order_number`` and ``revision`` are told once it has been read; ``reason`` is a key of the
    sentences in ``loyalty.connectors.reasons``. The body is wiped after a while.
    """

    class State(models.TextChoices):
        RECEIVED = "received", _("received")
        WAITING = "waiting", _("waits for its order")
        DONE = "done", _("taken in")
        PASSED = "passed", _("nothing to do")
        REFUSED = "refused", _("needs a hand")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    shop = models.ForeignKey(
        ShopConnection,
        on_delete=models.CASCADE,
        related_name="deliveries",
        verbose_name=pgettext_lazy("noun", "shop"),
    )
    topic = models.CharField(_("topic"), max_length=80)
    delivery_id = models.CharField(_("the shop's id"), max_length=120)
    event_id = models.CharField(_("the shop's event"), max_length=120, blank=True)
    digest = models.CharField(max_length=64, editable=False)
    body = models.TextField(_("as it came"), blank=True)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.RECEIVED)
    reason = models.CharField(_("result"), max_length=60, blank=True)
    facts = models.JSONField(_("facts"), default=dict, blank=True)
    order_number = models.CharField(_("order number"), max_length=64, blank=True)
    revision = models.PositiveBigIntegerField(_("revision"), default=0)
    member = models.ForeignKey(
        Member,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="shop_deliveries",
        verbose_name=_("member"),
    )
    received_at = models.DateTimeField(_("received"))
    due_at = models.DateTimeField(_("next attempt"), null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    worked_at = models.DateTimeField(_("worked"), null=True, blank=True)

    class Meta:
        verbose_name = _("delivery from a shop")
        verbose_name_plural = _("deliveries from shops")
        constraints = [
            # WooCommerce gives two deliveries of one second the same id, so the body is part of it.
            models.UniqueConstraint(
                fields=["shop", "delivery_id", "digest"], name="shop_delivery_is_stored_once"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["received", "waiting"]) | Q(due_at__isnull=False),
                name="shop_delivery_open_is_due",
            ),
        ]
        indexes = [
            models.Index(
                fields=["shop", "due_at", "id"],
                condition=Q(due_at__isnull=False),
                name="shop_delivery_due",
            ),
            models.Index(fields=["shop", "order_number"], name="shop_delivery_of_order"),
            models.Index(fields=["received_at"], name="shop_delivery_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.topic} {localtime(self.received_at):%Y-%m-%d %H:%M}"
