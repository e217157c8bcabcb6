"""The invented club comes out the same every time, on whatever day it is built."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from django.db.models import Count, Sum

from config.demo import MEMBER, build_club
from loyalty.models import Entry, Voucher
from members.models import Member, Order, OrderReturn

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

NOW = datetime(2026, 5, 20, 14, 0, tzinfo=ZoneInfo("Europe/Stockholm"))


class Undo(Exception):
    """Ends a build that was only to be looked at."""


def figures() -> dict[str, object]:
    return {
        "members": list(Member.objects.order_by("email").values_list("email", "number")),
        "orders": Order.objects.aggregate(n=Count("pk"), paid=Sum("paid_ore"), checks=Sum("voucher_ore")),
        "returns": OrderReturn.objects.aggregate(n=Count("pk"), amount=Sum("amount_ore")),
        "entries": list(
            Entry.objects.values("kind").annotate(n=Count("pk"), sum=Sum("amount")).order_by("kind")
        ),
        "vouchers": list(
            Voucher.objects.values("state").annotate(n=Count("pk"), sum=Sum("value_ore")).order_by("state")
        ),
    }


def figures_of_a_build() -> dict[str, object]:
    found: dict[str, object] = {}
    try:
        with transaction.atomic():
            build_club(now=NOW, members=150, months=6)
            found = figures()
            raise Undo
    except Undo:
        return found


def test_two_builds_come_to_the_same_figures() -> None:
    first = figures_of_a_build()
    assert not Member.objects.exists()
    build_club(now=NOW, members=150, months=6)
    assert figures() == first


@pytest.mark.parametrize(
    "now", [NOW, NOW.replace(month=4, day=1, hour=0), NOW.replace(year=2024, month=2, day=29)]
)
def test_elsa_has_points_a_check_used_and_a_check_to_use_on_any_day(now: datetime) -> None:
    build_club(now=now, members=20, months=6)
    elsa = Member.objects.get(email=MEMBER.email)
    checks = elsa.account.vouchers.filter(reward="bonus")
    states = list(checks.order_by("issued_at").values_list("state", flat=True))
    assert states == ["redeemed", "issued"]
    assert elsa.account.balances.get(meter="points").amount > 0
    assert elsa.order_returns.count() == 1
