"""Base: how much of a line counts."""

from collections.abc import Mapping
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, Self

MONEY = {
    "paid": attrgetter("paid"),
    "before_vouchers": attrgetter("before_vouchers"),
    "net": attrgetter("net"),
    "list": attrgetter("gross"),
}
QUANTITY_SCALE = 1000
MONEY_SCALE = 100


@dataclass(frozen=True, slots=True)
class Base:
    """``amount``: paid, before_vouchers, net, list (öre) or quantity (thousandths); ``per``: line or receipt."""

    amount: str = "paid"
    per: str = "receipt"

    @classmethod
    def parse(cls, document: Mapping[str, Any]) -> Self:
        return cls(document.get("amount", "paid"), document.get("per", "receipt"))

    @property
    def is_money(self) -> bool:
        return self.amount != "quantity"

    @property
    def scale(self) -> int:
        """How many of the smallest part make one unit: öre in a krona, thousandths in a piece."""
        return MONEY_SCALE if self.is_money else QUANTITY_SCALE

    @property
    def measure(self) -> "attrgetter[int]":
        """Reads the counted amount off a line, an integer in the smallest part."""
        return MONEY.get(self.amount, attrgetter("quantity"))
