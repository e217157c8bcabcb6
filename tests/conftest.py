"""What every test may rely on.

Tests that need real commits (``django_db(transaction=True)``) are for PostgreSQL: mark them ``services``.
SQLite empties tables by DELETE between such tests, and the triggers of append-only tables refuse it.
"""

import os
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.core.cache import cache
from django.utils import translation

from loyalty.queries import forget_programmes, programmes
from members.models import Member
from tests.make import make_member


def pytest_configure() -> None:
    """Tests side by side have a Redis database each, as they have one each of PostgreSQL."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    if worker and settings.REDIS_URL:
        server, _, number = settings.REDIS_URL.rpartition("/")
        own = int(number) + 1 + int(worker.removeprefix("gw"))
        settings.CACHES["default"]["LOCATION"] = f"{server}/{own}"


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail where a test was skipped and none may be, as in .ci/run: a check not made is no check passed."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("NO_TEST_MAY_SKIP") and reporter and reporter.stats.get("skipped"):
        reporter.ensure_newline()
        reporter.write_line("A test was skipped, and here none may be.", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(autouse=True)
def _no_memory_of_other_tests(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The cache in the database is rolled back with each test; one in Redis would remember logins refused.

    A page that was asked for in another language would leave it on for the next test.
    """
    if settings.REDIS_URL:
        cache.clear()
    forget_programmes()
    # On a slow machine it would be read again in the middle of a test that counts statements.
    monkeypatch.setattr(programmes, "RECENT", 3600)
    with translation.override(settings.LANGUAGE_CODE):
        yield


@pytest.fixture
def alice(db: None) -> Member:
    """The member most tests are about."""
    return make_member("Alice", last_name="Åkesson", phone="+46701234567")


@pytest.fixture
def bob(db: None) -> Member:
    """Shares an account with Alice where a test says so; otherwise just another member."""
    return make_member("Bob")


@pytest.fixture
def carol(db: None) -> Member:
    """The stranger: nothing that happens to the others may show on her."""
    return make_member("Carol")
