"""Texts that others can check without asking us: compact JWS (RFC 7515) signed with Ed25519 (RFC 8037).

The keys are made of ``SECRET_KEY``, one for each purpose, so that a text for one purpose is none for another.
"""

import base64
import binascii
import json
from collections.abc import Mapping
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256, Hash
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings

ALGORITHM = "EdDSA"
LONGEST_TEXT = 4000


class NotSignedError(ValueError):
    """The text is none of ours, or has been changed."""


def signed(claims: Mapping[str, Any], *, purpose: str) -> str:
    """``claims`` as a text that anybody with the public key can check."""
    key = _keys(purpose)[0]
    header = {"alg": ALGORITHM, "kid": _name_of(key)}
    told = ".".join(_encoded(json.dumps(part, separators=(",", ":")).encode()) for part in (header, claims))
    return f"{told}.{_encoded(key.sign(told.encode()))}"


def claims_of(text: str, *, purpose: str) -> dict[str, Any]:
    """What a text of ours says. Raises ``NotSignedError``; whether it still holds is not asked."""
    told, _dot, signature = text.rpartition(".")
    if len(text) > LONGEST_TEXT or not text.isascii() or told.count(".") != 1:
        raise NotSignedError
    try:
        header, claims = (json.loads(_decoded(part)) for part in told.split("."))
        name = header["kid"] if header["alg"] == ALGORITHM else ""
        [key] = [one for one in _keys(purpose) if _name_of(one) == name]
        key.public_key().verify(_decoded(signature), told.encode())
    except (ValueError, KeyError, TypeError, RecursionError, binascii.Error, InvalidSignature):
        raise NotSignedError from None
    return dict(claims)


def public_keys(purpose: str) -> list[dict[str, str]]:
    """The keys to check with, the one in use first, as a JSON Web Key Set has them (RFC 8037)."""
    return [
        {
            "kty": "OKP",
            "crv": "Ed25519",
            "use": "sig",
            "alg": ALGORITHM,
            "kid": _name_of(key),
            "x": _encoded(_public(key)),
        }
        for key in _keys(purpose)
    ]


def _keys(purpose: str) -> list[Ed25519PrivateKey]:
    return [_key(one, purpose) for one in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]


def _key(secret: str, purpose: str) -> Ed25519PrivateKey:
    info = f"stamkund signed {purpose}".encode()
    seed = HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(secret.encode())
    return Ed25519PrivateKey.from_private_bytes(seed)


def _public(key: Ed25519PrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def _name_of(key: Ed25519PrivateKey) -> str:
    digest = Hash(SHA256())
    digest.update(_public(key))
    return digest.finalize()[:6].hex()


def _encoded(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).rstrip(b"=").decode()


def _decoded(part: str) -> bytes:
    return base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True)
