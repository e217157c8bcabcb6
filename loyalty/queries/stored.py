"""Lots and vouchers as the tables hold them."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from loyalty.engine import account as engine

Opened = dict[int, engine.Account]
# The engine's names of a lot's and a voucher's facts, and the columns that hold them.
LOT_FACTS = {
    "ref": "entry_id",
    "meter": "meter",
    "amount": "amount",
    "remaining": "remaining",
    "order": "source",
    "earned_at": "earned_at",
    "available_from": "available_from",
    "expires_at": "expires_at",
}
LOT = ("account_id", *LOT_FACTS.values())
_VOUCHER_FACTS = {
    "reward": "reward",
    "kind": "kind",
    "value": "value_ore",
    "issued_at": "issued_at",
    "available_from": "available_from",
    "expires_at": "expires_at",
    "debit": "debit_id",
    "code": "code",
    "used": "used_ore",
    "state": "state",
    "reserved_for": "reserved_for",
    "reserved_until": "reserved_until",
    "redeemed_for": "redeemed_for",
    "redeemed_at": "redeemed_at",
    "ended_because": "ended_because",
    "because": "because",
    "rule": "rule",
    "order": "order_key",
    "given_to": "given_to",
    "hands": "hands",
}
VOUCHER = ("account_id", "pk", "version_id", "percent", *_VOUCHER_FACTS.values())


def lot_from(facts: Iterable[Any]) -> engine.Lot:
    """A lot by its columns but the account."""
    return engine.Lot(**dict(zip(LOT_FACTS, facts, strict=True)))


def voucher_from(ref: Any, version: int, percent: Decimal | None, *facts: Any) -> engine.Voucher:
    named = dict(zip(_VOUCHER_FACTS, facts, strict=True))
    return engine.Voucher(ref=ref, version=str(version), percent=percent or Decimal(0), **named)
