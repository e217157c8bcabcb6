"""One thing of a list, chosen on the member page or in the shop's own, and what there are only so many of."""

from collections.abc import Iterator
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from loyalty.models import Voucher
from members.models import Activity, Member
from tests.loyalty.api import make
from tests.loyalty.test_pages import buy, logged_in, words_of

pytestmark = pytest.mark.django_db

NOW = datetime(2025, 5, 2, 12, tzinfo=UTC)
CHOICES = [
    {"key": "mug", "name": {"sv": "mugg", "nb": "kopp", "en": "mug"}},
    {"key": "spa", "name": {"sv": "spadag", "nb": "spadag", "en": "day at the spa"}, "reward": "spa"},
    {"key": "money", "name": {"sv": "pengar", "nb": "penger", "en": "money"}, "reward": "bonus", "value": 75},
]
PROGRAMME: dict[str, Any] = deepcopy(make.QUARTERLY) | {
    "programme": "choosing",
    "conversions": [],
    "rewards": [
        *make.QUARTERLY["rewards"],
        {
            "key": "gift",
            "name": {"sv": "gåva", "nb": "gave", "en": "gift"},
            "kind": "choice",
            "choices": CHOICES,
        },
        {"key": "spa", "name": "spa", "kind": "service", "stock": {"count": 1}},
    ],
    "earning_rules": [
        *make.QUARTERLY["earning_rules"],
        {"key": "gift", "name": "gift", "reward": "gift", "rate": {"kind": "fixed", "value": 1}},
    ],
    "menus": [
        {
            "key": "shelf",
            "name": {"sv": "hyllan", "nb": "hylla", "en": "the shelf"},
            "meter": "points",
            "options": [{"key": "spa", "name": "spa", "points": 10, "reward": "spa"}],
        }
    ],
}


@pytest.fixture(autouse=True)
def _may_2025() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        make.programme(PROGRAMME)
        yield


def choose(client: Client, voucher: Voucher, choice: str) -> Any:
    return client.post(reverse("choose_benefit", args=[voucher.pk]), {"choice": choice})


def gift_of(member: Member, number: str = "1") -> Voucher:
    buy(member, 100, number)
    return Voucher.objects.get(account=member.account, kind="choice")


def test_a_member_chooses_one_thing_of_the_list(alice: Member) -> None:
    gift, client = gift_of(alice), logged_in(alice)
    assert "Choose one Mug Day at the spa 1 left Money 75 kr What you have chosen" in words_of(
        client, "my_page"
    )
    assert choose(client, gift, "money")["Location"] == reverse("my_page")
    gift.refresh_from_db()
    assert (gift.reward, gift.kind, gift.value_ore, gift.state) == ("bonus", "money_off", 7500, "issued")
    words = words_of(client, "my_page")
    assert "Your choice: bonus check." in words
    assert "Bonus check 75 kr" in words
    assert "Choose one" not in words
    assert Activity.objects.get(kind="voucher.chosen").facts["reward"] == "bonus"
    choose(client, gift, "mug")
    assert "It is chosen already" in client.get(reverse("my_page")).content.decode()
    gift.refresh_from_db()
    assert gift.reward == "bonus"


def test_what_is_gone_is_shown_and_refused(alice: Member, bob: Member) -> None:
    hers, his = gift_of(alice), gift_of(bob, "2")
    choose(logged_in(alice), hers, "spa")
    client = logged_in(bob)
    assert "Day at the spa None left" in words_of(client, "my_page")
    assert "None left" in words_of(client, "benefits")
    choose(client, his, "spa")
    assert "Somebody else got the last one." in client.get(reverse("my_page")).content.decode()
    his.refresh_from_db()
    assert his.reward == "gift"
    answer = client.post(reverse("use_points", args=["shelf", "spa"]), follow=True)
    assert "Somebody else got the last one." in answer.content.decode()


def test_nobody_chooses_for_somebody_else(alice: Member, bob: Member) -> None:
    gift = gift_of(alice)
    assert choose(logged_in(bob), gift, "mug").status_code == 404
    assert choose(Client(), gift, "mug").status_code == 302
    gift.refresh_from_db()
    assert gift.reward == "gift"


def test_a_shop_offers_the_list_and_chooses_for_its_member(alice: Member) -> None:
    gift, shop = gift_of(alice), make.client()
    path = f"/api/v1/vouchers/{gift.code}/"
    assert shop.get(path).json()["choices"] == [
        {"key": "mug", "name": "mug"},
        {"key": "spa", "name": "day at the spa"},
        {"key": "money", "name": "money"},
    ]
    wrong = shop.post(f"{path}choose/", {"choice": "boat"}, format="json")
    assert (wrong.status_code, wrong.json()["type"]) == (422, "/problems/no_such_benefit")
    chosen = shop.post(f"{path}choose/", {"choice": "mug"}, format="json").json()
    assert (chosen["reward"], chosen["name"], chosen["kind"], chosen["choices"]) == (
        "gift.mug",
        "mug",
        "service",
        [],
    )
    again = shop.post(f"{path}choose/", {"choice": "spa"}, format="json")
    assert (again.status_code, again.json()["type"]) == (422, "/problems/nothing_to_choose")
    reader = make.client("read")
    assert reader.post(f"{path}choose/", {"choice": "mug"}, format="json").status_code == 403
