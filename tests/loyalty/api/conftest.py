"""Every test here talks HTTP to the club, as a shop does."""

from collections.abc import Iterator

import pytest
from rest_framework.test import APIClient

from loyalty.queries import forget_programmes
from tests.loyalty.api import make


@pytest.fixture(autouse=True)
def _no_programme_of_other_tests() -> Iterator[None]:
    forget_programmes()
    yield
    forget_programmes()


@pytest.fixture
def shop(db: None) -> APIClient:
    """The webshop: its key may do everything that this floor offers."""
    return make.client()
