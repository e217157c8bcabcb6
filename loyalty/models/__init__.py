from loyalty.models.imports import ImportJob, ImportNote
from loyalty.models.ledger import (
    Allocation,
    Award,
    Balance,
    Entry,
    LedgerCheck,
    Lot,
    Standing,
    TierChange,
)
from loyalty.models.programme import (
    Conversion,
    EarningRule,
    Meter,
    ProgrammeVersion,
    Reward,
    TierLadder,
)
from loyalty.models.voucher import Voucher

__all__ = [
    "Allocation",
    "Award",
    "Balance",
    "Conversion",
    "EarningRule",
    "Entry",
    "ImportJob",
    "ImportNote",
    "LedgerCheck",
    "Lot",
    "Meter",
    "ProgrammeVersion",
    "Reward",
    "Standing",
    "TierChange",
    "TierLadder",
    "Voucher",
]
