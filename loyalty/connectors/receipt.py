"""From a shop's exact amounts to order lines in öre that add up to what the shop says was paid."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from loyalty.connectors.errors import UnableToReadOrder
from loyalty.engine.shares import split
from members.actions import NewLine, NewOrder, NewReturn, NewReturnLine

_WHOLE = Decimal(1)
_HUNDREDTH = Decimal("0.01")
_THOUSANDTH = Decimal("0.001")
_HIGHEST_RATE = Decimal(1000)
EXTRA = "extra"
_LAST_SECOND = 2**31 - 3  # the books number revisions with 31 bits


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """One line in the shop's own exact amounts, with tax: the whole line before and after discounts."""

    ref: str
    quantity: Decimal
    list_price: Decimal
    paid: Decimal
    vat_rate: Decimal
    sku: str = ""
    name: str = ""
    brand: str = ""
    flags: tuple[str, ...] = ()


@dataclass(slots=True)
class Left:
    """What has not come back of one order line."""

    line: NewLine
    quantity: Decimal
    paid_ore: int

    def take(
        self, *, quantity: Decimal, ref: str, field: str, at_most_ore: int | None = None
    ) -> NewReturnLine:
        """``quantity`` comes back, worth its share of what was paid, rounded up: the last takes the rest."""
        if not 0 < quantity <= self.quantity:
            raise UnableToReadOrder("more_than_is_left_of_the_order", field=field, left=str(self.quantity))
        share = self.paid_ore - int(self.paid_ore * (self.quantity - quantity) / self.quantity)
        amount = share if at_most_ore is None else min(share, at_most_ore)
        self.quantity -= quantity
        self.paid_ore -= amount
        return NewReturnLine(
            ref=ref,
            quantity=quantity,
            amount_ore=amount,
            sku=self.line.sku,
            order_line_ref=self.line.ref,
        )


def ore(amount: Decimal) -> int:
    """Kronor (or pounds, or dollars) as hundredths, half up."""
    return int((amount * 100).quantize(_WHOLE, ROUND_HALF_UP))


def revision_of(placed_at: datetime, changed_at: datetime) -> int:
    """Each change in the shop is a later revision: one plus the seconds from making to changing it."""
    seconds = int((changed_at - placed_at).total_seconds())
    return 1 + min(max(seconds, 0), _LAST_SECOND)


def vat_rate(net: Decimal, tax: Decimal) -> Decimal:
    """The tax in per cent of what it was laid on; nothing was laid on nothing."""
    if not net:
        return Decimal(0)
    rate = (abs(tax / net) * 100).quantize(_HUNDREDTH, ROUND_HALF_UP)
    return min(rate, _HIGHEST_RATE - _HUNDREDTH)


def settled(parts: Sequence[Part], total: Decimal) -> tuple[NewLine, ...]:
    """The lines of an order for which ``total`` was paid.

    Shops round tax on the whole order, so lines may miss the total by an öre each: the dearest line
    takes that. A larger gap is a discount on the order, or a charge (tip, duty) that has no line; so
    the club counts neither more nor less than was paid. Raises ``UnableToReadOrder``.
    """
    lines = [_line(part) for part in parts]
    gap = ore(total) - sum(_paid(line) for line in lines)
    if lines and abs(gap) <= len(lines):
        return _with_pennies(lines, gap)
    if gap > 0:
        return (
            *lines,
            NewLine(ref=EXTRA, quantity=_WHOLE, gross_ore=gap, vat_rate=Decimal(0), flags=("fee",)),
        )
    if ore(total) < 0 or not lines:
        raise UnableToReadOrder("amounts_do_not_add_up", field="total")
    shares = split(-gap, [_paid(line) for line in lines])
    return tuple(
        replace(line, discount_ore=line.discount_ore + share)
        for line, share in zip(lines, shares, strict=True)
    )


def _line(part: Part) -> NewLine:
    paid = max(ore(part.paid), 0)
    gross = max(ore(part.list_price), paid)
    return NewLine(
        ref=part.ref,
        quantity=part.quantity,
        gross_ore=gross,
        discount_ore=gross - paid,
        vat_rate=part.vat_rate,
        sku=part.sku,
        name=part.name,
        brand=part.brand,
        flags=part.flags,
    )


def _paid(line: NewLine) -> int:
    return line.gross_ore - line.discount_ore


def _with_pennies(lines: Sequence[NewLine], gap: int) -> tuple[NewLine, ...]:
    dearest = max(range(len(lines)), key=lambda index: _paid(lines[index]))
    if _paid(lines[dearest]) + gap < 0:
        raise UnableToReadOrder("amounts_do_not_add_up", field="total")
    return tuple(
        replace(line, gross_ore=line.gross_ore + gap) if index == dearest else line
        for index, line in enumerate(lines)
    )


def left_of(order: NewOrder, earlier: Sequence[NewReturn]) -> dict[str, Left]:
    """What is still with the buyer of each line of ``order``, by line ref."""
    left = {line.ref: Left(line, line.quantity, _paid(line)) for line in order.lines}
    for line in (line for one in earlier for line in one.lines):
        if line.order_line_ref in left:
            of = left[line.order_line_ref]
            of.quantity -= line.quantity
            of.paid_ore -= line.amount_ore or 0
    return left


def shared_return(lines: Sequence[Left], amount_ore: int, *, ref: str, field: str) -> list[NewReturnLine]:
    """Return lines for money that was given back without naming goods.

    Each of ``lines`` bears its share of the amount and gives up the same share of its quantity.
    """
    if amount_ore > sum(line.paid_ore for line in lines):
        raise UnableToReadOrder("more_than_is_left_of_the_order", field=field)
    shares = split(amount_ore, [line.paid_ore for line in lines])
    return [
        NewReturnLine(
            ref=f"{ref}-{of.line.ref}",
            quantity=_share(of, share),
            amount_ore=share,
            sku=of.line.sku,
            order_line_ref=of.line.ref,
        )
        for of, share in zip(lines, shares, strict=True)
        if share
    ]


def _share(of: Left, amount_ore: int) -> Decimal:
    quantity = (of.quantity * amount_ore / of.paid_ore).quantize(_THOUSANDTH, ROUND_HALF_UP)
    return min(max(quantity, _THOUSANDTH), of.quantity)
