"""Every write of this floor; callers say ``from loyalty import actions``."""

from loyalty.actions.by_hand import cancel_voucher, set_tier
from loyalty.actions.claims import claim_order
from loyalty.actions.due import DueRun, run_due
from loyalty.actions.ledger import check_ledger
from loyalty.actions.orders import record_order, record_orders
from loyalty.actions.outcomes import OrderOutcome, ReturnOutcome
from loyalty.actions.points import adjust_points
from loyalty.actions.programmes import UnableToImport, import_programme, publish_version
from loyalty.actions.returns import record_return, record_returns
from loyalty.actions.revisions import cancel_order
from loyalty.actions.vouchers import Redeemed, redeem_voucher, release_voucher, reserve_voucher

__all__ = [
    "DueRun",
    "OrderOutcome",
    "Redeemed",
    "ReturnOutcome",
    "UnableToImport",
    "adjust_points",
    "cancel_order",
    "cancel_voucher",
    "check_ledger",
    "claim_order",
    "import_programme",
    "publish_version",
    "record_order",
    "record_orders",
    "record_return",
    "record_returns",
    "redeem_voucher",
    "release_voucher",
    "reserve_voucher",
    "run_due",
    "set_tier",
]
