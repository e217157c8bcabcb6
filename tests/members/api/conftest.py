import pytest
from rest_framework.test import APIClient

from members.models import ApiKey
from tests.make import make_api_key


@pytest.fixture
def key(db: None) -> tuple[ApiKey, str]:
    return make_api_key()


@pytest.fixture
def shop(key: tuple[ApiKey, str]) -> APIClient:
    """Calls with a key to everything."""
    return calling_with(key[1])


def calling_with(key: str) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {key}", HTTP_ACCEPT_LANGUAGE="en")
    return client
