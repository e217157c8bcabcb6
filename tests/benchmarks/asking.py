"""Asks the seven profiles of the club that ``DATABASE_URL`` names: ``python -m tests.benchmarks.asking PAIRS``.

Prints JSON: for each profile the members found, and the milliseconds of the club and of the hand-written SQL, for
the number alone and for the whole list.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import django
from django.db import connection

from segments.engine.clock import shifted

YEAR = {"last": [365, "day"]}
ONE_ORDER = {"agg": "count", "of": "order", "op": "eq", "value": 1}
PROFILES: list[Any] = [
    {"agg": "count", "of": "order", "window": {"last": [90, "day"]}, "op": "gte", "value": 2},
    {"not": {"agg": "count", "of": "order", "op": "gte", "value": 1}},
    {
        "all": [
            {"agg": "count", "of": "order", "op": "gte", "value": 3},
            {"agg": "sum", "of": "return_line", "field": "qty", "window": {"last": [12, "month"]}, "op": "gte", "value": 2},
        ]
    },
    {"all": [{"agg": "avg", "of": "order", "field": "total", "op": "gt", "value": 80_000}, ONE_ORDER]},
    {
        "all": [
            {
                "agg": "count", "of": "web_view", "where": {"category_under": "c7"}, "window": {"last": [30, "day"]},
                "op": "gte", "value": 1,
            },
            {"not": {"agg": "count", "of": "order_line", "where": {"category_under": "c7"}, "op": "gte", "value": 1}},
        ]
    },
    {
        "all": [
            {"agg": "count_distinct", "of": "order_line", "field": "interest_area", "op": "gte", "value": 2},
            {
                "agg": "count", "of": "message.human_click", "where": {"link_group": "news"},
                "window": {"last": [90, "day"]}, "op": "gte", "value": 1,
            },
            ONE_ORDER,
        ]
    },
    {
        "all": [
            {"agg": "count", "of": "order", "window": YEAR, "op": "gte", "value": 3},
            {"agg": "sum", "of": "return_line", "field": "qty", "window": YEAR, "op": "eq", "value": 0},
            {
                "ratio": ["message.human_click", "message.delivered"], "where": {"channel": "email"}, "window": YEAR,
                "min_den": 10, "op": "gte", "value": "0.10",
            },
            {"agg": "count", "of": "survey_answer", "op": "gte", "value": 1},
            {"agg": "count", "of": "referral", "where": {"state": "qualified"}, "op": "gte", "value": 1},
        ]
    },
]  # fmt: skip


def questions() -> list[str]:
    """The hand-written SQL of each profile, in their order."""
    text = (Path(__file__).parent / "sql" / "questions.sql").read_text()
    parts = [part for part in text.split("\n-- ") if part[0].isdigit()]
    return [part.partition("\n")[2] for part in parts]


def milliseconds(ask: Callable[[], Any]) -> tuple[Any, float]:
    start = time.perf_counter()
    answer = ask()
    return answer, (time.perf_counter() - start) * 1000


def asked(definition: Any, sql: str, pairs: int) -> dict[str, Any]:
    """Raises ``SystemExit`` where the two do not find the same members."""
    from segments import queries  # noqa: PLC0415 - once Django is set up

    now = datetime.now(UTC)
    edges = {"now": now, "months_12": shifted(now, -12, "month", queries.club_zone())}
    edges |= {f"days_{days}": shifted(now, -days, "day", queries.club_zone()) for days in (30, 90, 365)}

    def ours() -> Any:
        return queries.members_of(queries.read_definition(definition), now=now)

    def by_hand(statement: str) -> list[Any]:
        with connection.cursor() as cursor:
            cursor.execute(statement, edges)
            rows: list[Any] = cursor.fetchall()
            return rows

    counting = f"SELECT count(*) FROM ({sql}) AS found"  # noqa: S608 - of our own file
    found = {pk for (pk,) in by_hand(sql)}
    listed = set(ours().values_list("pk", flat=True))
    if found != listed:
        raise SystemExit(f"{len(found ^ listed)} members differ on {json.dumps(definition)}")
    told: dict[str, Any] = {"members": len(found)}
    ways: dict[str, Callable[[], Any]] = {
        "count": lambda: ours().count(),
        "count_by_hand": lambda: by_hand(counting),
        "list": lambda: list(ours().values_list("pk", flat=True)),
        "list_by_hand": lambda: by_hand(sql),
    }
    told |= {name: [] for name in ways}
    for _ in range(pairs):
        for name, way in ways.items():
            told[name].append(milliseconds(way)[1])
    return told


def main(pairs: int) -> None:
    json.dump([asked(*one, pairs) for one in zip(PROFILES, questions(), strict=True)], sys.stdout)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    main(int(sys.argv[1]))
