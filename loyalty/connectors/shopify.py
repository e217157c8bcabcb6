"""Shopify: orders and refunds of its REST API, whose webhooks send the inner object without its key.

Amounts are those of the shop's own currency; what was shown to the buyer in another (presentment)
is not read. Tax is computed on the discounted price and is already in the prices or comes on top,
as ``taxes_included`` says.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from loyalty.actions.shop_news import Buyer
from loyalty.connectors.order_news import Standing
from loyalty.connectors.payload import Payload
from loyalty.connectors.receipt import Left, Part, left_of, ore, revision_of, settled, shared_return, vat_rate
from members.actions import NewOrder, NewReturn, NewReturnLine

_ZERO = Decimal(0)
_ONE = Decimal(1)


_STANDINGS = {
    "authorized": Standing.PLACED,
    "paid": Standing.PLACED,
    "partially_paid": Standing.PLACED,
    "partially_refunded": Standing.PLACED,
    "pending": Standing.WAITING,
    "unpaid": Standing.WAITING,
    "expired": Standing.WAITING,
    "voided": Standing.CANCELLED,
    "refunded": Standing.REFUNDED,
}


def standing(payload: object) -> Standing:
    """Whether the order stands. Orders that the shop placed to test its checkout never do."""
    body = Payload(payload)
    if "cancelled_at" in body or body.flag("test"):
        return Standing.CANCELLED
    status = body.key("financial_status")
    if status not in _STANDINGS:
        raise body.refuse("financial_status", "status_is_not_known", status=status)
    return _STANDINGS[status]


def buyer(payload: object) -> Buyer:
    """Who bought: the shop's customer, or a guest with the order's own e-mail address."""
    body = Payload(payload)
    customer = body.one("customer")
    return Buyer(
        external_id=customer.text("id", "", longest=120),
        email=customer.text("email", "", longest=254) or body.text("email", "", longest=254),
        phone=customer.label("phone", longest=40) or body.label("phone", longest=40),
        first_name=customer.label("first_name", longest=80),
        last_name=customer.label("last_name", longest=80),
    )


def order(payload: object, *, source: str = "shopify") -> NewOrder:
    """The order without its member. Its number is the shop's id, which is what refunds name.

    Raises ``UnableToReadOrder``; for an order that is not paid, or no longer stands, with the key
    ``order_is_waiting``, ``order_is_cancelled`` or ``order_is_refunded``.
    """
    body = Payload(payload)
    number = body.key("id")
    stands = standing(payload)
    if stands is not Standing.PLACED:
        raise body.refuse("financial_status", f"order_is_{stands}", order=number)
    return order_as_placed(payload, source=source)


def order_as_placed(payload: object, *, source: str = "shopify") -> NewOrder:
    """The order without its member, wherever it stands by now."""
    body = Payload(payload)
    created_at = body.moment("created_at")
    changed_at = body.moment("updated_at") if "updated_at" in body else created_at
    return NewOrder(
        source=source,
        number=body.key("id"),
        placed_at=body.moment("processed_at") if "processed_at" in body else created_at,
        lines=settled(_parts(body), body.decimal("total_price")),
        channel="shop" if body.label("source_name") == "pos" else "web",
        currency=body.key("currency", longest=3),
        revision=revision_of(created_at, changed_at),
    )


def refund(payload: object, order: NewOrder, earlier: Sequence[NewReturn] = ()) -> NewReturn:
    """A refund of ``order``; ``earlier`` are the refunds of the same order that came before it.

    Money that was given back without naming goods is shared by all that is left of the order.
    """
    body = Payload(payload)
    number = body.key("id")
    if body.key("order_id") != order.number:
        raise body.refuse("order_id", "refund_is_of_another_order", order=order.number)
    left = left_of(order, earlier)
    lines = [*_returned_goods(body, left), *_returned_shipping(body, left)]
    if not lines:
        lines = shared_return(list(left.values()), _given_back(body), ref=number, field="transactions")
    if not lines:
        raise body.refuse("refund_line_items", "nothing_was_refunded")
    return NewReturn(
        source=order.source,
        number=number,
        order_number=order.number,
        returned_at=body.moment("created_at"),
        lines=tuple(lines),
        member=order.member,
    )


def _parts(body: Payload) -> list[Part]:
    """The goods and the shipping; an order sent without its lines is one line of all of it."""
    if "line_items" not in body:
        return [_whole(body)]
    parts = [_goods(body, item) for item in body.many("line_items")]
    parts = _with_order_discount(parts, body)
    parts += [_shipping(body, item, index) for index, item in enumerate(body.many("shipping_lines"), start=1)]
    return _with_order_tax(parts, body)


def _whole(body: Payload) -> Part:
    paid, discount, tax = (
        body.decimal("total_price"),
        body.decimal("total_discounts", _ZERO),
        body.decimal("total_tax", _ZERO),
    )
    return Part(
        ref="order",
        quantity=_ONE,
        list_price=paid + discount,
        paid=paid,
        vat_rate=vat_rate(paid - tax, tax),
    )


def _goods(body: Payload, item: Payload) -> Part:
    quantity = item.decimal("quantity")
    if quantity <= 0:
        raise item.refuse("quantity", "quantity_is_not_positive")
    price = item.decimal("price") * quantity
    part = Part(
        ref=item.key("id"),
        quantity=quantity,
        list_price=price,
        paid=price - _discount(item),
        vat_rate=_ZERO,
        sku=item.label("sku", longest=80),
        name=item.label("name") or item.label("title"),
        brand=item.label("vendor", longest=80),
        flags=("gift_card",) if item.flag("gift_card") else (),
    )
    return _taxed(part, list(item.many("tax_lines")), is_included=body.flag("taxes_included"))


def _shipping(body: Payload, item: Payload, position: int) -> Part:
    price = item.decimal("price")
    part = Part(
        ref=item.text("id", f"shipping-{position}", longest=64),
        quantity=_ONE,
        list_price=price,
        paid=price - _discount(item),
        vat_rate=_ZERO,
        name=item.label("title"),
        flags=("shipping",),
    )
    return _taxed(part, list(item.many("tax_lines")), is_included=body.flag("taxes_included"))


def _discount(item: Payload) -> Decimal:
    """What was taken off a line: its share of every discount, or the field that came before those."""
    if "discount_allocations" in item:
        return sum((one.decimal("amount") for one in item.many("discount_allocations")), _ZERO)
    return item.decimal("total_discount", _ZERO)


def _taxed(part: Part, taxes: Sequence[Payload], *, is_included: bool) -> Part:
    tax = sum((one.decimal("price") for one in taxes), _ZERO)
    rate = sum((one.decimal("rate", _ZERO) for one in taxes), _ZERO) * 100
    net = part.paid - tax if is_included else part.paid
    part = replace(part, vat_rate=vat_rate(Decimal(100), rate) if rate else vat_rate(net, tax))
    return part if is_included else _with_tax_on_top(part, tax)


def _with_tax_on_top(part: Part, tax: Decimal) -> Part:
    grown = (part.paid + tax) / part.paid if part.paid else _ONE
    return replace(part, list_price=part.list_price * grown, paid=part.paid + tax)


def _with_order_discount(parts: list[Part], body: Payload) -> list[Part]:
    """Older orders tell their discounts only in one sum: the goods share what no line has shown."""
    shown = sum((part.list_price - part.paid for part in parts), _ZERO)
    if shown or any("discount_allocations" in item for item in body.many("line_items")):
        return parts
    discount, worth = body.decimal("total_discounts", _ZERO), sum((part.paid for part in parts), _ZERO)
    if not worth:
        return parts
    return [replace(part, paid=part.paid - discount * part.paid / worth) for part in parts]


def _with_order_tax(parts: list[Part], body: Payload) -> list[Part]:
    """Older orders tell their tax only in one sum: the lines share it."""
    worth, tax = sum((part.paid for part in parts), _ZERO), body.decimal("total_tax", _ZERO)
    if not worth or any("tax_lines" in item for item in body.many("line_items")):
        return parts
    if body.flag("taxes_included"):
        return [replace(part, vat_rate=vat_rate(worth - tax, tax)) for part in parts]
    return [
        replace(_with_tax_on_top(part, tax * part.paid / worth), vat_rate=vat_rate(worth, tax))
        for part in parts
    ]


def _returned_goods(body: Payload, left: Mapping[str, Left]) -> Iterator[NewReturnLine]:
    for item in body.many("refund_line_items"):
        of = left.get(item.key("line_item_id"))
        if of is None:
            raise item.refuse("line_item_id", "order_line_not_found")
        yield of.take(
            quantity=item.decimal("quantity"),
            ref=item.key("id"),
            field=item.field("quantity"),
            at_most_ore=_stated(item),
        )


def _stated(item: Payload) -> int | None:
    """What the refund says the goods are worth, at the most: its subtotal may hold the tax already."""
    if "subtotal" not in item:
        return None
    return ore(item.decimal("subtotal") + item.decimal("total_tax", _ZERO))


def _returned_shipping(body: Payload, left: Mapping[str, Left]) -> list[NewReturnLine]:
    """Shipping that was given back is an adjustment of the order: a negative amount, its tax beside it."""
    shipping = [of for of in left.values() if "shipping" in of.line.flags]
    lines: list[NewReturnLine] = []
    for item in body.many("order_adjustments"):
        if item.label("kind") == "shipping_refund":
            amount = ore(abs(item.decimal("amount") + item.decimal("tax_amount", _ZERO)))
            field = item.field("amount")
            lines += shared_return(shipping, amount, ref=item.key("id"), field=field)
    return lines


def _given_back(body: Payload) -> int:
    paid_back = [
        one.decimal("amount")
        for one in body.many("transactions")
        if one.label("kind") == "refund" and one.label("status") == "success"
    ]
    return ore(sum(paid_back, _ZERO))
