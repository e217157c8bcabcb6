"""The last one of a reward, wanted by many at the same moment, on a database where they really can. The twin without
its lock must sell more than there are: else the race would prove nothing."""

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection

from loyalty import actions
from loyalty.models import Voucher
from loyalty.queries import stock
from members.actions import NewUse, UnableTo
from members.models import Member
from tests.loyalty.api import make

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]

MEMBERS, THERE_ARE = 12, 3
NOW = datetime(2025, 5, 2, 12, tzinfo=UTC)
PROGRAMME = deepcopy(make.QUARTERLY) | {
    "programme": "stocked",
    "conversions": [],
    "rewards": [
        {"key": "bag", "name": "väska", "kind": "product", "stock": {"count": THERE_ARE}},
        {
            "key": "mug",
            "name": "mugg",
            "kind": "product",
            "stock": {"count": THERE_ARE},
            "claim": {"kind": "days", "count": 30},
        },
    ],
    "menus": [
        {
            "key": "shelf",
            "name": "hyllan",
            "meter": "points",
            "options": [
                {"key": "bag", "points": 10, "reward": "bag"},
                {"key": "mug", "points": 10, "reward": "mug"},
            ],
        }
    ],
}


@pytest.fixture
def wanting() -> list[Member]:
    """Members with enough points, each with an account of their own."""
    make.programme(PROGRAMME)
    found = [make.member(f"member{number}") for number in range(MEMBERS)]
    for member in found:
        actions.adjust_points(
            account=member.account, meter="points", amount=100, reason="test", now=NOW, actor="test"
        )
    return found


def at_once(members: list[Member], do: Callable[[Member], Any]) -> Counter[str]:
    """What came of it for each, all at the same moment and each with a connection of their own."""
    gate = threading.Barrier(len(members))

    def run(member: Member) -> str:
        try:
            connection.ensure_connection()
            gate.wait()
            do(member)
        except UnableTo as error:
            return error.key
        finally:
            connection.close()
        return "got it"

    with ThreadPoolExecutor(len(members)) as pool:
        return Counter(pool.map(run, members))


def choose(option: str) -> Callable[[Member], Any]:
    use = NewUse(menu="shelf", option=option)
    return lambda member: actions.use_points(member=member, use=use, now=NOW, actor="test")


def claim(member: Member) -> None:
    code = Voucher.objects.get(account=member.account_id).code
    actions.claim_voucher(code=code, now=NOW, actor="test")


def taken(reward: str) -> int:
    return Voucher.objects.filter(reward=reward, state="issued").count()


def test_no_more_are_given_than_there_are(wanting: list[Member]) -> None:
    assert at_once(wanting, choose("bag")) == {"got it": THERE_ARE, "out_of_stock": MEMBERS - THERE_ARE}
    assert taken("bag") == THERE_ARE


def test_what_must_be_claimed_is_taken_when_it_is_claimed(wanting: list[Member]) -> None:
    assert at_once(wanting, choose("mug")) == {"got it": MEMBERS}
    assert taken("mug") == 0
    assert at_once(wanting, claim) == {"got it": THERE_ARE, "out_of_stock": MEMBERS - THERE_ARE}
    assert taken("mug") == THERE_ARE


def test_twin_without_the_lock_gives_more_than_there_are(
    wanting: list[Member], monkeypatch: pytest.MonkeyPatch
) -> None:
    all_are_there, find = threading.Barrier(MEMBERS), stock.counted

    def unlocked(rewards: list[str]) -> dict[str, int]:
        found = find(rewards)
        all_are_there.wait()
        return found

    monkeypatch.setattr(stock, "lock_shelf", lambda versions: None)
    monkeypatch.setattr(stock, "counted", unlocked)
    assert at_once(wanting, choose("bag")) == {"got it": MEMBERS}
    assert taken("bag") > THERE_ARE
