from collections.abc import Iterator

import pytest
import time_machine
from django.core.cache import caches
from pytest_django import Settings
from rest_framework.test import APIClient

from tests.make import make_api_key
from tests.members.api.conftest import calling_with

pytestmark = pytest.mark.django_db
NOON = "2025-05-01T12:00:10+00:00"


@pytest.fixture(autouse=True)
def clock(settings: Settings) -> Iterator[time_machine.Traveller]:
    settings.API_CALLS_PER_MINUTE = 3
    caches["limits"].clear()
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock
    caches["limits"].clear()


def left(shop: APIClient) -> tuple[int, str]:
    answer = shop.get("/api/v1/members/")
    return answer.status_code, answer["RateLimit"]


def test_every_answer_says_how_many_calls_are_left(shop: APIClient) -> None:
    answer = shop.get("/api/v1/members/")
    assert (answer.status_code, answer["RateLimit-Policy"]) == (200, '"per-key";q=3;w=60')
    assert answer["RateLimit"] == '"per-key";r=2;t=50'
    refused = shop.post("/api/v1/members/", {}, format="json")
    assert (refused.status_code, refused["RateLimit"]) == (422, '"per-key";r=1;t=50')


def test_one_call_too_many_is_a_problem_that_says_when_to_come_back(
    shop: APIClient, clock: time_machine.Traveller
) -> None:
    assert [left(shop)[0] for _ in range(3)] == [200] * 3
    answer = shop.get("/api/v1/members/")
    assert (answer.status_code, answer["Content-Type"]) == (429, "application/problem+json")
    assert answer.json()["type"] == "/problems/throttled"
    assert (answer["Retry-After"], answer["RateLimit"]) == ("50", '"per-key";r=0;t=50')
    clock.shift(50)
    assert left(shop) == (200, '"per-key";r=2;t=60')


def test_each_key_has_calls_of_its_own(shop: APIClient) -> None:
    for _ in range(4):
        left(shop)
    _row, other = make_api_key(name="The till", source="till")
    assert left(calling_with(other)) == (200, '"per-key";r=2;t=50')


def test_a_call_without_a_key_uses_up_nobodys(shop: APIClient) -> None:
    assert "RateLimit" not in APIClient().get("/api/v1/members/").headers
    assert left(shop)[1] == '"per-key";r=2;t=50'


def test_a_limit_of_0_counts_nothing(shop: APIClient, settings: Settings) -> None:
    settings.API_CALLS_PER_MINUTE = 0
    answer = shop.get("/api/v1/members/")
    assert (answer.status_code, "RateLimit" in answer.headers) == (200, False)
