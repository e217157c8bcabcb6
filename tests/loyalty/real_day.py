"""A real day of a real shop, told as WooCommerce and Shopify tell it.

The purchases are of ``online_retail_day.csv``, a pound taken as ten kronor, and the day as yesterday; half the customers
buy in the one shop and half in the other. Shops tell of an order again and again: first unpaid, then paid, then sent. So that everything that
happens to orders happens, every fifth is changed after it was paid, every eleventh cancelled, and one deleted.
"""

import csv
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

FILE = Path(__file__).resolve().parents[1] / "data" / "imports" / "online_retail_day.csv"
Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Bought:
    """One line of a receipt, in kronor apiece."""

    sku: str
    name: str
    quantity: int
    price: Decimal

    @property
    def total(self) -> Decimal:
        return self.quantity * self.price


@dataclass(frozen=True, slots=True)
class Receipt:
    number: int
    customer: int
    at: datetime
    lines: Sequence[Bought]

    @property
    def email(self) -> str:
        return f"c{self.customer}@post.example"

    def changed(self) -> "Receipt":
        """As it was before one of the first goods was taken off again."""
        first, *rest = self.lines
        more = Bought(first.sku, first.name, first.quantity + 1, first.price)
        return Receipt(self.number, self.customer, self.at, [more, *rest])


def yesterday() -> date:
    return datetime.now(UTC).date() - timedelta(days=1)


def receipts() -> tuple[list[Receipt], list[Receipt]]:
    """What was bought, and what came back."""
    rows: dict[str, list[Mapping[str, str]]] = defaultdict(list)
    for row in csv.DictReader(FILE.read_text().splitlines()):
        rows[row["InvoiceNo"]].append(row)
    sold = [_receipt(number, found) for number, found in rows.items() if not number.startswith("C")]
    back = [_receipt(number[1:], found) for number, found in rows.items() if number.startswith("C")]
    return sold, back


def _receipt(number: str, rows: Sequence[Mapping[str, str]]) -> Receipt:
    lines = [
        Bought(
            row["StockCode"], row["Description"], abs(int(row["Quantity"])), 10 * Decimal(row["UnitPrice"])
        )
        for row in rows
    ]
    at = datetime.combine(yesterday(), datetime.fromisoformat(rows[0]["InvoiceDate"]).time(), UTC)
    return Receipt(int(number), int(rows[0]["CustomerID"]), at, lines)


def deliveries() -> Iterator[tuple[str, str, Document]]:
    """Kind of shop, topic and body of all that the two shops tell on that day, in its order for each receipt."""
    sold, back = receipts()
    seen: set[int] = set()
    for place, receipt in enumerate(sold):
        if receipt.customer not in seen:
            yield _customer_came(receipt)
            seen.add(receipt.customer)
        returned = [one for one in back if _is_of(one, receipt, sold)]
        story = _woocommerce if receipt.customer % 2 else _shopify
        yield from story(receipt, returned, place)


def _customer_came(receipt: Receipt) -> tuple[str, str, Document]:
    kind, topic = (
        ("woocommerce", "customer.created") if receipt.customer % 2 else ("shopify", "customers/create")
    )
    return kind, topic, _customer(receipt)


def _is_of(back: Receipt, receipt: Receipt, sold: Sequence[Receipt]) -> bool:
    """The customer's first receipt with those goods; the first of all where none has them."""
    goods = {line.sku for line in back.lines}
    theirs = [one for one in sold if one.customer == back.customer]
    with_them = [one for one in theirs if goods <= {line.sku for line in one.lines}]
    return receipt is (with_them or theirs)[0]


