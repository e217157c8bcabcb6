"""The main job from end to end: two years of one member, told through the API at their own dates."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from rest_framework.test import APIClient

from loyalty import actions
from members.models import Member
from tests.loyalty.api import make

STOCKHOLM = ZoneInfo("Europe/Stockholm")
NOON = timedelta(hours=12)


class Club:
    """The days of the club: what the shop calls, and what the night sweeps."""

    def __init__(self, shop: APIClient, member: Member, clock: time_machine.Traveller) -> None:
        self.shop, self.member, self.clock = shop, member, clock

    def travel(self, day: str) -> str:
        at = datetime.fromisoformat(day).replace(tzinfo=STOCKHOLM) + NOON
        self.clock.move_to(at)
        actions.run_due(at=at, now=at)
        return at.isoformat()

    def buy(self, day: str, *lines: dict[str, Any], **facts: Any) -> dict[str, Any]:
        order = make.order(f"order-{day}", self.travel(day), *lines, **facts)
        answer = self.shop.post(
            "/api/v1/orders/", order | {"member": {"number": self.member.number}}, format="json"
        )
        assert answer.status_code == 201, answer.content
        return dict(answer.json())

    def give_back(self, day: str, order: dict[str, Any], **facts: Any) -> dict[str, Any]:
        body = {"number": f"return-{day}", "returned_at": self.travel(day)} | facts
        answer = self.shop.post(f"/api/v1/orders/{order['id']}/returns/", body, format="json")
        assert answer.status_code == 201, answer.content
        return dict(answer.json())

    def points(self, **asked: str) -> int:
        answer = self.shop.get(f"/api/v1/members/{self.member.number}/points/", asked)
        assert answer.status_code == 200, answer.content
        [points] = answer.json()["points"]
        assert points["balance"] == points["available"] + points["pending"] - points["debt"]
        return int(points["balance"])

    def vouchers(self, **asked: str) -> list[dict[str, Any]]:
        answer = self.shop.get(f"/api/v1/members/{self.member.number}/vouchers/", asked)
        assert answer.status_code == 200, answer.content
        return list(answer.json()["results"])


@pytest.fixture
def club(db: None) -> Iterator[Club]:
    with time_machine.travel(datetime(2025, 1, 2, tzinfo=UTC), tick=False) as clock:
        make.programme(make.QUARTERLY)
        yield Club(make.client(), make.member(now=datetime(2025, 1, 2, tzinfo=UTC)), clock)


def earned(answer: dict[str, Any]) -> int:
    return sum(one["amount"] for one in answer["earned"])


def first_quarter(club: Club) -> dict[str, Any]:
    """1,250 kr; 900 kr with a gift card of 200 in it; 1,500 kr with a ticket of 150 in it."""
    assert earned(club.buy("2025-01-12", make.line(1250))) == 1250
    gift_card = make.line(200, "gift", flags=["gift_card"])
    second = club.buy("2025-02-02", make.line(500, "coat"), make.line(200, "scarf"), gift_card)
    assert earned(second) == 700
    ticket = make.line(150, "ticket", flags=["event_ticket"])
    assert earned(club.buy("2025-03-15", make.line(1350), ticket)) == 1350
    return second


def second_and_third_quarter(club: Club, order_of_february: dict[str, Any]) -> None:
    club.buy("2025-04-10", make.line(1600))
    assert club.points() == 1900
    taken = club.give_back("2025-05-05", order_of_february, lines=[{"line": "scarf", "quantity": 1}])
    assert [one["amount"] for one in taken["taken_back"]] == [200]
    club.travel("2025-07-01")
    assert len(club.vouchers()) == 1
    assert club.points() == 1700
    club.buy("2025-07-08", make.line(400))


def test_e1_points_of_a_quarter_become_a_check(club: Club) -> None:
    first_quarter(club)
    assert club.points() == 3300
    club.travel("2025-04-01")
    [check] = club.vouchers()
    assert (check["value_ore"], check["last_day"], check["state"]) == (15000, "2025-09-30", "issued")
    assert check["because"]["sentence"] == "3,000 points became a check of 150 kr."
    assert club.points() == 300
    assert club.points(at="2025-03-31T12:00:00+02:00") == 3300
    assert club.points(at="2025-02-10T12:00:00+01:00") == 1950


def test_e2_a_return_comes_before_the_next_check_and_a_check_is_used_up_on_one_purchase(club: Club) -> None:
    second_and_third_quarter(club, first_quarter(club))
    assert club.points() == 2100
    [check] = club.vouchers(usable="true")
    paid = club.buy("2025-09-10", make.line(120), vouchers=[check["code"]])
    assert (paid["paid_ore"], paid["voucher_ore"], earned(paid)) == (0, 12000, 0)
    [used] = paid["used"]
    assert (used["state"], used["used_ore"], used["redeemed_for"]) == (
        "redeemed",
        12000,
        "web:order-2025-09-10",
    )
    assert club.vouchers(usable="true") == []
    club.travel("2025-10-01")
    [new] = club.vouchers(usable="true")
    assert (new["value_ore"], club.points()) == (10000, 100)


def test_e3_a_returned_purchase_takes_its_points_and_does_not_give_the_check_back(club: Club) -> None:
    second_and_third_quarter(club, first_quarter(club))
    [check] = club.vouchers(usable="true")
    club.buy("2025-09-10", make.line(120), vouchers=[check["code"]])
    club.travel("2025-10-01")
    [check] = club.vouchers(usable="true")
    bought = club.buy("2025-10-05", make.line(600), vouchers=[check["code"]])
    assert (bought["paid_ore"], earned(bought), club.points()) == (50000, 500, 600)
    back = club.give_back("2025-10-12", bought)
    assert (back["amount_ore"], back["is_parked"], club.points()) == (50000, False, 100)
    assert club.vouchers(usable="true") == []


def test_e4_two_silent_years_end_the_membership(club: Club) -> None:
    club.buy("2025-10-05", make.line(600))
    club.travel("2027-10-05")
    assert club.points() == 600
    club.travel("2027-10-20")
    assert club.points() == 0
    club.member.refresh_from_db()
    assert club.member.state == "closed"


def test_every_line_of_the_ledger_says_why_and_they_add_up_to_the_balance(club: Club) -> None:
    second_and_third_quarter(club, first_quarter(club))
    answer = club.shop.get(f"/api/v1/members/{club.member.number}/entries/").json()
    rows = answer["results"]
    assert [row["amount"] for row in rows] == [400, -200, 1600, -3000, 1350, 700, 1250]
    assert sum(row["amount"] for row in rows) == club.points()
    assert all(row["because"]["sentence"] for row in rows)
    assert rows[-1]["because"] == {
        "key": "earned",
        "sentence": "1,250 points for 1,250 kr.",
        "facts": {"rule": "purchases", "base": 125000, "of": "paid", "amount": 1250, "meter": "points"},
    }
