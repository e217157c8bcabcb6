"""Points may move from one account to another, when two become one or somebody moves out.

SQLite rebuilds the table and loses the triggers that keep it append-only, so they are made again.
"""

from django.db import migrations, models
from django.db.models import Q

TABLE = "loyalty_entry"
KINDS = [
    ("earn", "earned"),
    ("reverse", "taken back"),
    ("redeem", "used"),
    ("restore", "given back"),
    ("expire", "lapsed"),
    ("adjust", "adjusted"),
    ("move", "moved to or from another account"),
]


def refuse_changes_again(apps, schema_editor):
    if schema_editor.connection.vendor != "sqlite":
        return
    for event in ("UPDATE", "DELETE"):
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {TABLE}_refuse_{event}")
        trigger = f"""CREATE TRIGGER {TABLE}_refuse_{event} BEFORE {event} ON {TABLE}
            BEGIN SELECT RAISE(ABORT, '{TABLE} is append-only'); END"""
        schema_editor.execute(trigger, params=None)


class Migration(migrations.Migration):
    dependencies = [("loyalty", "0008_points_are_held"), ("members", "0007_shared_homes")]

    operations = [
        migrations.RemoveConstraint("entry", "entry_sign_follows_kind"),
        migrations.AlterField(
            "entry", "kind", models.CharField(choices=KINDS, max_length=8, verbose_name="kind")
        ),
        migrations.AddConstraint(
            "entry",
            models.CheckConstraint(
                condition=Q(kind__in=["earn", "restore"], amount__gt=0)
                | Q(kind__in=["reverse", "redeem", "expire"], amount__lt=0)
                | Q(kind__in=["adjust", "move"]),
                name="entry_sign_follows_kind",
            ),
        ),
        migrations.AddConstraint(
            "entry",
            models.CheckConstraint(condition=~Q(kind="move") | ~Q(actor=""), name="move_has_actor"),
        ),
        migrations.RunPython(refuse_changes_again, refuse_changes_again),
    ]
