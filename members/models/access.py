"""Who may call the API, and what was answered to a repeated call."""

import hashlib
from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from members.models.shop import Store


def digest_of(key: str) -> str:
    """SHA-256: a key of 192 random bits needs no slow hash, and every call pays for it."""
    return hashlib.sha256(key.encode()).hexdigest()


class ApiKey(models.Model):
    """A shop's key. Only the prefix and a digest are kept; the key itself is shown once."""

    class Scope(models.TextChoices):
        """What a key may do. Reading needs ``read``, writing needs the scope of what is written."""

        READ = "read", _("read")
        MEMBERS = "members", _("members and consents")
        ORDERS = "orders", _("orders and returns")
        VOUCHERS = "vouchers", _("vouchers")
        POINTS = "points", _("points")
        GOODS = "goods", _("products and categories")
        WEBHOOKS = "webhooks", _("webhooks")

    class Bundle(models.TextChoices):
        """What those who call usually need, by one name."""

        SHOP = "shop", _("webshop")
        TILL = "till", _("till")
        READ_ONLY = "read-only", _("reading only")
        SERVER = "server", _("another system of ours: everything")

    name = models.CharField(_("name"), max_length=80, unique=True)
    source = models.SlugField(
        _("source"), max_length=40, help_text=_("Orders recorded with this key carry this name.")
    )
    prefix = models.CharField(_("prefix"), max_length=12, unique=True, editable=False)
    digest = models.CharField(max_length=64, editable=False)
    scopes = models.JSONField(_("scopes"), default=list)
    store = models.ForeignKey(Store, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("store"))
    created_at = models.DateTimeField(_("created"))
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True)

    class Meta:
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")

    def __str__(self) -> str:
        return self.name

    def is_valid(self, at: datetime) -> bool:
        """Whether the key opens anything at ``at``."""
        return self.revoked_at is None and (self.expires_at is None or at < self.expires_at)


SCOPES_OF = {
    ApiKey.Bundle.SHOP: (
        ApiKey.Scope.READ,
        ApiKey.Scope.MEMBERS,
        ApiKey.Scope.ORDERS,
        ApiKey.Scope.VOUCHERS,
        ApiKey.Scope.GOODS,
    ),
    ApiKey.Bundle.TILL: (ApiKey.Scope.READ, ApiKey.Scope.ORDERS, ApiKey.Scope.VOUCHERS),
    ApiKey.Bundle.READ_ONLY: (ApiKey.Scope.READ,),
    ApiKey.Bundle.SERVER: tuple(ApiKey.Scope),
}


class StoredAnswer(models.Model):
    """The first answer to a call with an ``Idempotency-Key``, given again to its repeats."""

    api_key = models.ForeignKey(ApiKey, on_delete=models.CASCADE, related_name="answers")
    key = models.CharField(_("idempotency key"), max_length=255)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(_("status"))
    body = models.JSONField(_("answer"))
    answered_at = models.DateTimeField(_("answered"))

    class Meta:
        verbose_name = _("stored answer")
        verbose_name_plural = _("stored answers")
        constraints = [
            models.UniqueConstraint(fields=["api_key", "key"], name="idempotency_key_is_used_once")
        ]
        indexes = [models.Index(fields=["answered_at"], name="stored_answer_by_age")]

    def __str__(self) -> str:
        return self.key
