"""Connecting a webshop to the club, and changing what it signs with."""

import logging
import re
import secrets
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from loyalty.models import ShopConnection
from members.actions import UnableTo
from members.actions.webhook_calls import UnableToCall, checked_url

logger = logging.getLogger(__name__)

# Shopify signs with the former secret for up to an hour after a change; people take longer to paste.
FORMER_SECRET_HOLDS = timedelta(hours=24)
SHORTEST_SECRET = 16


class UnableToConnect(UnableTo):
    """``name_is_taken``, ``source_is_taken``, ``source_is_not_valid``, ``secret_is_too_short``, and those of ``UnableToCall``."""


@transaction.atomic
def connect_shop(
    *,
    kind: str,
    name: str,
    source: str,
    secret: str = "",
    joins_customers: bool,
    api_url: str = "",
    api_key: str = "",
    api_secret: str = "",
    now: datetime,
    actor: str,
) -> ShopConnection:
    """A new connection. Without a secret of the shop's, one of 256 random bits is made. Raises ``UnableToConnect``."""
    if not re.fullmatch(r"[-a-zA-Z0-9_]{1,40}", source):
        raise UnableToConnect("source_is_not_valid", source=source)
    shop = ShopConnection(
        kind=kind,
        name=name.strip(),
        source=source,
        secret=_sound(secret) or secrets.token_urlsafe(32),
        joins_customers=joins_customers,
        api_url=check_address(api_url),
        api_key=api_key.strip(),
        api_secret=api_secret.strip(),
        created_at=now,
    )
    _save(shop)
    logger.info("Shop %s was connected by %s", shop.pk, actor)
    return shop


@transaction.atomic
def change_shop(
    *,
    shop: ShopConnection,
    name: str,
    secret: str = "",
    joins_customers: bool,
    is_active: bool,
    api_url: str | None = None,
    api_key: str = "",
    api_secret: str = "",
    now: datetime,
    actor: str,
) -> ShopConnection:
    """Change a connection; a new secret holds at once, and the former one for a day. An empty secret stays as it is.

    Raises ``UnableToConnect``.
    """
    row = ShopConnection.objects.select_for_update().get(pk=shop.pk)
    row.name, row.joins_customers, row.is_active = name.strip(), joins_customers, is_active
    row.api_url = row.api_url if api_url is None else check_address(api_url)
    row.api_key, row.api_secret = api_key.strip() or row.api_key, api_secret.strip() or row.api_secret
    if (new := _sound(secret)) and new != row.secret:
        row.former_secret, row.former_until = row.secret, now + FORMER_SECRET_HOLDS
        row.secret, row.refused_at = new, None
        logger.info("The secret of shop %s was changed by %s", row.pk, actor)
    _save(row)
    return row


def check_address(url: str) -> str:
    """The address of a shop, which may be empty. Raises ``UnableToConnect``."""
    try:
        return checked_url(url.strip()).geturl() if url.strip() else ""
    except UnableToCall as error:
        raise UnableToConnect(error.key) from None


def _sound(secret: str) -> str:
    secret = secret.strip()
    if secret and len(secret) < SHORTEST_SECRET:
        raise UnableToConnect("secret_is_too_short", shortest=SHORTEST_SECRET)
    return secret


def _save(shop: ShopConnection) -> None:
    for name in ("name", "source"):
        same = ShopConnection.objects.filter(**{name: getattr(shop, name)}).exclude(pk=shop.pk)
        if same.exists():
            raise UnableToConnect(f"{name}_is_taken", **{name: getattr(shop, name)})
    try:
        with transaction.atomic():
            shop.save()
    except IntegrityError:  # a twin of this call was first
        raise UnableToConnect("name_is_taken", name=shop.name) from None
