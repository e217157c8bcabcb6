"""Orders and lines as the engine reads them."""

from decimal import Decimal

from loyalty.engine import happening
from loyalty.engine.account import Account
from members.actions import NewLine, NewOrder
from members.models import OrderLine


def order_facts(new: NewOrder) -> happening.Order:
    """``new`` as the engine reads it."""
    return happening.Order(
        key=new.key,
        at=new.placed_at,
        lines=[line_facts(line) for line in new.lines],
        store=new.store.code if new.store else "",
        channel=new.channel,
        vouchers=new.vouchers,
    )


def line_facts(line: NewLine | OrderLine) -> happening.Line:
    """A line as the engine reads it, before any check has paid of it."""
    return happening.Line(
        ref=line.ref,
        quantity=int(line.quantity * 1000),
        gross=line.gross_ore,
        discount=line.discount_ore,
        vat_rate=int(Decimal(line.vat_rate) * 100),
        sku=line.sku,
        brand=line.brand,
        categories=tuple(line.category_path.split("/")) if line.category_path else (),
        flags=frozenset(line.flags),
    )


def tiers_of(account: Account) -> dict[str, str]:
    return {ladder: held.tier for ladder, held in account.tiers.items()}
