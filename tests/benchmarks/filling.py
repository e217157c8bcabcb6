"""Filling the tables of a club in bulk: what a script selects is copied in, and indexes are made afterwards."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg

COPY = re.compile(r"^COPY (?P<into>(?P<table>\w+)\s[^;]*?)\nFROM (?P<select>.*)$", re.DOTALL)
# Without its indexes a table fills in a fraction of the time. Primary keys stay, as others refer to them.
INDEXES = """
SELECT format('DROP INDEX %%I', index.relname), pg_get_indexdef(index.oid) FROM pg_index
  JOIN pg_class AS index ON index.oid = indexrelid
  WHERE indrelid = ANY(%(tables)s::regclass[]) AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
UNION ALL
SELECT format('ALTER TABLE %%s DROP CONSTRAINT %%I', conrelid::regclass, conname),
  format('ALTER TABLE %%s ADD CONSTRAINT %%I %%s', conrelid::regclass, conname, pg_get_constraintdef(oid))
  FROM pg_constraint WHERE conrelid = ANY(%(tables)s::regclass[]) AND contype = 'u'
"""


def fill(database_url: str, script: str) -> None:
    """Run the statements of ``script``: ``COPY table (columns) FROM select`` copies what the select finds."""
    statements = [one.strip() for one in script.split(";\n") if one.strip()]
    copies = [match for one in statements if (match := COPY.search(without_comments(one)))]
    tables = sorted({match["table"] for match in copies})
    with psycopg.connect(database_url, autocommit=True) as connection, without_indexes(connection, tables):
        connection.execute("SET session_replication_role = replica")  # nothing refers to what is not there
        for one in statements:
            match = COPY.search(without_comments(one))
            if match:
                copy(database_url, connection, match)
            else:
                connection.execute(one.encode())
        connection.execute("SET session_replication_role = DEFAULT")
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")


def without_comments(statement: str) -> str:
    return "\n".join(line for line in statement.splitlines() if not line.startswith("--"))


def copy(database_url: str, into: "psycopg.Connection[Any]", match: "re.Match[str]") -> None:
    with (
        psycopg.connect(database_url) as source,
        source.cursor().copy(f"COPY ({match['select']}) TO STDOUT".encode()) as found,
        into.cursor().copy(f"COPY {match['into']} FROM STDIN".encode()) as filled,
    ):
        for block in found:
            filled.write(block)


@contextmanager
def without_indexes(connection: "psycopg.Connection[Any]", tables: Sequence[str]) -> Iterator[None]:
    found = connection.execute(INDEXES.encode(), {"tables": list(tables)}).fetchall()
    for drop, _make in found:
        connection.execute(drop.encode())
    yield
    for _drop, make in found:
        connection.execute(make.encode())
