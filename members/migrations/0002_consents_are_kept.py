"""The database itself refuses to change or delete an answer about consent.

SQLite loses triggers when a migration rebuilds the table: such a migration must end by making them again.
"""

from django.db import migrations

SQLITE = [
    """CREATE TRIGGER members_consent_refuse_update BEFORE UPDATE ON members_consent
    BEGIN SELECT RAISE(ABORT, 'members_consent is append-only'); END""",
    """CREATE TRIGGER members_consent_refuse_delete BEFORE DELETE ON members_consent
    BEGIN SELECT RAISE(ABORT, 'members_consent is append-only'); END""",
]
SQLITE_BACK = [
    "DROP TRIGGER members_consent_refuse_update",
    "DROP TRIGGER members_consent_refuse_delete",
]
POSTGRESQL = [
    """CREATE FUNCTION members_consent_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'members_consent is append-only' USING ERRCODE = 'restrict_violation';
    END $$""",
    """CREATE TRIGGER members_consent_refuse_change BEFORE UPDATE OR DELETE ON members_consent
    FOR EACH ROW EXECUTE FUNCTION members_consent_refuse_change()""",
]
POSTGRESQL_BACK = [
    "DROP TRIGGER members_consent_refuse_change ON members_consent",
    "DROP FUNCTION members_consent_refuse_change()",
]


def run(schema_editor, statements):
    for statement in statements[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def refuse_changes(apps, schema_editor):
    run(schema_editor, {"sqlite": SQLITE, "postgresql": POSTGRESQL})


def allow_changes(apps, schema_editor):
    run(schema_editor, {"sqlite": SQLITE_BACK, "postgresql": POSTGRESQL_BACK})


class Migration(migrations.Migration):
    dependencies = [("members", "0001_initial")]

    operations = [migrations.RunPython(refuse_changes, allow_changes)]
