"""The digests of suppressed addresses, worked out by the database for all members at once."""

import hashlib
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.db.models import CharField, Func
from django.utils.crypto import salted_hmac

from campaigns.queries.permission import DIGEST_SALT

BLOCK = 64
INNER, OUTER = 0x36, 0x5C


def digests_of(name: str) -> Iterator["Digest"]:
    """What ``address_digests`` makes of the address in a column, with each key in turn."""
    return (Digest(name, key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS))


class Digest(Func):
    """HMAC with SHA-256 (RFC 2104) of an address in small letters, in hexadecimal."""

    output_field = CharField()

    def __init__(self, address: Any, key: str, **extra: Any) -> None:
        super().__init__(address, **extra)
        self.key = key

    def as_sqlite(self, compiler: Any, connection: Any, **_context: Any) -> tuple[str, Any]:
        connection.ensure_connection()
        name = f"campaigns_digest_{hashlib.sha256(self.key.encode()).hexdigest()[:8]}"
        connection.connection.create_function(name, 1, self._of, deterministic=True)
        address, params = compiler.compile(self.source_expressions[0])
        return f"{name}({address})", params

    def _of(self, address: str) -> str:
        folded = address.strip().casefold()
        return salted_hmac(DIGEST_SALT, folded, secret=self.key, algorithm="sha256").hexdigest()

    def as_postgresql(self, compiler: Any, _connection: Any, **_context: Any) -> tuple[str, Any]:
        address, params = compiler.compile(self.source_expressions[0])
        # Django's own key of a salt and a secret; shorter than a block, so it is filled up with zeros.
        key = hashlib.sha256((DIGEST_SALT + self.key).encode()).digest().ljust(BLOCK, b"\0")
        inner, outer = (bytes(byte ^ pad for byte in key) for pad in (INNER, OUTER))
        folded = f"convert_to(lower(btrim({address})), 'UTF8')"
        return f"encode(sha256(%s::bytea || sha256(%s::bytea || {folded})), 'hex')", (outer, inner, *params)
