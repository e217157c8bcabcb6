"""Keeping orders and returns as they were booked. What they give is known one floor up.

Amounts are integer öre with tax. Unit prices with more decimals are rounded once: half up, on the
line's total, by whoever reads the source (``line_total_ore``).
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

import orjson

from members.actions.errors import UnableToRecordOrder
from members.models import Member, Order, OrderLine, OrderReturn, OrderReturnLine, Store
from members.models.ids import new_id
from members.models.together import Row

_WHOLE = Decimal(1)
_THOUSANDTH = Decimal("0.001")


@dataclass(frozen=True, kw_only=True, slots=True)
class NewLine:
    """``ref`` names the line within the order; ``vat_rate`` is in per cent.

    ``attributes`` are figures that the goods carry, for the whole line: nights, distance, points of their own.
    """

    ref: str
    quantity: Decimal
    gross_ore: int
    discount_ore: int = 0
    vat_rate: Decimal = Decimal(25)
    sku: str = ""
    name: str = ""
    category_path: str = ""
    brand: str = ""
    flags: tuple[str, ...] = ()
    attributes: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class NewUse:
    """What an order uses of a menu: an ``option`` of it, or ``amount`` smallest parts of its meter."""

    menu: str
    option: str = ""
    amount: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class NewOrder:
    """``vouchers`` are codes to use on it; ``paid_ore``, when given, must be what is computed.

    ``payments`` are öre by means, ``dates`` other days of it that rules ask about, by name. ``leader`` is the
    number of the member who leads the buyer's group. Where ``has_list_prices``, the programme's own prices are
    still to be applied; otherwise the lines say what they were sold for.
    """

    source: str
    number: str
    placed_at: datetime
    lines: tuple[NewLine, ...]
    member: Member | None = None
    store: Store | None = None
    channel: str = "shop"
    currency: str = "SEK"
    revision: int = 1
    vouchers: tuple[str, ...] = ()
    paid_ore: int | None = None
    payments: Mapping[str, int] = field(default_factory=dict)
    dates: Mapping[str, date] = field(default_factory=dict)
    claimed_at: datetime | None = None
    uses: tuple[NewUse, ...] = ()
    has_list_prices: bool = False
    leader: str = ""

    @property
    def key(self) -> str:
        return f"{self.source}:{self.number}"


@dataclass(frozen=True, slots=True)
class LinePrice:
    """What came off one line, and what was paid for it without tax, in öre."""

    discount_ore: int
    voucher_ore: int
    net_ore: int


@dataclass(frozen=True, kw_only=True, slots=True)
class NewReturnLine:
    """``quantity`` comes back of the order line ``order_line_ref``, or of ``order_line`` when it is known."""

    ref: str
    quantity: Decimal
    amount_ore: int | None = None
    sku: str = ""
    order_line_ref: str = ""
    order_line: OrderLine | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class NewReturn:
    """Without lines: all that is left of the order comes back, or money for goods that are kept: ``amount_ore``."""

    source: str
    number: str
    returned_at: datetime
    order_number: str = ""
    lines: tuple[NewReturnLine, ...] = ()
    member: Member | None = None
    amount_ore: int | None = None


def line_total_ore(unit_price: Decimal, quantity: Decimal) -> int:
    """A line's total in öre, rounded half up once."""
    return int((unit_price * quantity * 100).quantize(_WHOLE, ROUND_HALF_UP))


def fingerprint(new: NewOrder | NewReturn) -> str:
    """Tells whether the same thing was sent again: SHA-256 over all of it but what it was matched to."""
    text = orjson.dumps(new, default=_plain, option=orjson.OPT_SORT_KEYS | orjson.OPT_PASSTHROUGH_DATETIME)
    return hashlib.sha256(text).hexdigest()


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, datetime):
        return value.timestamp()
    if isinstance(value, Member | Store):
        return value.pk
    if isinstance(value, OrderLine):
        return None
    return str(value)


