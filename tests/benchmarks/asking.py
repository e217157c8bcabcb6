"""Asks the seven profiles of the club that ``DATABASE_URL`` names: ``python -m tests.benchmarks.asking PAIRS``.

Prints JSON: the milliseconds of counting all totals and of counting those of 10,000 members anew; and for each profile
the members found, and the milliseconds of the club and of the hand-written SQL, for the number alone and for the whole
list, where they are known also by hand on totals.
"""

import json
import os
import re
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import zip_longest
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


SQL = Path(__file__).parent / "sql"
REFUSED = re.compile(r"\{refused ([a-z_.]+)\}")
NOTED = 10_000


def questions(file: str = "questions.sql") -> list[str]:
    """The hand-written SQL of each profile, in their order."""
    refused = _parts(SQL / "questions.sql")["refused"]
    return [
        REFUSED.sub(lambda named: refused.replace("{member}", named[1]), part)
        for name, part in _parts(SQL / file).items()
        if name[0].isdigit()
    ]


def _parts(path: Path) -> dict[str, str]:
    """What stands below each ``-- name``."""
    parts = [part.partition("\n") for part in path.read_text().split("\n-- ")]
    return {name: text.strip() for name, _line, text in parts}


def edges(now: datetime) -> dict[str, Any]:
    """The moments that the questions name."""
    from segments import queries  # noqa: PLC0415 - once Django is set up

    found = {"now": now, "months_12": shifted(now, -12, "month", queries.club_zone())}
    return found | {f"days_{days}": shifted(now, -days, "day", queries.club_zone()) for days in (30, 90, 365)}


def milliseconds(ask: Callable[[], Any]) -> tuple[Any, float]:
    start = time.perf_counter()
    answer = ask()
    return answer, (time.perf_counter() - start) * 1000


def counted() -> dict[str, Any]:
    """How long all totals take, and those of ``NOTED`` members to whom something happened."""
    from members.models import Member  # noqa: PLC0415 - once Django is set up
    from segments import actions  # noqa: PLC0415

    now = datetime.now(UTC)
    _done, all_of_them = milliseconds(lambda: actions.count_totals(now=now))
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE segments_totals")
    noted = Member.objects.order_by("pk").values_list("pk", flat=True)[:NOTED]
    actions.note_purchases(member_ids=list(noted), now=now)

    def fold() -> None:
        while actions.fold_totals():
            pass

    return {"all_totals": all_of_them, "noted": milliseconds(fold)[1]}


def asked(definition: Any, by_hand: str, on_totals: str, pairs: int) -> dict[str, Any]:
    """Raises ``SystemExit`` where they do not all find the same members."""
    from segments import queries  # noqa: PLC0415 - once Django is set up

    now = datetime.now(UTC)
    node = queries.read_definition(definition)
    ways: dict[str, Callable[[], Any]] = {
        "count": lambda: queries.members_of(node, now=now).count(),
        "list": lambda: list(queries.members_of(node, now=now).values_list("pk", flat=True)),
        **ways_by_hand(by_hand, "by_hand", now),
        **(ways_by_hand(on_totals, "on_totals", now) if on_totals else {}),
    }
    lists = {name: set(way()) for name, way in ways.items() if name.startswith("list")}
    if differing := [name for name, found in lists.items() if found != lists["list"]]:
        raise SystemExit(f"{', '.join(differing)}: other members are found for {json.dumps(definition)}")
    times: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(pairs):
        for name, way in ways.items():
            times[name].append(milliseconds(way)[1])
    return {"members": len(lists["list"]), **times}


def ways_by_hand(sql: str, name: str, now: datetime) -> dict[str, Callable[[], Any]]:
    named = edges(now)

    def found(statement: str) -> list[int]:
        with connection.cursor() as cursor:
            cursor.execute(statement, named)
            return [pk for (pk,) in cursor.fetchall()]

    counting = f"SELECT count(*) FROM ({sql}) AS found"  # noqa: S608 - of our own file
    return {f"count_{name}": lambda: found(counting), f"list_{name}": lambda: found(sql)}


def main(pairs: int) -> None:
    json.dump(told(pairs), sys.stdout)


def told(pairs: int) -> dict[str, Any]:
    """What is printed."""
    together = zip_longest(PROFILES, questions(), questions("questions_on_totals.sql"), fillvalue="")
    return {**counted(), "profiles": [asked(*one, pairs) for one in together]}


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    main(int(sys.argv[1]))
