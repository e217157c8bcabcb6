"""Donation funds: what they hold, and grants out of them. Money in öre."""

from collections.abc import Iterable
from datetime import datetime

from loyalty.engine.effects import FundEntry
from loyalty.engine.errors import Refused
from loyalty.engine.objects import Fund


def balance_of(fund: Fund, entries: Iterable[FundEntry]) -> int:
    return fund.opening + sum(entry.amount for entry in entries if entry.fund == fund.key)


def grant(fund: Fund, entries: Iterable[FundEntry], amount: int, to: str, at: datetime) -> FundEntry:
    """What a grant takes out of a fund that has come to ``entries``. Raises ``Refused``."""
    check_grant(fund, balance_of(fund, entries), amount)
    return FundEntry(fund.key, -amount, at, {"key": "granted", "to": to})


def check_grant(fund: Fund, balance: int, amount: int) -> None:
    """Raises ``Refused`` for a grant that is outside the fund's limits, or more than it holds."""
    if amount < fund.grant_min:
        raise Refused("grant_too_small", fund=fund.key, minimum_ore=fund.grant_min)
    if fund.grant_max and amount > fund.grant_max:
        raise Refused("grant_too_large", fund=fund.key, maximum_ore=fund.grant_max)
    if amount > balance:
        raise Refused("fund_has_too_little", fund=fund.key, available_ore=balance)