def _woocommerce(
    receipt: Receipt, returned: Sequence[Receipt], place: int
) -> Iterator[tuple[str, str, Document]]:
    first = receipt.changed() if place % 5 == 0 else receipt
    yield (
        "woocommerce",
        "customer.created",
        {"id": receipt.customer, "email": receipt.email, "first_name": "C"},
    )
    yield "woocommerce", "order.created", _woo(first, "pending", 0)
    yield "woocommerce", "order.updated", _woo(first, "processing", 1)
    yield "woocommerce", "order.updated", _woo(receipt, "completed", 60)
    for one in returned:
        total = sum(line.total for line in one.lines)
        refunds = [{"id": one.number, "reason": "", "total": f"-{total}"}]
        yield "woocommerce", "order.updated", _woo(receipt, "completed", 90) | {"refunds": refunds}
    if place % 11 == 0:
        yield "woocommerce", "order.updated", _woo(receipt, "cancelled", 120)
    if place == 2:
        yield "woocommerce", "order.deleted", {"id": receipt.number}


def _woo(receipt: Receipt, status: str, minutes: int) -> Document:
    lines = [
        {
            "id": ref, "quantity": line.quantity, "subtotal": str(line.total), "subtotal_tax": "0",
            "total": str(line.total), "total_tax": "0", "sku": line.sku, "name": line.name,
        }
        for ref, line in enumerate(receipt.lines, 1)
    ]  # fmt: skip
    changed_at = receipt.at + timedelta(minutes=minutes)
    return {
        "id": receipt.number, "status": status, "currency": "SEK", "customer_id": receipt.customer,
        "total": str(sum(line.total for line in receipt.lines)), "line_items": lines,
        "date_created_gmt": receipt.at.strftime("%Y-%m-%dT%H:%M:%S"),
        "date_modified_gmt": changed_at.strftime("%Y-%m-%dT%H:%M:%S"), "billing": {"email": receipt.email},
    }  # fmt: skip


def _shopify(
    receipt: Receipt, returned: Sequence[Receipt], place: int
) -> Iterator[tuple[str, str, Document]]:
    first = receipt.changed() if place % 5 == 0 else receipt
    yield "shopify", "orders/create", _order(first, 0) | {"financial_status": "pending"}
    yield "shopify", "orders/paid", _order(first, 1)
    yield "shopify", "orders/updated", _order(receipt, 60)
    refunds = [_refund(one, receipt) for one in returned]
    for refund in refunds:
        yield "shopify", "refunds/create", refund
    if refunds:
        yield "shopify", "orders/updated", _order(receipt, 90) | {"refunds": refunds}
    if place % 11 == 0:
        at = (receipt.at + timedelta(minutes=120)).isoformat()
        yield "shopify", "orders/cancelled", _order(receipt, 120) | {"cancelled_at": at}


def _customer(receipt: Receipt) -> Document:
    return {"id": receipt.customer, "email": receipt.email, "first_name": "C"}


def _order(receipt: Receipt, minutes: int) -> Document:
    lines = [
        {"id": ref, "quantity": line.quantity, "price": str(line.price), "sku": line.sku, "title": line.name}
        for ref, line in enumerate(receipt.lines, 1)
    ]
    return {
        "id": receipt.number, "financial_status": "paid", "currency": "SEK", "customer": _customer(receipt),
        "created_at": receipt.at.isoformat(), "taxes_included": True, "line_items": lines,
        "updated_at": (receipt.at + timedelta(minutes=minutes)).isoformat(),
        "total_price": str(sum(line.total for line in receipt.lines)),
    }  # fmt: skip


def _refund(back: Receipt, receipt: Receipt) -> Document:
    refs = {line.sku: ref for ref, line in enumerate(receipt.lines, 1)}
    told: Document = {"id": back.number, "order_id": receipt.number, "created_at": back.at.isoformat()}
    if {line.sku for line in back.lines} <= set(refs):
        lines = enumerate(back.lines, 1)
        return told | {
            "refund_line_items": [
                {"id": number, "line_item_id": refs[line.sku], "quantity": line.quantity}
                for number, line in lines
            ]
        }
    total = str(sum(line.total for line in back.lines))
    return told | {"transactions": [{"kind": "refund", "status": "success", "amount": total}]}
