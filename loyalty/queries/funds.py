"""What donation funds hold."""

from django.db.models import Sum

from loyalty.engine.objects import Fund
from loyalty.models import FundEntry


def fund_balance(fund: Fund) -> int:
    """Öre that the fund holds, with what it began with."""
    gained = FundEntry.objects.filter(fund=fund.key).aggregate(total=Sum("amount_ore"))["total"]
    return fund.opening + (gained or 0)
