"""The database itself refuses to change or delete what stands in the ledger.

A lot may only change in what is left of it, and in when it lapses. SQLite loses triggers when a migration rebuilds the
table: such a migration must end by making them again.
"""

from django.db import migrations

KEPT = ["loyalty_entry", "loyalty_allocation", "loyalty_tierchange", "loyalty_fundentry"]
LOT = "loyalty_lot"
FROZEN_OF_LOT = ["entry_id", "account_id", "meter", "amount", "available_from", "source", "earned_at"]


def sqlite_trigger(table, event, when=""):
    return f"""CREATE TRIGGER {table}_refuse_{event} BEFORE {event} ON {table} {when}
        BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"""


def sqlite():
    for table in KEPT:
        yield sqlite_trigger(table, "UPDATE")
        yield sqlite_trigger(table, "DELETE")
    changed = " OR ".join(f"NEW.{column} IS NOT OLD.{column}" for column in FROZEN_OF_LOT)
    yield sqlite_trigger(LOT, "UPDATE", f"WHEN {changed}")
    yield sqlite_trigger(LOT, "DELETE")


def sqlite_back():
    for table in [*KEPT, LOT]:
        yield f"DROP TRIGGER {table}_refuse_UPDATE"
        yield f"DROP TRIGGER {table}_refuse_DELETE"


def postgresql():
    yield """CREATE FUNCTION loyalty_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
        END $$"""
    for table in KEPT:
        yield f"""CREATE TRIGGER {table}_refuse_change BEFORE UPDATE OR DELETE ON {table}
            FOR EACH ROW EXECUTE FUNCTION loyalty_refuse_change()"""
    changed = " OR ".join(f"NEW.{column} IS DISTINCT FROM OLD.{column}" for column in FROZEN_OF_LOT)
    yield f"""CREATE TRIGGER {LOT}_refuse_update BEFORE UPDATE ON {LOT}
        FOR EACH ROW WHEN ({changed}) EXECUTE FUNCTION loyalty_refuse_change()"""
    yield f"""CREATE TRIGGER {LOT}_refuse_delete BEFORE DELETE ON {LOT}
        FOR EACH ROW EXECUTE FUNCTION loyalty_refuse_change()"""


def postgresql_back():
    for table in KEPT:
        yield f"DROP TRIGGER {table}_refuse_change ON {table}"
    yield f"DROP TRIGGER {LOT}_refuse_update ON {LOT}"
    yield f"DROP TRIGGER {LOT}_refuse_delete ON {LOT}"
    yield "DROP FUNCTION loyalty_refuse_change()"


def run(schema_editor, statements):
    for statement in statements[schema_editor.connection.vendor]():
        schema_editor.execute(statement, params=None)


def refuse_changes(apps, schema_editor):
    run(schema_editor, {"sqlite": sqlite, "postgresql": postgresql})


def allow_changes(apps, schema_editor):
    run(schema_editor, {"sqlite": sqlite_back, "postgresql": postgresql_back})


class Migration(migrations.Migration):
    dependencies = [("loyalty", "0001_initial")]

    operations = [migrations.RunPython(refuse_changes, allow_changes)]
