"""What happens to an account, as the engine reads it. Money is integer öre."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from fractions import Fraction

from loyalty.engine.calendar import full_years

NO_ATTRIBUTES: Mapping[str, int] = {}


@dataclass(frozen=True, slots=True)
class Person:
    """Who buys or acts. ``share`` is the member's own lot between 0 and 1, for programmes tried on a part.

    ``referrer`` names who invited the member, in the shell's own words. ``may_spend``, where a household's holder says so.
    ``address`` is written in one way for all of one home. ``left_at`` is when the membership ended, though the account may live on.
    """

    ref: str = ""
    joined_at: datetime | None = None
    birth_date: date | None = None
    segments: frozenset[str] = frozenset()
    consents: frozenset[tuple[str, str]] = frozenset()
    referrer: str = ""
    is_staff: bool = False
    share: Fraction = Fraction(0)
    may_spend: bool = False
    name: str = ""
    address: str = ""
    left_at: datetime | None = None

    def age(self, on: date) -> int | None:
        """Whole years, on the birthday already the new one."""
        return full_years(self.birth_date, on) if self.birth_date else None


NOBODY = Person()


@dataclass(slots=True)
class Line:
    """One order line. ``quantity`` and ``attributes`` are in thousandths; amounts are for the whole line."""

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
    attributes: Mapping[str, int] = field(default_factory=lambda: NO_ATTRIBUTES)

    @property
    def before_vouchers(self) -> int:
        return self.gross - self.discount

    @property
    def paid(self) -> int:
        return self.gross - self.discount - self.voucher

    @property
    def bought(self) -> int:
        """Thousandths without the pieces that vouchers have paid for."""
        if not self.voucher:
            return self.quantity
        free = self.quantity * self.voucher // self.before_vouchers // 1000 * 1000
        return self.quantity - free if self.paid else 0

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
            attributes={name: value * kept // self.quantity for name, value in self.attributes.items()},
        )

    def worth(self, kept: int) -> int:
        """What was paid for ``kept`` thousandths, rounded down.

        The differences along any way down to nothing add up to ``paid``.
        """
        return self.paid * kept // self.quantity


@dataclass(frozen=True, slots=True)
class MenuUse:
    """What an order uses of a redemption menu: an ``option``, or ``amount`` parts of its meter."""

    menu: str
    option: str = ""
    amount: int = 0


@dataclass(slots=True)
class Order:
    """One receipt, or an act: ``event`` says which, and an act has one line without a price.

    ``key`` is its natural key; ``vouchers`` are the codes, ``uses`` the menus to be used on it. ``payments``
    are shares of the paid amount by means. Where ``has_list_prices``, the programme's own price rules
    still have to be applied.
    """

    key: str
    at: datetime
    lines: list[Line]
    store: str = ""
    channel: str = "shop"
    vouchers: tuple[str, ...] = ()
    event: str = "purchase"
    person: Person | None = None
    chain: str = ""
    region: str = ""
    country: str = ""
    payments: Mapping[str, int] = field(default_factory=dict)
    dates: Mapping[str, date] = field(default_factory=dict)
    uses: tuple[MenuUse, ...] = ()
    has_list_prices: bool = False
    claimed_at: datetime | None = None
    leader: str = ""

    @property
    def is_purchase(self) -> bool:
        return self.event == "purchase"

    @property
    def paid(self) -> int:
        return sum([line.gross - line.discount - line.voucher for line in self.lines])

    @property
    def before_vouchers(self) -> int:
        return sum(line.before_vouchers for line in self.lines)


def act(event: str, key: str, at: datetime, quantity: int = 1000, amount: int = 0, **facts: object) -> Order:
    """Something that a member did, or that happened to them, as an order of one line."""
    line = Line("1", quantity, amount)
    return replace(Order(key, at, [line], event=event), **facts)  # type: ignore[arg-type]
