"""The console's pages about what members get. Importing this registers them."""

from loyalty.admin import ledger, panels, programme, voucher

__all__ = ["ledger", "panels", "programme", "voucher"]