def check_order(new: NewOrder) -> None:
    """Raise ``UnableToRecordOrder`` when the amounts of an order cannot be."""
    if not new.lines:
        raise UnableToRecordOrder("order_without_lines")
    seen: set[str] = set()
    for line in new.lines:
        if line.ref in seen:
            raise UnableToRecordOrder("line_ref_used_twice", line=line.ref)
        seen.add(line.ref)
        if line.quantity <= 0 or line.quantity != line.quantity.quantize(_THOUSANDTH):
            raise UnableToRecordOrder("quantity_is_not_valid", line=line.ref)
        if line.gross_ore < 0 or not 0 <= line.discount_ore <= line.gross_ore:
            raise UnableToRecordOrder("amount_is_not_valid", line=line.ref)
    costs = sum(line.gross_ore - line.discount_ore for line in new.lines)
    is_final = not (new.vouchers or new.uses or new.has_list_prices)
    if is_final and new.paid_ore not in (None, costs):
        raise UnableToRecordOrder("paid_is_not_what_it_costs", sent=new.paid_ore, computed=costs)


def order_row(new: NewOrder, prices: Mapping[str, LinePrice], *, now: datetime) -> Order:
    """An unsaved order; ``prices`` tell by line what came off it."""
    gross = sum(line.gross_ore for line in new.lines)
    discount = sum(price.discount_ore for price in prices.values())
    vouchers = sum(price.voucher_ore for price in prices.values())
    return Order(
        source=new.source,
        number=new.number,
        revision=new.revision,
        fingerprint=fingerprint(new),
        member=new.member,
        account_id=new.member.account_id if new.member else None,
        store=new.store,
        channel=new.channel,
        currency=new.currency,
        gross_ore=gross,
        discount_ore=discount,
        voucher_ore=vouchers,
        paid_ore=gross - discount - vouchers,
        facts=_order_facts(new),
        placed_at=new.placed_at,
        recorded_at=now,
    )


def _order_facts(new: NewOrder) -> dict[str, object]:
    """What rules may ask of an order besides its columns, as JSON; what is empty is left out."""
    told: dict[str, object] = {
        "payments": dict(new.payments),
        "dates": {name: day.isoformat() for name, day in new.dates.items()},
        "claimed_at": new.claimed_at.isoformat() if new.claimed_at else "",
        "leader": new.leader,
        "has_list_prices": new.has_list_prices,
    }
    return {name: value for name, value in told.items() if value}


def line_rows(new: NewOrder, order: Order, prices: Mapping[str, LinePrice]) -> list[Row]:
    """The columns of each ``OrderLine``; ``prices`` tell by line what came off it."""
    return [
        {
            "id": new_id(),
            "order_id": order.pk,
            "revision": new.revision,
            "position": position,
            "ref": line.ref,
            "sku": line.sku,
            "name": line.name,
            "category_path": line.category_path,
            "brand": line.brand,
            "quantity": line.quantity,
            "gross_ore": line.gross_ore,
            "discount_ore": price.discount_ore,
            "voucher_ore": price.voucher_ore,
            "paid_ore": line.gross_ore - price.discount_ore - price.voucher_ore,
            "net_ore": price.net_ore,
            "vat_rate": line.vat_rate,
            "flags": sorted(line.flags),
            "attributes": {name: int(value * 1000) for name, value in line.attributes.items()},
        }
        for position, line in enumerate(new.lines)
        for price in (prices[line.ref],)
    ]


def return_rows(
    new: NewReturn,
    matched: Sequence[tuple[NewReturnLine, OrderLine | None, int]],
    *,
    member: Member | None,
    now: datetime,
) -> tuple[OrderReturn, list[OrderReturnLine]]:
    """Unsaved rows of a return; ``matched`` gives each line its order line and its amount in öre."""
    order_return = OrderReturn(
        source=new.source,
        number=new.number,
        fingerprint=fingerprint(new),
        order_number=new.order_number,
        member=member,
        amount_ore=sum(amount for _line, _order_line, amount in matched) if matched else new.amount_ore or 0,
        returned_at=new.returned_at,
        recorded_at=now,
    )
    lines = [
        OrderReturnLine(
            order_return=order_return,
            order_line=order_line,
            ref=line.ref,
            order_line_ref=line.order_line_ref or (order_line.ref if order_line else ""),
            sku=line.sku or (order_line.sku if order_line else ""),
            quantity=line.quantity,
            amount_ore=amount,
        )
        for line, order_line, amount in matched
    ]
    return order_return, lines


def save_returns(returns: Sequence[OrderReturn], lines: Sequence[OrderReturnLine]) -> None:
    """Store new returns and their lines in two statements."""
    OrderReturn.objects.bulk_create(returns)
    OrderReturnLine.objects.bulk_create(lines)
