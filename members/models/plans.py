"""Statements that go to PostgreSQL together, each planned once per connection.

The text of an order's statements is far longer than its values: naming a plan spares the sending, the
parsing and the planning of it.
"""

from collections.abc import Callable, Collection, Sequence
from functools import lru_cache
from hashlib import sha256
from typing import Any
from weakref import WeakKeyDictionary

from psycopg.adapt import Transformer

Statement = tuple[str, Sequence[Any]]
# Longer statements come in too many lengths to keep a plan of each.
MOST_VALUES = 250
MOST_PLANS = 200
_planned: "WeakKeyDictionary[Any, set[str]]" = WeakKeyDictionary()


def execute_together(cursor: Any, statements: Sequence[Statement]) -> None:
    """Execute ``statements`` in one round trip; the results are the cursor's, one after the other."""
    planned = _planned_for(cursor, statements)
    as_literal = Transformer(cursor.db.connection).as_literal
    cursor.execute(
        "; ".join(
            _text(sql, [_literal(value, as_literal) for value in values], is_planned=sql in planned)
            for sql, values in statements
        )
    )


def _literal(value: Any, as_literal: Callable[[Any], Any]) -> str:
    """Half of an order's values are of the kinds that need no quotes."""
    if value is None:
        return "NULL"
    if type(value) is int and value >= 0:
        return str(value)
    return bytes(as_literal(value)).decode()


def _text(sql: str, literals: Sequence[str], *, is_planned: bool) -> str:
    if not is_planned:
        return sql % tuple(literals)
    return f"EXECUTE {_name(sql)}({', '.join(literals)})" if literals else f"EXECUTE {_name(sql)}"


def _planned_for(cursor: Any, statements: Sequence[Statement]) -> Collection[str]:
    """The statements that this connection has plans of, having planned what ``statements`` need."""
    if cursor.db.settings_dict["DISABLE_SERVER_SIDE_CURSORS"]:
        return ()  # PgBouncer hands the next transaction a connection that has no such plan
    planned = _planned.setdefault(cursor.db.connection, set())
    short = dict.fromkeys(sql for sql, values in statements if len(values) <= MOST_VALUES)
    fresh = [sql for sql in short if sql not in planned][: MOST_PLANS - len(planned)]
    if fresh:
        with cursor.db.wrap_database_errors:
            cursor.cursor.execute("; ".join(f"PREPARE {_name(sql)} AS {_numbered(sql)}" for sql in fresh))
        planned.update(fresh)
    return planned


@lru_cache(maxsize=512)
def _name(sql: str) -> str:
    return f"plan_{sha256(sql.encode()).hexdigest()[:24]}"


def _numbered(sql: str) -> str:
    return sql % tuple(f"${number}" for number in range(1, sql.count("%s") + 1))
