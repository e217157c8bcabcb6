from datetime import datetime

import pytest
from django.test import Client
from django.utils import timezone

from members.models import Member
from tests.console import seed


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def club(db: None, now: datetime) -> list[Member]:
    """The members of a small club with something of everything, newest last."""
    return seed.build(now)


@pytest.fixture
def owner(db: None) -> Client:
    """A browser of somebody who may do everything."""
    return browser(seed.make_staff("owner@shop.example", is_superuser=True))


def browser(user: object, language: str = "en") -> Client:
    client = Client(headers={"accept-language": language})
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")  # type: ignore[arg-type]
    return client
