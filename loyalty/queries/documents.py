"""A programme version as one document, the way programme files write it."""

from collections.abc import Container
from functools import lru_cache
from itertools import count
from typing import Any

from loyalty.engine.files import in_order, schema
from loyalty.models import ProgrammeObject, ProgrammeVersion

HEAD = ("programme", "language", "currency", "time_zone")


@lru_cache(maxsize=1)
def kinds() -> tuple[str, ...]:
    """The lists of objects that a programme document can have: meters, rewards, earning_rules …"""
    parts = schema("programme")["properties"]
    return tuple(name for name, part in parts.items() if part.get("type") == "array")


@lru_cache(maxsize=1)
def groups() -> tuple[str, ...]:
    """What a version has one of: audience, life, returns."""
    parts = schema("programme")["properties"]
    return tuple(name for name, part in parts.items() if part.get("type") == "object")


def document_of(version: ProgrammeVersion) -> dict[str, Any]:
    """What ``version`` says: a draft's rows, or the text that publishing froze."""
    if version.document is not None:
        frozen: dict[str, Any] = in_order(version.document)
        return frozen
    document: dict[str, Any] = {name: getattr(version, name) for name in HEAD} | {"meters": []}
    document |= {name: group for name in groups() if (group := getattr(version, name))}
    for row in version.programme_objects.order_by("position", "pk"):
        document.setdefault(row.kind, []).append(told(row))
    written: dict[str, Any] = in_order(document)
    return written


def told(row: ProgrammeObject) -> dict[str, Any]:
    """An object as programme documents write it."""
    return {"key": row.key, "name": row.names or row.name, **row.settings}


def free_key(key: str, taken: Container[str]) -> str:
    """``key``, or the next like it that is not ``taken``."""
    keys = (key if number == 1 else f"{key[:36]}_{number}" for number in count(1))
    return next(one for one in keys if one not in taken)
