"""A programme version as one document, the way programme files write it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from loyalty.engine.files import in_order, plain, schema
from loyalty.models import Conversion, EarningRule, Meter, ProgrammeVersion, Reward, TierLadder

ProgrammeRow = Meter | Reward | EarningRule | Conversion | TierLadder
HEAD = ("programme", "language", "currency", "time_zone", "life", "returns")


@dataclass(frozen=True, slots=True)
class Kind:
    """The rows that hold one kind of object, and the column of each of its fields."""

    model: type[ProgrammeRow]
    columns: Mapping[str, str]


def _same(*names: str) -> dict[str, str]:
    return {name: name for name in names}


KINDS = {
    "meters": Kind(
        Meter,
        {"spendable": "is_spendable", "shown": "is_shown", **_same("decimals", "consumption", "lifetime")},
    ),
    "rewards": Kind(Reward, _same("kind", "percent", "use", "on_return", "scope", "lifetime")),
    "earning_rules": Kind(
        EarningRule,
        _same("event", "meter", "scope", "condition", "base", "rate", "round", "stack", "pending_days"),
    ),
    "conversions": Kind(Conversion, _same("meter", "reward", "schedule", "form", "remainder")),
    "tier_ladders": Kind(TierLadder, _same("meter", "window", "valid", "rows")),
}


def document_of(version: ProgrammeVersion) -> dict[str, Any]:
    """What ``version`` says: a draft's rows, or the text that publishing froze."""
    if version.document is not None:
        frozen: dict[str, Any] = in_order(version.document)
        return frozen
    document = {name: getattr(version, name) for name in HEAD}
    for name, kind in KINDS.items():
        document[name] = [_object(version, name, kind, row) for row in objects_of(version, kind)]
    written: dict[str, Any] = in_order({name: value for name, value in document.items() if value})
    return written


def objects_of(version: ProgrammeVersion, kind: Kind) -> Iterable[ProgrammeRow]:
    """The objects of one kind in their order."""
    found: Iterable[ProgrammeRow] = kind.model._default_manager.filter(version=version).order_by(
        "position", "pk"
    )
    return found


def _object(version: ProgrammeVersion, name: str, kind: Kind, row: ProgrammeRow) -> dict[str, Any]:
    properties = schema("programme")["$defs"][name.removesuffix("s")]["properties"]
    fields = {field: plain(getattr(row, column)) for field, column in kind.columns.items()}
    told = {
        field: value
        for field, value in fields.items()
        if value not in ({}, [], None) and value != properties[field].get("default")
    }
    words = {version.language: row.name, **row.names} if row.names else row.name
    return {"key": row.key, "name": words, **told}
