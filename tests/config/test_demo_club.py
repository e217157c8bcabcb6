"""The invented club adds up and shows what a visitor is to see."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import pytest_django
from django.contrib.auth import authenticate
from django.db import transaction

from campaigns.models import Campaign
from config.demo import LOGINS, build_club
from config.demo.programme import CHALLENGE, EVENING
from loyalty.actions import check_ledger
from loyalty.models import Acceptance, Booking, LedgerCheck, TierChange, Voucher
from members.models import Activity, ApiKey, Order, OrderReturn, User
from members.models.access import digest_of
from segments.models import Segment

pytestmark = [pytest.mark.slow, pytest.mark.django_db]

NOW = datetime(2026, 5, 20, 14, 0, tzinfo=ZoneInfo("Europe/Stockholm"))


@pytest.fixture(scope="module", autouse=True)
def key(django_db_setup: None, django_db_blocker: pytest_django.DjangoDbBlocker) -> Iterator[str]:
    """The key to the API of a small club, which all the tests here only look at."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield build_club(now=NOW, members=150, months=6)
        transaction.set_rollback(True)


def test_every_law_of_the_ledger_holds_in_the_club() -> None:
    shown = LedgerCheck.objects.get()
    assert (shown.breaks, shown.checked_at) == ([], NOW)
    check, _proofs = check_ledger(now=NOW)
    assert (check.breaks, check.entries > 200) == ([], True)


def test_nothing_of_the_club_is_in_the_future_and_all_of_it_is_in_the_history() -> None:
    placed = Order.objects.order_by("placed_at").values_list("placed_at", flat=True)
    assert placed[0] >= NOW - timedelta(days=185)
    assert placed[len(placed) - 1] <= NOW
    assert not Activity.objects.filter(occurred_at__gt=NOW).exists()
    assert not OrderReturn.objects.filter(returned_at__gt=NOW).exists()


def test_only_what_happened_in_the_last_hour_is_still_to_be_told() -> None:
    told = Activity.objects.undelivered()
    assert told.filter(kind="member.joined").count() == 4
    assert told.filter(kind="order.recorded").count() == 9
    assert not told.filter(occurred_at__lt=NOW - timedelta(hours=1)).exists()


def test_everybody_who_is_named_may_log_in_with_the_password_that_is_shown() -> None:
    users = [authenticate(request=None, email=login.email, password=login.password) for login in LOGINS]
    assert [user.email if isinstance(user, User) else None for user in users] == [
        login.email for login in LOGINS
    ]


def test_the_key_that_is_returned_opens_the_api(key: str) -> None:
    assert ApiKey.objects.get().digest == digest_of(key)


def test_the_first_campaigns_run() -> None:
    assert set(Campaign.objects.values_list("key", "state")) == {
        ("welcome", "active"),
        ("bonus-check", "active"),
    }


def test_a_newcomer_finds_levels_a_birthday_treat_a_challenge_and_an_evening() -> None:
    levels = TierChange.objects.filter(tier="silver").values("account").distinct().count()
    treats = Voucher.objects.filter(reward="birthday_treat").count()
    assert (levels > 5, treats > 5) == (True, True)
    assert Acceptance.objects.filter(offer=CHALLENGE).count() == 5
    booked = Booking.objects.filter(perk=EVENING).values_list("seats", "is_waiting")
    assert list(booked) == [(2, False)] * 5


def test_a_newcomer_finds_segments_that_have_had_a_size_each_month() -> None:
    segments = Segment.objects.order_by("key")
    assert [segment.name for segment in segments] == [
        "Handlade stort en gång",
        "Har aldrig handlat",
        "Köper och lämnar tillbaka",
        "Återköp inom en tid",
    ]
    assert {segment.snapshots.count() for segment in segments} == {6}
    assert all(segment.memberships.exists() for segment in segments)
