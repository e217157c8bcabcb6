from collections.abc import Iterator

import pytest
from pytest_django import Settings

from campaigns import actions
from tests.campaigns.make import NOW
from tests.campaigns.sink import Sink, running_sink


@pytest.fixture
def sink(settings: Settings) -> Iterator[Sink]:
    with running_sink() as sink:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", sink.port
        settings.DEFAULT_FROM_EMAIL = "Klubben <klubben@butiken.example>"
        settings.CLUB_NAME, settings.CLUB_URL = "Klubben", "https://klubben.example"
        yield sink


@pytest.fixture
def _defaults(db: None) -> None:
    actions.ensure_default_campaigns(now=NOW)
