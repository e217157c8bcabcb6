"""Keeping orders and returns as they were booked. What they give is known one floor up.

Amounts are integer öre with tax. Unit prices with more decimals are rounded once: half up, on the
line's total, by whoever reads the source (``line_total_ore``).
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from members.actions.errors import UnableToRecordOrder
from members.models import Member, Order, OrderLine, OrderReturn, OrderReturnLine, Store

_WHOLE = Decimal(1)
_THOUSANDTH = Decimal("0.001")


@dataclass(frozen=True, kw_only=True, slots=True)
class NewLine:
    """``ref`` names the line within the order; ``vat_rate`` is in per cent."""

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


@dataclass(frozen=True, kw_only=True, slots=True)
class NewOrder:
    """``vouchers`` are codes to use on it; ``paid_ore``, when given, must be what is computed."""

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

    @property
    def key(self) -> str:
        return f"{self.source}:{self.number}"


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
    """Without lines: all that is left of the order comes back."""

    source: str
    number: str
    returned_at: datetime
    order_number: str = ""
    lines: tuple[NewReturnLine, ...] = ()
    member: Member | None = None


def line_total_ore(unit_price: Decimal, quantity: Decimal) -> int:
    """A line's total in öre, rounded half up once."""
    return int((unit_price * quantity * 100).quantize(_WHOLE, ROUND_HALF_UP))


def fingerprint(new: NewOrder | NewReturn) -> str:
    """Tells whether the same thing was sent again: SHA-256 over all of it but what it was matched to."""
    facts = {
        name: value.pk if isinstance(value, Member | Store) else value for name, value in _fields(new).items()
    }
    text = json.dumps(facts, sort_keys=True, default=_plain)
    return hashlib.sha256(text.encode()).hexdigest()


def _fields(new: NewOrder | NewReturn) -> dict[str, object]:
    lines: list[dict[str, object]] = [
        {name: getattr(line, name) for name in line.__slots__ if name != "order_line"} for line in new.lines
    ]
    return {name: getattr(new, name) for name in new.__slots__ if name != "lines"} | {"lines": lines}


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, datetime):
        return value.timestamp()
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
    if not new.vouchers and new.paid_ore not in (None, costs):
        raise UnableToRecordOrder("paid_is_not_what_it_costs", sent=new.paid_ore, computed=costs)


def order_row(new: NewOrder, *, vouchers_ore: int, now: datetime) -> Order:
    """An unsaved order; ``vouchers_ore`` is what checks pay of it."""
    gross = sum(line.gross_ore for line in new.lines)
    discount = sum(line.discount_ore for line in new.lines)
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
        voucher_ore=vouchers_ore,
        paid_ore=gross - discount - vouchers_ore,
        placed_at=new.placed_at,
        recorded_at=now,
    )


def line_rows(new: NewOrder, order: Order, voucher_shares: Mapping[str, tuple[int, int]]) -> list[OrderLine]:
    """Unsaved lines; ``voucher_shares`` gives per line what checks paid, and what was paid net of tax."""
    return [
        OrderLine(
            order=order,
            revision=new.revision,
            position=position,
            voucher_ore=voucher_shares[line.ref][0],
            paid_ore=line.gross_ore - line.discount_ore - voucher_shares[line.ref][0],
            net_ore=voucher_shares[line.ref][1],
            **{**_fields_of(line), "flags": sorted(line.flags)},
        )
        for position, line in enumerate(new.lines)
    ]


def _fields_of(line: NewLine) -> dict[str, object]:
    return {name: getattr(line, name) for name in line.__slots__}


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
        amount_ore=sum(amount for _line, _order_line, amount in matched),
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
