"""Texts that must be read again but never lie open in the database or its backups, such as signing secrets.

What is only compared is kept as a digest instead (``digest_of``).
"""

import base64
import logging
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import models
from django.db.models.expressions import Combinable

logger = logging.getLogger(__name__)

PURPOSE = b"stamkund sealed field"


class SealedField(models.TextField[str | Combinable, str]):
    """Encrypted with a key made of ``SECRET_KEY``; read with those of ``SECRET_KEY_FALLBACKS`` too.

    A text sealed with a key that is gone reads as empty, so that it can be entered anew.
    """

    def get_prep_value(self, value: Any) -> Any:
        return _keys().encrypt(value.encode()).decode() if value else value

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str | None:
        if not value:
            return value
        try:
            return _keys().decrypt(value.encode()).decode()
        except InvalidToken:
            logger.warning("A sealed text cannot be read: its SECRET_KEY is not in SECRET_KEY_FALLBACKS.")
            return ""


def _keys() -> MultiFernet:
    return MultiFernet([_key(one) for one in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def _key(secret: str) -> Fernet:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE).derive(secret.encode())
    return Fernet(base64.urlsafe_b64encode(derived))
