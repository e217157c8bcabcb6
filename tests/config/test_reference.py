"""The guide to the API: every example in it is called, and answered as it says."""

import json
import os
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from config.reference.club import open_small_club
from config.reference.examples import ANSWERS, EXAMPLES, Made, kept_of, play, written
from loyalty.queries import forget_programmes
from members.api.sentences import sentences

pytestmark = pytest.mark.django_db
# What is another one every time.
CHANCE = {
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}": "<id>",
    r"\b\d{10}\b": "<member>",
    r"\b[2-9A-HJ-NP-Z]{13}\b": "<code>",
    r"whsec_[\w+/=]+": "<secret>",
}


@pytest.fixture
def shop() -> Iterator[APIClient]:
    forget_programmes()
    with time_machine.travel("2026-02-01T12:00:00+01:00", tick=False):
        key = open_small_club(now=timezone.now())
        yield APIClient(HTTP_AUTHORIZATION=f"Bearer {key}", HTTP_ACCEPT_LANGUAGE="en")
    forget_programmes()


def made_by(shop: APIClient) -> list[Made]:
    def call(method: str, path: str, headers: Mapping[str, str], body: Any) -> tuple[int, Any]:
        do = getattr(shop, method.lower())
        answer = do(path, body, format="json", headers=headers) if body is not None else do(path)
        return answer.status_code, answer.json()

    return list(play(call))


def without_chance(told: Any, name: str = "") -> Any:
    if isinstance(told, Mapping):
        return {name: without_chance(value, name) for name, value in told.items()}
    if isinstance(told, list):
        return [without_chance(one) for one in told]
    if isinstance(told, str):
        for pattern, word in CHANCE.items():
            told = re.sub(pattern, word, told)
    return "<id>" if name == "id" else told


def is_within(told: Any, came: Any) -> bool:
    """Whether all that was written down came; more may come."""
    if isinstance(told, Mapping):
        return isinstance(came, Mapping) and all(
            name in came and is_within(value, came[name]) for name, value in told.items()
        )
    if isinstance(told, list):
        is_as_long = isinstance(came, list) and len(told) == len(came)
        return is_as_long and all(is_within(one, other) for one, other in zip(told, came, strict=True))
    return bool(told == came)


def test_every_example_is_answered_as_the_guide_says(shop: APIClient) -> None:
    """With WRITE_EXAMPLES set, what came is written down instead."""
    came = made_by(shop)
    if os.environ.get("WRITE_EXAMPLES"):
        kept = {one.example.key: kept_of(one) for one in came}
        text = re.sub(r"whsec_[\w+/=]+", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", json.dumps(kept, indent=1))
        ANSWERS.write_text(f"{text}\n")
        written.cache_clear()
    for told, made in zip(written(), came, strict=True):
        assert told.status == made.status, (made.example.key, made.answer)
        wanted, found = without_chance(told.answer), without_chance(made.answer)
        assert is_within(wanted, found), (made.example.key, wanted, found)


def test_the_examples_show_what_went_well_and_one_that_did_not(shop: APIClient) -> None:
    statuses = {one.example.key: one.status for one in made_by(shop)}
    assert {key for key, status in statuses.items() if status >= 400} == {"problem"}


def test_the_guide_is_open_to_all_and_shows_every_example_and_problem(client: Client) -> None:
    page = client.get(reverse("api_docs"))
    text = page.content.decode()
    assert page.status_code == 200
    assert all(f'id="example-{example.key}"' in text for example in EXAMPLES)
    assert all(f"/problems/{key}<" in text for key in sentences)
    assert "manage.py sandbox" in text


def test_every_call_can_be_tried_in_the_browser(client: Client) -> None:
    assert "swagger" in client.get(reverse("api_try")).content.decode()


def test_a_club_of_a_shop_has_no_button_that_empties_it(client: Client) -> None:
    assert client.post(reverse("api_sandbox_reset")).status_code == 404
    assert reverse("api_sandbox_reset") not in client.get(reverse("api_docs")).content.decode()


def test_every_call_that_the_guide_names_is_one_of_the_description(client: Client) -> None:
    told = re.findall(r"<code>(GET|POST|PATCH|PUT|DELETE) (/api/v1/[^<\s{]+)</code>", read_guide(client))
    description = client.get(reverse("api_schema"), {"format": "json"}).json()["paths"]
    known = {(method.upper(), path) for path, calls in description.items() for method in calls}
    named = [
        (method, path)
        for method, path in told
        if "?" not in path and not re.search(r"/\d|/[0-9a-f-]{36}", path)
    ]
    assert len(named) > 5
    assert {call for call in named if call not in known} == set()


def read_guide(client: Client) -> str:
    return client.get(reverse("api_docs")).content.decode()
