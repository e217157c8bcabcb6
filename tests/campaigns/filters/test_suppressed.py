from typing import Any

import pytest
from pytest_django import Settings

from campaigns import actions
from tests.campaigns import make
from tests.segments.make import meant

pytestmark = pytest.mark.django_db
SUPPRESSED: dict[str, Any] = {"field": "suppressed", "op": "eq"}


def suppress(address: str, reason: str = "hard_bounce") -> None:
    actions.suppress_address(address=address, reason=reason, actor="test", now=make.NOW)


def test_whose_address_is_suppressed_is_found_by_its_digest_and_why() -> None:
    for name in ("anna", "bo", "åsa", "dan"):
        make.member(name)
    suppress(" Anna@Post.example ")
    suppress("åsa@post.example", "complaint")
    suppress("nobody@post.example")
    assert meant({**SUPPRESSED, "value": True}, make.NOW) == ["Anna", "Åsa"]
    assert meant({**SUPPRESSED, "value": False}, make.NOW) == ["Bo", "Dan"]
    assert meant({**SUPPRESSED, "with": {"reason": "complaint"}, "value": True}, make.NOW) == ["Åsa"]
    assert meant({"not": {**SUPPRESSED, "with": {"reason": "complaint"}, "value": True}}, make.NOW) == [
        "Anna", "Bo", "Dan",
    ]  # fmt: skip


def test_an_address_suppressed_under_an_older_key_is_still_found(settings: Settings) -> None:
    make.member("anna")
    make.member("bo")
    suppress("anna@post.example")
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "a new and quite long key that nobody has seen before, of fifty letters or more"
    suppress("bo@post.example")
    assert meant({**SUPPRESSED, "value": True}, make.NOW) == ["Anna", "Bo"]


def test_an_address_is_not_yet_suppressed_before_it_was() -> None:
    make.member("anna")
    suppress("anna@post.example")
    assert meant({**SUPPRESSED, "value": True}, make.NOW.replace(year=2024)) == []
