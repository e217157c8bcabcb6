"""Runs that settled wrongly: seen beforehand, settled again with who and why, by one or for all, and never paid twice."""

from datetime import datetime
from decimal import Decimal
from io import StringIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from loyalty import actions, queries
from loyalty.engine import files
from loyalty.models import LedgerCheck, Voucher
from loyalty.queries.presets import PRESETS
from members.actions import NewLine, NewOrder, UnableToAdjust
from members.models import Activity, Member
from tests.console import seed
from tests.console.conftest import browser

pytestmark = pytest.mark.django_db
ZONE = ZoneInfo("Europe/Stockholm")
START = datetime(2025, 1, 1, tzinfo=ZONE)
BOUGHT = datetime(2025, 7, 10, 12, tzinfo=ZONE)
AFTER = datetime(2025, 10, 2, 12, tzinfo=ZONE)
RUN = {"conversion": "reading", "day": "2025-09-30", "reason": "Five per cent, not one"}


def buy(member: Member, kronor: int, number: str, *, at: datetime = BOUGHT, **facts: Any) -> None:
    line = NewLine(ref="1", quantity=Decimal(1), gross_ore=kronor * 100)
    order = NewOrder(source="till", number=number, placed_at=at, lines=(line,), member=member, **facts)
    actions.record_order(order=order, now=at, actor="test")


@pytest.fixture
def wrongly_read(alice: Member, bob: Member) -> list[Member]:
    """Two members whose 2 500 points have become a check of 20 kronor, and rules since that say 100."""
    document = files.read_programme((PRESETS / "duvan" / "programme.yaml").read_bytes())
    [reading] = document["conversions"]
    assert (reading["key"], reading["form"]["value"]) == ("reading", 50)
    wrong = {**document, "conversions": [{**reading, "form": {**reading["form"], "value": 10}}]}
    Member.objects.update(joined_at=START)
    for member in (alice, bob):
        type(member.account).objects.filter(pk=member.account_id).update(opened_at=START)
    for told, since in ((wrong, START), (document, datetime(2025, 10, 1, tzinfo=ZONE))):
        version = actions.import_programme(document=told, name=f"since {since:%F}", now=START)
        actions.publish_version(version=version, valid_from=since, now=START, actor="vera")
    buy(alice, 2500, "1")
    buy(bob, 2500, "2")
    actions.run_due(at=AFTER, now=AFTER)
    assert list(Voucher.objects.values_list("value_ore", "state")) == [(2_000, "issued")] * 2
    return [alice, bob]


def standing() -> list[tuple[int, str]]:
    return list(Voucher.objects.order_by("account", "issued_at", "pk").values_list("value_ore", "state"))


def test_staff_see_what_it_comes_to_and_settle_it_again_with_a_reason(wrongly_read: list[Member]) -> None:
    alice, bob = wrongly_read
    page = reverse("admin:loyalty_entry_settle", args=[alice.account_id])
    with time_machine.travel(AFTER, tick=False):
        owner = browser(seed.make_staff("owner@shop.example", is_superuser=True))
        seen = owner.post(page, RUN)
        assert [row[1:] for row in seen.context["preview"]] == [("20 kr", "100 kr")]
        assert standing() == [(2_000, "issued")] * 2
        confirmed = owner.post(page, {**RUN, "confirm": seen.context["token"]})
        assert confirmed.status_code == 302
        assert [row[1:] for row in owner.post(page, RUN).context["preview"]] == [("100 kr", "100 kr")]
    assert standing() == [(2_000, "cancelled"), (10_000, "issued"), (2_000, "issued")]
    assert [one.balance for one in queries.points(alice.account_id, AFTER)] == [500]
    told = Activity.objects.get(kind="voucher.cancelled", account_id=alice.account_id).facts["because"]
    assert (told["reason"], told["actor"]) == ("Five per cent, not one", "owner@shop.example")
    actions.check_ledger(now=AFTER)
    assert LedgerCheck.objects.latest("pk").breaks == []
    assert bob.account_id != alice.account_id


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"day": "2025-12-31"}, "That run has not been yet."),
        ({"day": "when"}, "Enter a valid date."),
        ({"conversion": "moon"}, "Select a valid choice."),
        ({"reason": " "}, "This field is required."),
    ],
)
def test_what_cannot_be_settled_again_says_why(
    wrongly_read: list[Member], wrong: dict[str, str], told: str
) -> None:
    page = reverse("admin:loyalty_entry_settle", args=[wrongly_read[0].account_id])
    with time_machine.travel(AFTER, tick=False):
        owner = browser(seed.make_staff("owner@shop.example", is_superuser=True))
        answer = owner.post(page, {**RUN, **wrong})
    assert (answer.status_code, told in answer.content.decode()) == (422, True)
    assert standing() == [(2_000, "issued")] * 2


def test_who_may_not_change_the_ledger_cannot_settle_again(wrongly_read: list[Member]) -> None:
    page = reverse("admin:loyalty_entry_settle", args=[wrongly_read[0].account_id])
    assert browser(seed.make_staff()).get(page).status_code == 403
    assert Client().get(page).status_code == 302


def test_for_everybody_it_is_settled_again_once_however_often_it_is_asked(wrongly_read: list[Member]) -> None:
    told = {"conversion": "reading", "day": "2025-09-30"}
    with time_machine.travel(AFTER, tick=False):
        first, second = StringIO(), StringIO()
        call_command("settle_again", *told.values(), reason="wrong", stdout=first)
        call_command("settle_again", *told.values(), reason="wrong", stdout=second)
        with pytest.raises(CommandError, match="run_has_not_been: nothing was changed"):
            call_command("settle_again", "reading", "2025-12-31", reason="wrong")
    assert (first.getvalue(), second.getvalue()) == ("2 accounts changed.\n", "0 accounts changed.\n")
    assert standing() == [(2_000, "cancelled"), (10_000, "issued")] * 2


def test_what_was_used_stays_paid(wrongly_read: list[Member]) -> None:
    alice, bob = wrongly_read
    buy(alice, 100, "3", at=AFTER, vouchers=(Voucher.objects.get(account=alice.account_id).code,))
    changed = actions.reopen_run_for_all(
        conversion="reading",
        day=datetime(2025, 9, 30, tzinfo=ZONE).date(),
        reason="wrong",
        actor="eva",
        now=AFTER,
    )
    assert changed == 1
    assert standing() == [(2_000, "redeemed"), (2_000, "cancelled"), (10_000, "issued")]
    with pytest.raises(UnableToAdjust, match="reason_is_missing"):
        actions.reopen_run(
            account=bob.account, conversion="reading", day=AFTER.date(), reason=" ", actor="eva", now=AFTER
        )
