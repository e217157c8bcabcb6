"""WooCommerce: orders and refunds of its REST API v3, whose webhooks send the same bodies.

Line amounts come without tax whatever ``prices_include_tax`` says, and their tax beside them, so a
line's gross is ``subtotal + subtotal_tax`` and what was paid for it ``total + total_tax``.
"""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from html import unescape

from loyalty.actions.shop_news import Buyer
from loyalty.connectors.errors import UnableToReadOrder
from loyalty.connectors.order_news import Standing
from loyalty.connectors.payload import Payload
from loyalty.connectors.receipt import Left, Part, left_of, ore, revision_of, settled, shared_return, vat_rate
from members.actions import NewOrder, NewReturn, NewReturnLine

_ZERO = Decimal(0)
_ONE = Decimal(1)
_REFUNDED_LINE = "_refunded_item_id"


_STANDINGS = {
    "processing": Standing.PLACED,
    "completed": Standing.PLACED,
    "pending": Standing.WAITING,
    "on-hold": Standing.WAITING,
    "checkout-draft": Standing.WAITING,
    "auto-draft": Standing.WAITING,
    "cancelled": Standing.CANCELLED,
    "failed": Standing.CANCELLED,
    "trash": Standing.CANCELLED,
    "refunded": Standing.REFUNDED,
}


def standing(payload: object) -> Standing:
    """Whether the order stands. A status that a plugin has added counts once the order is paid."""
    body = Payload(payload)
    paid = Standing.PLACED if "date_paid_gmt" in body else Standing.WAITING
    return _STANDINGS.get(body.key("status"), paid)


def buyer(payload: object) -> Buyer:
    """Who bought: the shop's customer number, nought for a guest, and the billing address."""
    body = Payload(payload)
    billing = body.one("billing")
    customer = body.text("customer_id", "0", longest=120)
    return Buyer(
        external_id="" if customer == "0" else customer,
        email=billing.text("email", "", longest=254),
        phone=billing.label("phone", longest=40),
        first_name=billing.label("first_name", longest=80),
        last_name=billing.label("last_name", longest=80),
    )


def order(payload: object, *, source: str = "woocommerce") -> NewOrder:
    """The order without its member. Its number is the shop's id, which is what refunds name.

    Raises ``UnableToReadOrder``; for an order that is not paid, or no longer stands, with the key
    ``order_is_waiting``, ``order_is_cancelled`` or ``order_is_refunded``.
    """
    body = Payload(payload)
    number = body.key("id")
    stands = standing(payload)
    if stands is not Standing.PLACED:
        raise body.refuse("status", f"order_is_{stands}", status=body.key("status"), order=number)
    return order_as_placed(payload, source=source)


def order_as_placed(payload: object, *, source: str = "woocommerce") -> NewOrder:
    """The order without its member, wherever it stands by now."""
    body = Payload(payload)
    placed_at = body.moment("date_created_gmt")
    changed_at = body.moment("date_modified_gmt") if "date_modified_gmt" in body else placed_at
    return NewOrder(
        source=source,
        number=body.key("id"),
        placed_at=placed_at,
        lines=settled(list(_parts(body)), body.decimal("total")),
        channel="web",
        currency=body.key("currency", longest=3),
        revision=revision_of(placed_at, changed_at),
    )


def refund(payload: object, order: NewOrder, earlier: Sequence[NewReturn] = ()) -> NewReturn:
    """A refund of ``order``; ``earlier`` are the refunds of the same order that came before it.

    A refund that names no goods is shared by all that is left of the order.
    """
    body = Payload(payload)
    number = body.key("id")
    left = left_of(order, earlier)
    lines = [returned for line in _refunded(body) for returned in _returned(line, left)]
    if not lines:
        amount = ore(abs(body.decimal("amount")))
        lines = shared_return(list(left.values()), amount, ref=number, field="amount")
    if not lines:
        raise body.refuse("amount", "nothing_was_refunded")
    return NewReturn(
        source=order.source,
        number=number,
        order_number=order.number,
        returned_at=body.moment("date_created_gmt"),
        lines=tuple(lines),
        member=order.member,
    )


def _parts(body: Payload) -> Iterator[Part]:
    if "line_items" not in body:
        raise body.refuse("line_items", "field_is_missing")
    for item in body.many("line_items"):
        yield _goods(item)
    for item in body.many("shipping_lines"):
        yield _charge(item, "shipping", item.label("method_title"))
    for item in body.many("fee_lines"):
        if item.decimal("total") >= 0:  # a negative fee is a discount: the order's total tells of it
            yield _charge(item, "fee", item.label("name"))


def _goods(item: Payload) -> Part:
    quantity = item.decimal("quantity")
    if quantity <= 0:
        raise item.refuse("quantity", "quantity_is_not_positive")
    subtotal = item.decimal("subtotal")
    list_tax, tax = _tax(item, "subtotal"), _tax(item, "total")
    total = item.decimal("total")
    return Part(
        ref=item.key("id"),
        quantity=quantity,
        list_price=subtotal + list_tax,
        paid=total + tax,
        vat_rate=vat_rate(subtotal, list_tax),
        sku=item.label("sku", longest=80),
        name=unescape(item.label("name")),
    )


def _charge(item: Payload, flag: str, name: str) -> Part:
    total, tax = item.decimal("total"), _tax(item, "total")
    return Part(
        ref=item.key("id"),
        quantity=_ONE,
        list_price=total + tax,
        paid=total + tax,
        vat_rate=vat_rate(total, tax),
        name=unescape(name),
        flags=(flag,),
    )


def _tax(item: Payload, of: str) -> Decimal:
    """The tax as it was computed, where the shop tells; the field beside the amount is rounded."""
    exact = sum((tax.decimal(of, _ZERO) for tax in item.many("taxes")), _ZERO)
    return exact or item.decimal(f"{of}_tax", _ZERO)


def _refunded(body: Payload) -> Iterator[Payload]:
    for name in ("line_items", "shipping_lines", "fee_lines"):
        for line in body.many(name):
            if line.decimal("total", _ZERO) or line.decimal("quantity", _ZERO):
                yield line


def _returned(line: Payload, left: Mapping[str, Left]) -> list[NewReturnLine]:
    of = left.get(_refunded_line(line))
    if of is None:
        raise line.refuse("meta_data", "order_line_not_found")
    amount = ore(abs(line.decimal("total") + _tax(line, "total")))
    quantity = abs(line.decimal("quantity", _ZERO))
    if quantity:
        field = line.field("quantity")
        return [of.take(quantity=quantity, ref=line.key("id"), field=field, at_most_ore=amount)]
    return shared_return([of], amount, ref=line.key("id"), field=line.field("total"))


def _refunded_line(line: Payload) -> str:
    for meta in line.many("meta_data"):
        if meta.text("key", "") == _REFUNDED_LINE:
            return meta.key("value")
    raise UnableToReadOrder("field_is_missing", field=line.field(f"meta_data[{_REFUNDED_LINE}]"))
