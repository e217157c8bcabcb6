"""What membership costs. Money in öre."""

from datetime import date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from loyalty.engine.calendar import Span, add_months, day_start, full_years, local_day
from loyalty.engine.expansion import fee_meter
from loyalty.engine.objects import Fee

if TYPE_CHECKING:
    from loyalty.engine.account import Account
    from loyalty.engine.programme import Programme


def due_by(fee: Fee, joined_at: datetime, at: datetime, zone: ZoneInfo) -> int:
    """All that has fallen due by ``at``, for each period begun since joining but the first ones that are free.

    A fee that is only taken out of rewards is never due by itself."""
    if fee.is_from_rewards:
        return 0
    return fee.amount * max(
        _begun(fee, local_day(joined_at, zone), local_day(at, zone)) - fee.free_periods, 0
    )


def due_now(programme: "Programme", fee: Fee, account: "Account", at: datetime) -> int:
    """What of the running period's fee rewards have not paid yet; what earlier periods lacked is not owed."""
    joined, today = local_day(account.joined_at, programme.zone), local_day(at, programme.zone)
    begun = _begun(fee, joined, today)
    if begun <= fee.free_periods:
        return 0
    start = _start(fee, joined, today, begun)
    period = Span(day_start(start, programme.zone) if start else None, None)
    return max(fee.amount - account.earned_in(fee_meter(fee.key), period), 0)


def _begun(fee: Fee, joined: date, today: date) -> int:
    """How many periods have begun since joining."""
    if fee.per == "calendar_year":
        return today.year - joined.year + 1
    return full_years(joined, today) // fee.years + 1 if fee.per == "years" else 1


def _start(fee: Fee, joined: date, today: date, begun: int) -> date | None:
    if fee.per == "calendar_year":
        return date(today.year, 1, 1)
    return add_months(joined, 12 * fee.years * (begun - 1)) if fee.per == "years" else None
