"""Searching a million members by any part of a name takes an index of trigrams.

Only PostgreSQL has one, and only where its extension pg_trgm can be had. Without it the search
answers the same, slower.
"""

from django.db import migrations

CAN_BE_HAD = "SELECT 1 FROM pg_available_extensions WHERE name = 'pg_trgm'"
INDEX = "member_search_by_parts"


def is_possible(schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return False
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(CAN_BE_HAD)
        return cursor.fetchone() is not None


def add_index(apps, schema_editor):
    if is_possible(schema_editor):
        schema_editor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        schema_editor.execute(f"CREATE INDEX {INDEX} ON members_member USING gin (search_text gin_trgm_ops)")


def drop_index(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"DROP INDEX IF EXISTS {INDEX}")


class Migration(migrations.Migration):
    dependencies = [("members", "0002_consents_are_kept")]

    operations = [migrations.RunPython(add_index, drop_index)]
