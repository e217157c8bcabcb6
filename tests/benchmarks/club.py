"""A club to be measured: its own database, Duvan's programme, members, and as many orders as asked."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg

from tests.config.programs import STRONG_KEY, manage

# This machine's own, as in .ci/run: a benchmark drops the databases it makes.
SERVER = os.environ.get("BENCHMARK_SERVER", "postgres://postgres@127.0.0.1:5432")
NAME = "stamkund_benchmark"
SQL = Path(__file__).parent / "sql"


class BenchmarkFailed(Exception):
    """A program that a benchmark needs is not there, or did not do its part."""


def program(name: str, package: str) -> str:
    """Where it is installed. Raises ``BenchmarkFailed``."""
    path = shutil.which(name)
    if path is None:
        raise BenchmarkFailed(f"There is no {name} here. On Debian and Ubuntu: apt install {package}")
    return path


@dataclass(frozen=True, slots=True)
class Club:
    """``settings`` are those of production, behind a proxy that speaks HTTPS."""

    settings: dict[str, str]
    members: int
    api_key: str = ""
    preset: str = "duvan"

    @property
    def database_url(self) -> str:
        return self.settings["DATABASE_URL"]

    def manage(self, *arguments: str) -> str:
        """What the command tells. Raises ``BenchmarkFailed``."""
        done = manage(*arguments, settings=self.settings)
        if done.returncode:
            raise BenchmarkFailed(f"{' '.join(arguments)}: {done.stdout}{done.stderr}")
        return done.stdout

    def execute(self, file: str, **values: int) -> None:
        """Run a script of ``sql/``; {names} in it stand for ``values``."""
        with psycopg.connect(self.database_url, autocommit=True) as connection:
            connection.execute((SQL / file).read_text().format(**values).encode())

    def prove_laws(self) -> None:
        """Raise ``BenchmarkFailed`` when what was written breaks a law of the ledger."""
        self.manage("check_ledger")


def settings_in(folder: Path, database_url: str) -> dict[str, str]:
    (folder / "static").mkdir()
    return {
        "STAMKUND_ENV": "production",
        "STAMKUND_VAR": str(folder),
        "SECRET_KEY": STRONG_KEY,
        "ALLOWED_HOSTS": "127.0.0.1",
        "TRUSTED_PROXY_COUNT": "1",
        "LOG_LEVEL": "WARNING",
        "DATABASE_URL": database_url,
        "CELERY_BROKER_URL": os.environ.get("CELERY_BROKER_URL", ""),
    }


@contextmanager
def new_database(name: str) -> Iterator[str]:
    """An empty database on ``SERVER``, dropped afterwards; what a broken-off run left is dropped first."""
    drop = f"DROP DATABASE IF EXISTS {name} WITH (FORCE)".encode()
    with server_connection() as server:
        server.execute(drop)
        server.execute(f"CREATE DATABASE {name}".encode())
        try:
            yield f"{SERVER}/{name}"
        finally:
            server.execute(drop)


def server_connection() -> "psycopg.Connection[tuple[Any, ...]]":
    try:
        return psycopg.connect(f"{SERVER}/postgres", autocommit=True)
    except psycopg.OperationalError as error:
        raise BenchmarkFailed(f"PostgreSQL is needed at {SERVER}, without a password: {error}") from error


@contextmanager
def new_club(
    *,
    members: int,
    orders: int = 0,
    favourites: int | None = None,
    preset: str = "duvan",
    suffix: str = "",
) -> Iterator[Club]:
    """A club on PostgreSQL; its ``orders`` have earned what they should.

    Everybody has one; the others are spread evenly over the first ``favourites`` of its ``members``, or over all.
    """
    with TemporaryDirectory() as folder, new_database(NAME + suffix) as database_url:
        club = Club(settings_in(Path(folder), database_url), members)
        club.manage("migrate", "--verbosity", "0")
        club.manage("programme", "import", preset, "--name", preset)
        club.manage("programme", "publish", preset, "--from", "2024-01-01")
        api_key = club.manage(
            "create_api_key", "Benchmark", "--scopes", "orders,goods,read", "--source", "web"
        ).strip()
        club.execute("members.sql", members=members)
        if orders:
            club.execute("orders.sql", members=members, orders=orders, favourites=favourites or members)
        club.execute("floor.sql")
        yield Club(club.settings, members, api_key, preset)
