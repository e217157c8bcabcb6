from datetime import datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from loyalty.queries import forget_programmes
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


def questions(client: Client, page: str) -> int:
    """How many queries the page takes in a process that knows no programme yet."""
    forget_programmes()
    with CaptureQueriesContext(connection) as asked:
        assert client.get(page).status_code == 200
    return len(asked)
