"""A purchase without a member finds its member: by what stands on the receipt, in time, and by who may."""

from collections.abc import Iterator
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.messages import get_messages
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from loyalty.models import Balance
from loyalty.queries import forget_programmes
from members.models import Activity, Member, Order
from tests.console import seed
from tests.console.conftest import browser, owner
from tests.loyalty.api import make
from tests.loyalty.test_pages import logged_in
from tests.make import make_member

__all__ = ["owner"]

pytestmark = pytest.mark.django_db

NOW = datetime(2025, 5, 2, 12, tzinfo=UTC)
RECEIPT = {"number": "77", "bought_on": "2025-05-01", "paid": "249.50"}


@pytest.fixture(autouse=True)
def _may_2025() -> Iterator[None]:
    forget_programmes()
    cache.clear()
    with time_machine.travel(NOW, tick=False):
        yield
    forget_programmes()


def club(**late_claims: Any) -> Member:
    """Where a purchase can be registered afterwards as told; and a member of it."""
    document = deepcopy(make.AT_ONCE)
    if late_claims:
        document["audience"] = {"late_claims": late_claims}
    make.programme(document)
    return make_member("Alice", joined_at=NOW - timedelta(days=100))


def bought(ore: int = 24_950, *, days_ago: int = 1, number: str = "77") -> None:
    shop = make.client()
    at = (NOW - timedelta(days=days_ago)).isoformat()
    told = make.order(number, at, {"ref": "1", "quantity": 1, "gross_ore": ore})
    assert shop.post("/api/v1/orders/", told, format="json").status_code == 201


def register(client: Client, **facts: str) -> Any:
    return client.post(reverse("register_receipt"), RECEIPT | facts)


def test_a_member_registers_a_purchase_by_what_stands_on_the_receipt() -> None:
    alice = club(days=30, by=["member"])
    bought()
    client = logged_in(alice)
    assert reverse("register_receipt") in client.get(reverse("my_page")).content.decode()
    assert "for 30 days after the purchase" in client.get(reverse("register_receipt")).content.decode()
    answer = register(client)
    assert (answer.status_code, answer["Location"]) == (302, reverse("my_page"))
    assert [str(one) for one in get_messages(answer.wsgi_request)] == [
        "The purchase is yours now: 249 points."
    ]
    assert Balance.objects.get(account=alice.account, meter="points").amount == 249
    assert Activity.objects.get(kind="order.claimed").facts["by"] == "member"


@pytest.mark.parametrize("wrong", [{"number": "78"}, {"bought_on": "2025-04-30"}, {"paid": "249.51"}])
def test_a_receipt_is_found_by_all_three_together_or_not_at_all(wrong: dict[str, str]) -> None:
    alice = club(days=30, by=["member"])
    bought()
    answer = register(logged_in(alice), **wrong)
    assert answer.status_code == 422
    assert "We find no such purchase." in answer.content.decode()
    assert Order.objects.get().member is None


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"bought_on": "2025-05-03"}, "This day has not come yet."),
        ({"paid": "much"}, "Enter a number."),
        ({"paid": "1e99"}, "Ensure that there are no more than"),
        ({"number": "\0"}, "Null characters are not allowed."),
    ],
)
def test_what_no_receipt_says_is_asked_for_again(wrong: dict[str, str], told: str) -> None:
    answer = register(logged_in(club(days=30, by=["member"])), **wrong)
    assert answer.status_code == 422
    assert told in answer.content.decode()


def test_a_purchase_is_registered_within_its_days_and_by_one_member() -> None:
    alice = club(days=3, by=["member", "staff"])
    bought(days_ago=4, number="old")
    bought(days_ago=3, number="new")
    client = logged_in(alice)
    late = register(client, number="old", bought_on="2025-04-28").content.decode()
    assert "at most 3 days later" in late
    assert register(client, number="new", bought_on="2025-04-29").status_code == 302
    bo = make_member("Bo", joined_at=NOW - timedelta(days=100))
    taken = register(logged_in(bo), number="new", bought_on="2025-04-29").content.decode()
    assert "This purchase is registered already." in taken
    assert [one.member for one in Order.objects.order_by("placed_at")] == [None, alice]


@pytest.mark.parametrize("late_claims", [{}, {"days": 30}, {"days": 30, "by": ["staff"]}])
def test_members_register_nothing_where_it_is_for_staff(late_claims: dict[str, Any]) -> None:
    alice = club(**late_claims)
    bought()
    client = logged_in(alice)
    assert reverse("register_receipt") not in client.get(reverse("my_page")).content.decode()
    assert register(client).status_code == 404
    path = f"/api/v1/orders/{Order.objects.get().pk}/claim/"
    asked = {"member": {"number": alice.number}}
    told = make.client().post(path, asked | {"by": "member"}, format="json")
    assert (told.status_code, told.json()["type"]) == (422, "/problems/claimed_by_staff_only")
    assert make.client().post(path, asked, format="json").status_code == 200


def test_nobody_without_a_membership_registers_anything() -> None:
    club(days=30, by=["member"])
    bought()
    assert register(Client()).status_code == 302
    assert register(browser(seed.make_staff())).status_code == 403
    assert Order.objects.get().member is None


def test_who_guesses_receipts_is_stopped() -> None:
    client = logged_in(club(days=30, by=["member"]))
    answers = [register(client, number=str(guess)).status_code for guess in range(22)]
    assert answers == [422] * 20 + [429] * 2


def test_staff_register_a_purchase_after_a_preview(owner: Client) -> None:
    alice = club(days=30)
    bought()
    page = reverse("admin:loyalty_entry_register", args=[alice.account_id])
    facts = {"number": "77", "bought_on": "2025-05-01"}
    seen = owner.post(page, facts)
    assert [after for _what, _before, after in seen.context["preview"]] == [str(alice)]
    assert Order.objects.get().member is None
    done = owner.post(page, {**facts, "confirm": seen.context["token"]})
    assert [str(one) for one in get_messages(done.wsgi_request)] == [
        f"{alice} has the purchase now: 249 points."
    ]
    told = Activity.objects.get(kind="order.claimed").facts
    assert (told["by"], told["actor"]) == ("staff", "owner@shop.example")
    wrong = owner.post(page, {**facts, "number": "78"})
    assert wrong.status_code == 422
    assert "There is no such purchase on that day." in wrong.content.decode()


def test_staff_are_told_when_a_receipt_is_too_old(owner: Client) -> None:
    alice = club(days=0)
    bought()
    page = reverse("admin:loyalty_entry_register", args=[alice.account_id])
    facts = {"number": "77", "bought_on": "2025-05-01"}
    token = owner.post(page, facts).context["token"]
    assert "this one is older" in owner.post(page, {**facts, "confirm": token}).content.decode()
    assert Order.objects.get().member is None


def test_staff_who_may_only_look_register_nothing() -> None:
    alice = club(days=30)
    bought()
    page = reverse("admin:loyalty_entry_register", args=[alice.account_id])
    assert browser(seed.make_staff()).get(page).status_code == 403
