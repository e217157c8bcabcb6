"""Several reads, or several writes, in one round trip where the database can.

PostgreSQL takes statements together, and many rows by binary COPY; SQLite reads them as one statement and
writes each by itself. Fields prepare and convert their own values, as everywhere in Django. COPY takes values as
they are, and refuses one that is not of its column's type.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from operator import itemgetter
from typing import Any
from uuid import UUID

import orjson
from django.db import DEFAULT_DB_ALIAS, connection, connections, models
from psycopg.types.json import Jsonb, set_json_dumps

from members.models.asked import Asked, Compiled
from members.models.plans import Statement, execute_together

COPY_FROM = 50
# Every value by the name of its attribute, as ``vars`` gives them of an instance.
Row = dict[str, Any]
# What SQLite takes in one statement, on every machine.
MOST_VALUES_AT_ONCE = 999
Fetched = list[Sequence[Any]]
_AS_THEY_ARE = frozenset({type(None), bool, int, str, UUID, date, datetime, Decimal})


@dataclass(frozen=True, slots=True)
class Rows:
    """New rows of one table.

    With ``unique``, a row that is there already gets the ``overwritten`` fields. An instance costs more than
    all else about a row, so where nobody wants one, there is none.
    """

    model: type[models.Model]
    rows: Sequence[Mapping[str, Any]]
    unique: tuple[str, ...] = ()
    overwritten: tuple[str, ...] = ()


def insert_together(*tables: Rows) -> None:
    """Store new rows, table by table in the order given. Their keys are known beforehand."""
    waiting = [table for table in tables if table.rows]
    if connection.vendor != "postgresql":
        for table in waiting:
            for sql, params in _insert(table):
                with connection.cursor() as cursor:
                    cursor.execute(sql, params)
        return
    small: list[Statement] = []
    for table in waiting:
        if len(table.rows) < COPY_FROM:
            small += _insert(table)
            continue
        _execute_all(small)
        small = []
        _copy(table)
    _execute_all(small)


def fetch_together(*questions: Asked) -> list[list[Any]]:
    """The rows of each question, in the order given; each sees what the ones before it locked."""
    compiled = [one.compiled for one in questions]
    wanted = [
        (one, one.filled(question.given))
        for one, question in zip(compiled, questions, strict=True)
        if one is not None
    ]
    read = _read_in_one_trip if connection.vendor == "postgresql" else _read_as_one
    fetched = iter(read(wanted))
    return [[] if one is None else one.rows(next(fetched)) for one in compiled]


def _read_in_one_trip(wanted: Sequence[tuple[Compiled, list[Any]]]) -> list[Fetched]:
    if not wanted:
        return []
    with connection.cursor() as cursor:
        execute_together(cursor, [(one.sql, values) for one, values in wanted])
        found = []
        for _one in wanted:
            found.append(cursor.fetchall())
            cursor.nextset()
        return found


def _read_as_one(wanted: Sequence[tuple[Compiled, list[Any]]]) -> list[Fetched]:
    """The questions as arms of one statement, as far as it can hold their values; its first column tells them apart."""
    found: list[Fetched] = [[] for _one in wanted]
    waiting: list[int] = []
    values: list[Any] = []
    for number, (_compiled, own) in enumerate(wanted):
        if values and len(values) + len(own) > MOST_VALUES_AT_ONCE:
            _read_arms(wanted, waiting, values, found)
            waiting, values = [], []
        waiting.append(number)
        values += own
    if waiting:
        _read_arms(wanted, waiting, values, found)
    return found


def _read_arms(
    wanted: Sequence[tuple[Compiled, list[Any]]],
    numbers: Sequence[int],
    values: Sequence[Any],
    found: list[Fetched],
) -> None:
    width = max(wanted[number][0].width for number in numbers)
    # The first arm gives the columns no type, so that the fields alone convert what the others find.
    arms = [f"SELECT 0{', NULL' * width} WHERE 0"]
    arms += [_arm(number, wanted[number][0], width) for number in numbers]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(arms), values)
        for number, *row in cursor.fetchall():
            found[number].append(row[: wanted[number][0].width])


def _arm(number: int, one: Compiled, width: int) -> str:
    rows = one.sql if one.is_sliced else f"{one.sql} LIMIT -1"  # keeps their order
    return f"SELECT {number}, arm.*{', NULL' * (width - one.width)} FROM ({rows}) AS arm"  # noqa: S608


def _insert(table: Rows) -> list[Statement]:
    fields = _written_fields(table.model)
    size = max(connection.ops.bulk_batch_size(fields, list(table.rows)), 1)
    statements: list[Statement] = []
    for start in range(0, len(table.rows), size):
        rows = table.rows[start : start + size]
        sql = _insert_sql(table.model, len(rows), table.unique, table.overwritten, connection.vendor)
        statements.append((sql, [value for row in rows for value in _values(fields, row)]))
    return statements


@lru_cache(maxsize=512)
def _insert_sql(
    model: type[models.Model], count: int, unique: tuple[str, ...], overwritten: tuple[str, ...], vendor: str
) -> str:
    """Compiled by hand, and once: Django would compile the same text anew for every order."""
    columns = _columns(model)
    row = f"({', '.join(['%s'] * len(columns))})"
    values = ", ".join([row] * count)
    insert = f"INSERT INTO {_name(model)} ({', '.join(columns.values())}) VALUES {values}"  # noqa: S608 - our own names
    return insert + _overwrite_sql(columns, unique, overwritten)


def _overwrite_sql(columns: Mapping[str, str], unique: tuple[str, ...], overwritten: tuple[str, ...]) -> str:
    if not unique:
        return ""
    overwrites = ", ".join(f"{columns[name]} = EXCLUDED.{columns[name]}" for name in overwritten)
    keys = ", ".join(columns[name] for name in unique)
    return f" ON CONFLICT ({keys}) DO UPDATE SET {overwrites}"


def _name(model: type[models.Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)


def _columns(model: type[models.Model]) -> dict[str, str]:
    return {field.name: connection.ops.quote_name(field.column) for field in _written_fields(model)}


def _values(fields: Sequence[Any], row: Mapping[str, Any]) -> list[Any]:
    here = connections[DEFAULT_DB_ALIAS]  # not the proxy, which looks it up for every value
    if here.vendor != "postgresql":
        return [field.get_db_prep_save(row[field.attname], here) for field in fields]
    return [_value(field, row[field.attname], here) for field in fields]


def _value(field: Any, value: Any, here: Any) -> Any:
    """As PostgreSQL takes it: values of most types as they are, as COPY does."""
    if isinstance(field, models.JSONField):
        return None if value is None else Jsonb(value, orjson.dumps)
    return value if type(value) in _AS_THEY_ARE else field.get_db_prep_save(value, here)


@lru_cache(maxsize=128)
def _written_fields(model: type[models.Model]) -> tuple[Any, ...]:
    """Every column but keys that the database makes."""
    return tuple(field for field in model._meta.concrete_fields if not isinstance(field, models.AutoField))


def _copy(table: Rows) -> None:
    """COPY overwrites nothing, so rows that may be there already are first gathered beside their table."""
    into, columns = _name(table.model), _columns(table.model)
    names = ", ".join(columns.values())
    with connection.cursor() as cursor:
        if not table.unique:
            _stream(cursor, into, names, table)
            return
        cursor.execute(f"CREATE TEMPORARY TABLE incoming AS SELECT {names} FROM {into} WITH NO DATA")  # noqa: S608
        _stream(cursor, "incoming", names, table)
        insert = f"INSERT INTO {into} ({names}) SELECT {names} FROM incoming"  # noqa: S608
        overwrite = _overwrite_sql(columns, table.unique, table.overwritten)
        cursor.execute(f"{insert}{overwrite}; DROP TABLE incoming")


def _stream(cursor: Any, into: str, names: str, table: Rows) -> None:
    fields = _written_fields(table.model)
    values_of = itemgetter(*(field.attname for field in fields))
    with cursor.copy(f"COPY {into} ({names}) FROM STDIN (FORMAT BINARY)") as copy:
        set_json_dumps(orjson.dumps, copy.cursor)
        copy.set_types([field.db_type(connection).partition("(")[0] for field in fields])
        for row in table.rows:
            copy.write_row(values_of(row))


def _execute_all(statements: Sequence[Statement]) -> None:
    if statements:
        with connection.cursor() as cursor:
            execute_together(cursor, statements)
