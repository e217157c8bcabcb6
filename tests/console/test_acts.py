"""Acts, accepted offers, evenings, draws and funds in the console, and the grant that staff may make."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from loyalty import actions
from loyalty.models import Booking, DrawResult, FundEntry
from members.models import Member
from tests.console import seed
from tests.console.conftest import browser
from tests.loyalty.api import make
from tests.loyalty.rich import RICH
from tests.loyalty.test_pages import NOW, buy
from tests.make import make_member

GRANT = "admin:loyalty_fundentry_grant"
JUNE = datetime(2025, 6, 2, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _in_june(db: None) -> Iterator[None]:
    make.programme(RICH)
    with time_machine.travel(JUNE, tick=False):
        yield


@pytest.fixture
def anna() -> Member:
    """A member who has accepted, bought, booked and won."""
    anna = make_member("Anna", joined_at=make.START)
    actions.accept_offer(account=anna.account, offer="spring", actor="test", now=make.START)
    buy(anna, 1200, "1")
    actions.book_seats(member=anna, perk="evening", seats=2, actor="test", now=NOW)
    actions.draw_now(draw="lottery", now=JUNE, actor="test")
    return anna


def text_of(client: Client, name: str, *args: object) -> str:
    page = client.get(reverse(name, args=args))
    assert page.status_code == 200
    return page.content.decode()


def test_a_members_page_tells_challenges_and_seats(owner: Client, anna: Member) -> None:
    with time_machine.travel(NOW, tick=False):
        page = text_of(owner, "admin:members_member_change", anna.pk)
    assert "1 of 3 purchases" in page
    assert "an evening with the baker" in page
    assert "challenge.spring" not in page


def test_each_evening_says_how_full_it_is(owner: Client, anna: Member) -> None:
    bo = make_member("Bo", joined_at=make.START)
    actions.book_seats(member=bo, perk="evening", seats=1, actor="test", now=JUNE)
    page = owner.get(reverse("admin:loyalty_booking_changelist"))
    assert [(one.key, one.seats, one.taken, one.waiting) for one in page.context["evenings"]] == [
        ("evening", 2, 2, 1)
    ]
    booking = Booking.objects.get(member=anna)
    assert "has seats" in text_of(owner, "admin:loyalty_booking_change", booking.pk)


def test_a_draw_is_drawn_again_to_check_it(owner: Client, anna: Member) -> None:
    result = DrawResult.objects.get()
    page = text_of(owner, "admin:loyalty_drawresult_change", result.pk)
    assert "Drawn again from the list and the seed: the same winners." in page
    assert reverse("admin:members_member_change", args=[anna.pk]) in page
    DrawResult.objects.update(winners=[{**result.winners[0], "account": "0"}])
    assert "other winners" in text_of(owner, "admin:loyalty_drawresult_change", result.pk)


def test_a_grant_is_shown_before_it_is_made_and_keeps_its_reason(owner: Client) -> None:
    facts = {"fund": "forest", "amount": "400", "to": "Naturskolan", "reason": "Plantering i maj"}
    page = owner.post(reverse(GRANT), facts)
    assert page.context["preview"] == [("the forest", "1,000 kr", "600 kr"), ("To whom", "–", "Naturskolan")]
    assert not FundEntry.objects.exists()
    owner.post(reverse(GRANT), {**facts, "confirm": page.context["token"]})
    entry = FundEntry.objects.get()
    assert (entry.amount_ore, entry.actor) == (-40000, "owner@shop.example")
    assert (entry.because["to"], entry.because["reason"]) == ("Naturskolan", "Plantering i maj")
    assert "Granted to Naturskolan: Plantering i maj" in text_of(
        owner, "admin:loyalty_fundentry_change", entry.pk
    )


def test_a_grant_beyond_what_the_fund_holds_is_refused_with_what_it_holds(owner: Client) -> None:
    facts = {"fund": "forest", "amount": "1001", "to": "Naturskolan", "reason": "Plantering"}
    page = owner.post(reverse(GRANT), facts)
    answer = owner.post(reverse(GRANT), {**facts, "confirm": page.context["token"]})
    assert answer.status_code == 422
    assert "The fund holds 1,000 kr." in answer.content.decode()
    assert not FundEntry.objects.exists()


def test_only_who_may_grant_can(db: None) -> None:
    reader = seed.make_staff()
    reader.user_permissions.set(Permission.objects.filter(codename="view_fundentry"))
    client = browser(reader)
    page = client.get(reverse("admin:loyalty_fundentry_changelist"))
    assert (page.status_code, reverse(GRANT) in page.content.decode()) == (200, False)
    assert client.get(reverse(GRANT)).status_code == 403
    assert client.post(reverse(GRANT), {"fund": "forest"}).status_code == 403
    reader.user_permissions.set(Permission.objects.filter(codename__in=["view_fundentry", "add_fundentry"]))
    client = browser(type(reader).objects.get(pk=reader.pk))
    assert reverse(GRANT) in client.get(reverse("admin:loyalty_fundentry_changelist")).content.decode()
    assert client.get(reverse(GRANT)).status_code == 200
