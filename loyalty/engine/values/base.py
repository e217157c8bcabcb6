"""Base: how much of a line counts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any, Self

from loyalty.engine.happening import Line
from loyalty.engine.values.window import Window

MONEY: dict[str, Callable[[Line], int]] = {
    "paid": attrgetter("paid"),
    "before_vouchers": attrgetter("before_vouchers"),
    "net": attrgetter("net"),
    "list": attrgetter("gross"),
}
SCALES = {**dict.fromkeys(MONEY, 100), "quantity": 1000, "attribute": 1000}


@dataclass(frozen=True, slots=True)
class Base:
    """``amount``: paid, before_vouchers, net, list (öre), quantity or an attribute (thousandths), lines (1 each;
    neither counts what a voucher has made free), receipts or one (1 in all), different (1 for each product,
    category, brand or store, as ``attribute`` says); ``per``: line, receipt, day, or period (``window``)."""

    amount: str = "paid"
    per: str = "receipt"
    attribute: str = ""
    window: Window = field(default_factory=Window)

    @classmethod
    def parse(cls, document: Mapping[str, Any], calendars: Mapping[str, Any] = {}) -> Self:
        per = document.get("per", "receipt")
        within = (
            {"kind": "trailing", "unit": "day", "count": 1} if per == "day" else document.get("window", {})
        )
        return cls(
            document.get("amount", "paid"),
            per,
            document.get("attribute", ""),
            Window.parse(within, calendars),
        )

    @property
    def is_money(self) -> bool:
        return self.amount in MONEY

    @property
    def is_counted_over_time(self) -> bool:
        return self.per in ("day", "period")

    @property
    def scale(self) -> int:
        """How many of the smallest part make one unit: öre in a krona, thousandths in a piece."""
        return SCALES.get(self.amount, 1)

    def amounts(self, lines: list[Line]) -> list[int]:
        """What each of ``lines`` counts, an integer in the smallest part."""
        measure = MONEY.get(self.amount)
        if measure is not None:
            return [measure(line) for line in lines]
        if self.amount == "quantity":
            return [line.bought for line in lines]
        if self.amount == "attribute":
            return [line.attributes.get(self.attribute, 0) for line in lines]
        if self.amount == "lines":
            return [int(line.bought > 0) for line in lines]
        return [int(index == 0) for index in range(len(lines))]
