"""Every question of this floor; callers say ``from loyalty import queries``."""

from loyalty.queries.balances import Lapse, MeterReading, entries, points, points_at, shown_entries, vouchers
from loyalty.queries.documents import document_of
from loyalty.queries.programmes import (
    forget_programmes,
    programme_at,
    published_names,
    published_versions,
    recent_timetable,
    timetable,
)
from loyalty.queries.progress import Progress, TierReading, next_check, tiers
from loyalty.queries.reasons import explain
from loyalty.queries.wording import amount_of, money, name_of, text_of

__all__ = [
    "Lapse",
    "MeterReading",
    "Progress",
    "TierReading",
    "amount_of",
    "document_of",
    "entries",
    "explain",
    "forget_programmes",
    "money",
    "name_of",
    "next_check",
    "points",
    "points_at",
    "programme_at",
    "published_names",
    "published_versions",
    "recent_timetable",
    "shown_entries",
    "text_of",
    "tiers",
    "timetable",
    "vouchers",
]
