"""Imports as processes: killed in the middle, and several at once."""

import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection

from tests.config.programs import BASE_DIR, environment, manage
from tests.loyalty.till import Till

ORDERS = 3000


@pytest.fixture
def till(tmp_path: Path) -> Till:
    return Till(tmp_path)


@pytest.fixture
def club(transactional_db: None, tmp_path: Path) -> str:
    """The address of a database that other processes can open: that of the tests, or a copy of it."""
    facts = connection.settings_dict
    if connection.vendor == "postgresql":
        return (
            f"postgres://{facts['USER']}:{facts['PASSWORD']}@{facts['HOST']}:{facts['PORT']}/{facts['NAME']}"
        )
    connection.ensure_connection()
    with sqlite3.connect(tmp_path / "club.sqlite3") as copy:
        connection.connection.backup(copy)
    return f"sqlite:///{tmp_path / 'club.sqlite3'}"


def ask(club: str, question: str) -> list[tuple[Any, ...]]:
    if club.startswith("sqlite"):
        database = sqlite3.connect(club.removeprefix("sqlite:///"))
        rows = database.execute(question).fetchall()
        database.close()
        return rows
    with psycopg.connect(club) as connected:
        return connected.execute(question.encode()).fetchall()


def test_killed_in_the_middle_it_goes_on_where_it_stopped(club: str, till: Till) -> None:
    rows = [f"{number},2025-03-01,1,10,member-{number % 97},LAMP," for number in range(1, ORDERS + 1)]
    command = [
        "import_orders",
        str(till.write(*rows)),
        "--map",
        str(till.folder / "till.yaml"),
        "--batch",
        "20",
    ]
    settings = {"DATABASE_URL": club, "STAMKUND_VAR": str(till.folder)}
    with subprocess.Popen(
        [sys.executable, "manage.py", *command],
        env=environment(**settings),
        cwd=BASE_DIR,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as running:
        while running.poll() is None and not ask(club, "SELECT 1 FROM loyalty_importjob WHERE line > 60"):
            time.sleep(0.01)
        os.kill(running.pid, signal.SIGKILL)
    assert running.returncode == -signal.SIGKILL
    [(line, taken_in)] = ask(club, "SELECT line, orders FROM loyalty_importjob")
    assert 60 < line < ORDERS
    assert ask(club, "SELECT count(*) FROM members_order") == [(taken_in,)]

    rest = manage(*command, settings=settings)
    assert rest.returncode == 0, rest.stderr
    assert f"Goes on after line {line}." in rest.stderr
    assert re.search(r"New: 97 members, 3000 orders, 0 returns", rest.stdout)
    assert ask(club, "SELECT state, line, orders, known FROM loyalty_importjob") == [
        ("finished", ORDERS + 1, ORDERS, 0)
    ]
    assert ask(club, "SELECT count(*), sum(paid_ore) FROM members_order") == [(ORDERS, ORDERS * 1000)]
    assert ask(club, "SELECT count(*) FROM members_member") == [(97,)]


@pytest.mark.services
def test_two_workers_take_in_what_one_does(club: str, till: Till) -> None:
    rows = [f"{number},2025-03-01,1,10,member-{number % 97},LAMP," for number in range(1, ORDERS + 1)]
    rows += ["R1,2025-03-02,-1,10,member-1,LAMP,", "R2,2025-03-02,-1,10,nobody,LAMP,", "X,never,1,1,,LAMP,"]
    told = [
        "import_orders",
        str(till.write(*rows)),
        "--map",
        str(till.folder / "till.yaml"),
        "--rejects",
        str(till.rejects),
        "--workers",
        "2",
    ]
    settings = {"DATABASE_URL": club, "STAMKUND_VAR": str(till.folder)}
    first = manage(*told, settings=settings)
    assert first.returncode == 0, first.stderr
    assert f"New: 98 members, {ORDERS} orders, 2 returns." in first.stdout
    assert [line for line, _number, _kind, _reason in till.left_out()] == ["3003", "3004"]
    shares = ask(club, "SELECT orders, state FROM loyalty_importjob ORDER BY orders")
    assert sum(orders for orders, _state in shares) == ORDERS
    assert all(orders > ORDERS / 3 and state == "finished" for orders, state in shares)
    again = manage(*told, settings=settings)
    assert f"Known before and unchanged: {ORDERS + 2} orders and returns." in again.stdout


def test_sqlite_takes_one_worker(till: Till) -> None:
    file, column_map = till.write("1,2025-03-01,2,10,anna,LAMP,"), till.folder / "till.yaml"
    settings = {"DATABASE_URL": f"sqlite:///{till.folder / 'club.sqlite3'}", "STAMKUND_VAR": str(till.folder)}
    refused = manage(
        "import_orders", str(file), "--map", str(column_map), "--workers", "2", settings=settings
    )
    assert refused.returncode == 1
    assert "leave --workers out" in refused.stderr
