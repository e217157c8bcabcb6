"""Several reads, or several writes, in one round trip where the database can.

PostgreSQL takes statements together, and many rows by COPY; SQLite has no network to save, so each runs
by itself. Fields prepare and convert their own values, as everywhere in Django.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection, models

COPY_FROM = 200
Statement = tuple[str, Collection[Any]]


@dataclass(frozen=True, slots=True)
class Rows:
    """New rows of one table. With ``unique``, a row that is there already gets the ``overwritten`` fields."""

    rows: Sequence[models.Model]
    unique: tuple[str, ...] = ()
    overwritten: tuple[str, ...] = ()


def insert_together(*tables: Rows) -> None:
    """Store new rows, table by table in the order given. Their keys are known beforehand."""
    waiting = [table for table in tables if table.rows]
    if connection.vendor != "postgresql":
        for table in waiting:
            for statement in _insert(table):
                _execute_all([statement])
        return
    small: list[Statement] = []
    for table in waiting:
        if len(table.rows) < COPY_FROM or table.unique:
            small += _insert(table)
            continue
        _execute_all(small)
        small = []
        _copy(table.rows)
    _execute_all(small)


def fetch_together(*queries: "models.QuerySet[Any, tuple[Any, ...]]") -> list[list[tuple[Any, ...]]]:
    """The rows of each ``values_list`` query, in the order given; each sees what the ones before it locked."""
    if connection.vendor != "postgresql":
        return [list(query) for query in queries]
    compiled = [_compiled(query) for query in queries]
    asked = [one for one in compiled if one is not None]
    with connection.cursor() as cursor:
        if asked:
            statements = [statement for _compiler, statement in asked]
            cursor.execute("; ".join(sql for sql, _params in statements), _joined(statements))
        return [[] if one is None else _rows(cursor, one[0]) for one in compiled]


def _compiled(query: Any) -> tuple[Any, Statement] | None:
    """The query's statement, or ``None`` when its filters can match nothing."""
    compiler = query.query.get_compiler(connection=connection)
    try:
        return compiler, compiler.as_sql()
    except EmptyResultSet:
        return None


def _rows(cursor: Any, compiler: Any) -> list[tuple[Any, ...]]:
    results = [cursor.fetchall()]
    cursor.nextset()
    return [tuple(row) for row in compiler.results_iter(results, tuple_expected=True)]


def _insert(table: Rows) -> list[Statement]:
    fields = _written_fields(type(table.rows[0]))
    size = max(connection.ops.bulk_batch_size(fields, table.rows), 1)
    statements: list[Statement] = []
    for start in range(0, len(table.rows), size):
        rows = table.rows[start : start + size]
        sql = _insert_sql(type(rows[0]), len(rows), table.unique, table.overwritten, connection.vendor)
        statements.append((sql, [value for row in rows for value in _values(fields, row)]))
    return statements


@lru_cache(maxsize=512)
def _insert_sql(
    model: type[models.Model], count: int, unique: tuple[str, ...], overwritten: tuple[str, ...], vendor: str
) -> str:
    """Compiled by hand, and once: Django would compile the same text anew for every order."""
    columns = {field.name: connection.ops.quote_name(field.column) for field in _written_fields(model)}
    row = f"({', '.join(['%s'] * len(columns))})"
    table = connection.ops.quote_name(model._meta.db_table)
    values = ", ".join([row] * count)
    sql = f"INSERT INTO {table} ({', '.join(columns.values())}) VALUES {values}"  # noqa: S608 - our own names
    if not unique:
        return sql
    overwrites = ", ".join(f"{columns[name]} = EXCLUDED.{columns[name]}" for name in overwritten)
    keys = ", ".join(columns[name] for name in unique)
    return f"{sql} ON CONFLICT ({keys}) DO UPDATE SET {overwrites}"


def _values(fields: Sequence[Any], row: models.Model) -> list[Any]:
    return [field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields]


def _written_fields(model: type[models.Model]) -> list[Any]:
    """Every column but keys that the database makes."""
    return [field for field in model._meta.concrete_fields if not isinstance(field, models.AutoField)]


def _copy(rows: Sequence[models.Model]) -> None:
    fields = _written_fields(type(rows[0]))
    columns = ", ".join(connection.ops.quote_name(field.column) for field in fields)
    table = connection.ops.quote_name(type(rows[0])._meta.db_table)
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(
                [field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields]
            )


def _execute_all(statements: Iterable[Statement]) -> None:
    waiting = list(statements)
    if waiting:
        with connection.cursor() as cursor:
            cursor.execute("; ".join(sql for sql, _params in waiting), _joined(waiting))


def _joined(statements: Iterable[Statement]) -> list[Any]:
    return [param for _sql, params in statements for param in params]
