"""What only holds on the real services, and that the run which claims to use them does."""

import pytest
from django.core.cache import caches
from django.core.cache.backends.redis import RedisCache
from django.db import connection

pytestmark = pytest.mark.services


@pytest.mark.django_db
def test_this_run_is_on_postgresql() -> None:
    assert connection.vendor == "postgresql"


def test_this_run_is_on_redis() -> None:
    cache = caches["default"]
    assert isinstance(cache, RedisCache)
    cache.set("number", 7)
    assert cache.incr("number") == 8
