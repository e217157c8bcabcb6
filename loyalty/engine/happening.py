"""What happens to an account, as the engine reads it. Money is integer öre."""

from dataclasses import dataclass, replace
from datetime import datetime


@dataclass(slots=True)
class Line:
    """One order line. ``quantity`` is in thousandths; amounts are for the whole line."""

    ref: str
    quantity: int
    gross: int
    discount: int = 0
    voucher: int = 0
    vat_rate: int = 0
    sku: str = ""
    brand: str = ""
    categories: tuple[str, ...] = ()
    flags: frozenset[str] = frozenset()

    @property
    def before_vouchers(self) -> int:
        return self.gross - self.discount

    @property
    def paid(self) -> int:
        return self.gross - self.discount - self.voucher

    @property
    def net(self) -> int:
        """What was paid without tax; ``vat_rate`` in hundredths of a per cent, half up."""
        whole = 10_000 + self.vat_rate
        return (self.paid * 20_000 + whole) // (2 * whole)

    def without(self, quantity: int, amount: int) -> "Line":
        """The line with what is kept after ``quantity`` thousandths and ``amount`` öre went back."""
        kept = self.quantity - quantity
        paid = max(self.paid - amount, 0)
        discount = self.discount * kept // self.quantity
        voucher = self.voucher * kept // self.quantity
        return replace(
            self,
            quantity=kept,
            gross=paid + discount + voucher,
            discount=discount,
            voucher=voucher,
        )

    def worth(self, kept: int) -> int:
        """What was paid for ``kept`` thousandths, rounded down.

        The differences along any way down to nothing add up to ``paid``.
        """
        return self.paid * kept // self.quantity


@dataclass(slots=True)
class Order:
    """One receipt. ``key`` is its natural key; ``vouchers`` are the codes to be used on it."""

    key: str
    at: datetime
    lines: list[Line]
    store: str = ""
    channel: str = "shop"
    vouchers: tuple[str, ...] = ()

    @property
    def paid(self) -> int:
        return sum(line.paid for line in self.lines)

    @property
    def before_vouchers(self) -> int:
        return sum(line.before_vouchers for line in self.lines)
