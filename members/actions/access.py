"""Keys to the API, and the answers kept for calls that are repeated."""

import logging
import re
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q

from members.actions.errors import UnableToCreateApiKey
from members.models import ApiKey, Store, StoredAnswer
from members.models.access import SCOPES_OF, digest_of

logger = logging.getLogger(__name__)

# Long enough for a till that was offline overnight to repeat what it sent.
ANSWERS_ARE_KEPT = timedelta(days=3)
USE_IS_NOTED_EVERY = timedelta(minutes=1)


@transaction.atomic
def create_api_key(
    *,
    name: str,
    source: str,
    scopes: Iterable[str],
    store: Store | None = None,
    expires_at: datetime | None = None,
    now: datetime,
    actor: str,
) -> tuple[ApiKey, str]:
    """Return a new key's row and the key itself, ``sk_<prefix>_<secret>``, which is kept nowhere.

    ``scopes`` may name bundles too: shop, till, read-only, server. Raises ``UnableToCreateApiKey``.
    """
    wanted = sorted({str(scope) for name in scopes for scope in _scopes_called(name)})
    _check(name, source, wanted, expires_at, now)
    prefix = secrets.token_hex(4)
    key = f"sk_{prefix}_{secrets.token_hex(24)}"
    try:
        with transaction.atomic():
            row = ApiKey.objects.create(
                name=name.strip(),
                source=source,
                prefix=prefix,
                digest=digest_of(key),
                scopes=wanted,
                store=store,
                created_at=now,
                expires_at=expires_at,
            )
    except IntegrityError:
        raise UnableToCreateApiKey("name_is_taken", name=name) from None
    logger.info("API key %s was created by %s", row.pk, actor)
    return row, key


def _scopes_called(name: str) -> Iterable[str]:
    """The scopes of a bundle, or the one scope of that name."""
    return SCOPES_OF[ApiKey.Bundle(name)] if name in ApiKey.Bundle else (name,)


def _check(name: str, source: str, scopes: list[str], expires_at: datetime | None, now: datetime) -> None:
    if not 0 < len(name.strip()) <= 80:
        raise UnableToCreateApiKey("name_is_missing")
    if not re.fullmatch(r"[-a-zA-Z0-9_]{1,40}", source):
        raise UnableToCreateApiKey("source_is_not_valid", source=source)
    if not scopes:
        raise UnableToCreateApiKey("scopes_are_missing", known=", ".join(ApiKey.Scope))
    for scope in scopes:
        if scope not in ApiKey.Scope:
            raise UnableToCreateApiKey("scope_is_not_known", scope=scope, known=", ".join(ApiKey.Scope))
    if expires_at is not None and expires_at <= now:
        raise UnableToCreateApiKey("expires_in_the_past")


def revoke_api_key(*, api_key: ApiKey, now: datetime, actor: str) -> None:
    """Let a key open nothing from now on. Revoked twice, it keeps the first time."""
    if ApiKey.objects.filter(pk=api_key.pk, revoked_at__isnull=True).update(revoked_at=now):
        logger.info("API key %s was revoked by %s", api_key.pk, actor)


def note_use(*, api_key: ApiKey, now: datetime) -> None:
    """Remember when a key was last used, to the minute: a write per call would cost more than it tells."""
    if api_key.last_used_at is None or api_key.last_used_at <= now - USE_IS_NOTED_EVERY:
        stale = Q(last_used_at__isnull=True) | Q(last_used_at__lte=now - USE_IS_NOTED_EVERY)
        ApiKey.objects.filter(stale, pk=api_key.pk).update(last_used_at=now)


def forget_answers(*, now: datetime) -> int:
    """Drop the answers that nobody will ask for again; return how many."""
    count, _rows = StoredAnswer.objects.filter(answered_at__lt=now - ANSWERS_ARE_KEPT).delete()
    return count
