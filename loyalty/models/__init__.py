from loyalty.models.acts import Acceptance, Act, Booking, DrawResult, FundEntry
from loyalty.models.households import Invitation
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
from loyalty.models.programme import ProgrammeObject, ProgrammeVersion
from loyalty.models.pulls import ShopPull
from loyalty.models.scenario import SavedScenario
from loyalty.models.shops import ShopConnection, ShopDelivery
from loyalty.models.till import OfflineUse
from loyalty.models.trial import TrialPart, TrialRun
from loyalty.models.voucher import Voucher

__all__ = [
    "Acceptance",
    "Act",
    "Allocation",
    "Award",
    "Balance",
    "Booking",
    "DrawResult",
    "Entry",
    "FundEntry",
    "ImportJob",
    "ImportNote",
    "Invitation",
    "LedgerCheck",
    "Lot",
    "OfflineUse",
    "ProgrammeObject",
    "ProgrammeVersion",
    "SavedScenario",
    "ShopConnection",
    "ShopDelivery",
    "ShopPull",
    "Standing",
    "TierChange",
    "TrialPart",
    "TrialRun",
    "Voucher",
]
