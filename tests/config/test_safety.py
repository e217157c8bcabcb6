from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.safety import PUBLISHED_SECRET_KEY, refuse_unsafe_start
from tests.config.programs import STRONG_KEY, python

if TYPE_CHECKING:
    from subprocess import CompletedProcess

SAFE: dict[str, Any] = {
    "environment": "production",
    "secret_key": STRONG_KEY,
    "debug": False,
    "allowed_hosts": ["klubb.shop.se"],
    "secure": True,
}


def test_a_safe_production_starts() -> None:
    ran = started(
        STAMKUND_ENV="production",
        SECRET_KEY=STRONG_KEY,
        ALLOWED_HOSTS="klubb.shop.se",
        DATABASE_URL="postgres://postgres@127.0.0.1:5432/stamkund",
        REDIS_URL="redis://127.0.0.1:6379/0",
    )
    assert (ran.stdout.split(), ran.returncode) == (["production", "False", "True", "True"], 0), ran.stderr


def started(**settings: str) -> "CompletedProcess[str]":
    """The settings loaded in a process of their own, which then tells what came of them."""
    return python(
        "-c",
        "from config import settings as s; print(s.ENVIRONMENT, s.DEBUG, s.HTTPS_ONLY, s.SESSION_COOKIE_SECURE)",
        settings=settings,
    )


@pytest.mark.parametrize(
    ("but", "says"),
    [
        ({"secret_key": ""}, "SECRET_KEY is missing or known to everybody"),
        ({"secret_key": PUBLISHED_SECRET_KEY}, "SECRET_KEY is missing or known to everybody"),
        ({"secret_key": f"django-insecure-{STRONG_KEY}"}, "SECRET_KEY is missing or known to everybody"),
        ({"secret_key": STRONG_KEY[:49]}, "SECRET_KEY is too easy to guess"),
        ({"secret_key": "abc" * 30}, "SECRET_KEY is too easy to guess"),
        ({"debug": True}, "Set DEBUG=false"),
        ({"allowed_hosts": []}, "Set ALLOWED_HOSTS"),
        ({"allowed_hosts": ["klubb.shop.se", "*"]}, "List the club's own names"),
        ({"secure": False}, "set HTTPS_ONLY=true"),
        ({"environment": "prod"}, "Set it to one of: production, demo, development, test"),
    ],
)
def test_an_unsafe_production_is_refused_with_what_to_do(but: dict[str, Any], says: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=says):
        refuse_unsafe_start(**{**SAFE, **but})


@pytest.mark.parametrize("environment", ["development", "demo", "test"])
def test_this_machine_alone_may_use_the_published_key(environment: str) -> None:
    ran = started(
        STAMKUND_ENV=environment,
        SECRET_KEY=PUBLISHED_SECRET_KEY,
        DEBUG="true",
        ALLOWED_HOSTS="localhost,127.0.0.1",
        HTTPS_ONLY="false",
    )
    assert (ran.stdout.split(), ran.returncode) == ([environment, "True", "False", "False"], 0), ran.stderr


@pytest.mark.parametrize("but", [{"secret_key": PUBLISHED_SECRET_KEY}, {"debug": True}])
def test_a_development_that_others_can_reach_is_held_to_the_same_rules(but: dict[str, Any]) -> None:
    reachable = {**SAFE, "environment": "development", "allowed_hosts": ["192.168.1.20"], "secure": False}
    refuse_unsafe_start(**reachable)
    with pytest.raises(ImproperlyConfigured):
        refuse_unsafe_start(**{**reachable, **but})


def test_the_settings_refuse_a_production_without_a_key() -> None:
    ran = python("manage.py", "check", settings={"STAMKUND_ENV": "production"})
    assert ran.returncode == 1
    assert "SECRET_KEY is missing or known to everybody. Make one with:" in ran.stderr


def test_the_settings_are_production_only_when_told_so() -> None:
    assert started().stdout.split() == ["development", "False", "False", "False"]
