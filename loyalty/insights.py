"""The numbers this floor can tell. Pure reads; the console's home composes them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, F, Q, Sum
from django.db.models.functions import Coalesce

from loyalty.engine.account import OPEN_VOUCHERS
from loyalty.engine.programme import Programme
from loyalty.models import Balance, LedgerCheck, OfflineUse, Voucher
from loyalty.queries.programmes import point_value, recent_timetable

DOUBLES_ARE_NEWS_FOR = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Outstanding:
    """What members hold of a meter, in its smallest part; öre if all of it became checks, or ``None``."""

    meter: str
    amount: int
    value_ore: int | None


@dataclass(frozen=True, slots=True)
class Checks:
    """Checks worth money that can still be used, and what has been paid with checks."""

    out: int
    out_ore: int
    used: int
    used_ore: int


def outstanding(now: datetime) -> list[Outstanding]:
    """Every meter that can be spent, as the programme in force, or the last one, counts it."""
    programme = recent_timetable().latest(now)
    if programme is None:
        return []
    sums = dict(Balance.objects.order_by().values_list("meter").annotate(total=Sum("amount")))
    return [
        Outstanding(meter.key, sums.get(meter.key, 0), _worth(programme, meter.key, sums.get(meter.key, 0)))
        for meter in programme.meters.values()
        if meter.is_spendable
    ]


def checks(now: datetime) -> Checks:
    is_open = Q(state__in=OPEN_VOUCHERS) & (Q(expires_at__isnull=True) | Q(expires_at__gt=now))
    is_used = Q(state=Voucher.State.REDEEMED)
    worth_money = Voucher.objects.filter(kind="money_off")
    return Checks(
        **worth_money.aggregate(
            out=Count("pk", filter=is_open),
            out_ore=Coalesce(Sum(F("value_ore") - F("used_ore"), filter=is_open), 0),
            used=Count("pk", filter=is_used),
            used_ore=Coalesce(Sum("used_ore"), 0),
        )
    )


def last_check() -> LedgerCheck | None:
    """The last proof of the ledger's laws."""
    return LedgerCheck.objects.order_by("-checked_at").first()


def used_twice(now: datetime) -> int:
    """Checks that tills without a network took in the last month, and that had been used before."""
    lately = OfflineUse.objects.filter(told_at__gte=now - DOUBLES_ARE_NEWS_FOR)
    return lately.filter(state=OfflineUse.State.DOUBLE).count()


def has_programme(now: datetime) -> bool:
    """Whether rules are in force."""
    return recent_timetable().at(now) is not None


def _worth(programme: Programme, meter: str, amount: int) -> int | None:
    value = point_value(programme, meter)
    return None if value is None else int(amount * value)
