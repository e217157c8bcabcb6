"""The console's pages about what members get. Importing this registers them."""

from loyalty.admin import (
    acts,
    bookings,
    draws,
    funds,
    households,
    imports,
    ledger,
    orders,
    panels,
    programme,
    shops,
    till,
    timeline,
    trials,
    voucher,
)

__all__ = [
    "acts",
    "bookings",
    "draws",
    "funds",
    "households",
    "imports",
    "ledger",
    "orders",
    "panels",
    "programme",
    "shops",
    "till",
    "timeline",
    "trials",
    "voucher",
]
