"""The benchmarks measure; this only holds them to still run."""

import json

import pytest
from django.core.management import call_command
from django.db import connection

from loyalty.models import Standing
from members.models import Order, OrderLine
from tests.benchmarks import asking, engine, segments, trial
from tests.benchmarks.club import SQL
from tests.benchmarks.filling import fill
from tests.benchmarks.orders import LINES
from tests.benchmarks.table import of_pairs, written


def test_the_engine_s_benchmark_fills_its_table() -> None:
    rows = engine.run(orders=60, orders_of_preset=20)
    assert [row.what.partition(" (")[0] for row in rows] == [
        "place_order, 3 lines, quarterly readings in between",
        "effects of an order, on average",
        "the slowest of the 16 presets",
    ]
    assert all(row.what in written("engine", rows) for row in rows)


def test_the_trial_s_benchmark_replays_a_year() -> None:
    [row] = trial.replayed(orders=60)
    assert row.what == "replay under one programme, 3 lines"


def test_a_ratio_is_the_median_of_its_pairs() -> None:
    assert of_pairs([50, 80, 30], [100, 100, 100]) == "0.50 [0.30-0.80]"


@pytest.mark.services
@pytest.mark.django_db(reset_sequences=True, transaction=True)
def test_the_floors_write_the_tables_as_they_are() -> None:
    call_command("programme", "import", "duvan", "--name", "Duvan")
    with connection.cursor() as cursor:
        cursor.execute((SQL / "members.sql").read_text().format(members=4))
        cursor.execute((SQL / "orders.sql").read_text().format(members=4, orders=7, favourites=1))
        cursor.execute((SQL / "floor.sql").read_text().format())
        order = (SQL / "record_order.sql").read_text().replace("%", "%%")
        for name in ("lines", "member", "number"):
            order = order.replace(f":{name}", f"%({name})s")
        cursor.execute(order, {"lines": json.dumps(LINES), "member": 2, "number": "floor"})
    assert Order.objects.count() == 8
    assert OrderLine.objects.filter(order__number="floor").count() == len(LINES)
    assert sorted(Standing.objects.values_list("sequence", flat=True)) == [1, 1, 2, 4]


@pytest.mark.services
@pytest.mark.django_db(reset_sequences=True, transaction=True)
def test_the_questions_by_hand_find_whom_the_club_finds() -> None:
    """Each way of asking is tried once; one that found others would end the program."""
    with connection.cursor() as cursor:
        cursor.execute((SQL / "members.sql").read_text().format(members=4000))
    kept = indexes()
    fill(database_url(), (SQL / "segments.sql").read_text().format(members=4000))
    assert indexes() == kept
    told = asking.told(pairs=1)
    found = {name: one["members"] for name, one in zip(segments.NAMES, told["profiles"], strict=True)}
    assert all(found.values()), found
    rows = segments.rows_of(told, told)
    assert [row.ratio for row in rows if "growth" in row.what] == [""] * 15
    assert sum("on totals" in row.what for row in rows) == 8


def database_url() -> str:
    server = connection.settings_dict
    return f"postgres://{server['USER']}@{server['HOST']}:{server['PORT']}/{server['NAME']}"


def indexes() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexname FROM pg_indexes WHERE schemaname = 'public' ORDER BY indexname")
        return [name for (name,) in cursor.fetchall()]
