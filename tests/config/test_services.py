"""What only holds on the real services, and that the run which claims to use them does."""

from collections.abc import Iterator
from typing import Any, cast

import psycopg
import pytest
from django.core.cache import caches
from django.core.cache.backends.redis import RedisCache
from django.db import connection, connections

from config.postgresql.base import DatabaseWrapper

pytestmark = pytest.mark.services


@pytest.mark.django_db
def test_this_run_is_on_postgresql() -> None:
    assert connection.vendor == "postgresql"


@pytest.fixture
def kept() -> Iterator[DatabaseWrapper]:
    """A connection that an earlier request has left open, before it is used again."""
    wrapper = cast("DatabaseWrapper", connections["default"])
    wrapper.close()
    with wrapper.cursor() as cursor:
        cursor.execute("SELECT 42")
    wrapper.health_check_enabled, wrapper.health_check_done = True, False
    yield wrapper
    wrapper.close()


def told_by_another(kept: DatabaseWrapper, statement: str) -> Any:
    """What the server says of the connection, asked with its process id."""
    named = ("HOST", "host"), ("PORT", "port"), ("USER", "user"), ("PASSWORD", "password"), ("NAME", "dbname")
    options = {name: kept.settings_dict[setting] for setting, name in named}
    with psycopg.connect(**options, autocommit=True) as other:
        row = other.execute(statement.encode(), [kept.connection.info.backend_pid]).fetchone()
    return row and row[0]


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_is_silent_is_not_asked_whether_it_lives(kept: DatabaseWrapper) -> None:
    kept.close_if_health_check_failed()
    assert told_by_another(kept, "SELECT query FROM pg_stat_activity WHERE pid = %s") == "SELECT 42"
    assert kept.health_check_done


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_the_server_has_ended_is_opened_anew(kept: DatabaseWrapper) -> None:
    ended = kept.connection
    assert told_by_another(kept, "SELECT pg_terminate_backend(%s, 5000)")
    with kept.cursor() as cursor:
        cursor.execute("SELECT 42")
    assert kept.connection is not ended


def test_this_run_is_on_redis() -> None:
    cache = caches["default"]
    assert isinstance(cache, RedisCache)
    cache.set("number", 7)
    assert cache.incr("number") == 8
