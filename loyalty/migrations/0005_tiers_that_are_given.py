"""A tier may be bought, gifted, matched or had by subscription, without anybody's hand.

SQLite rebuilds the table and loses the triggers that keep it append-only, so they are made again.
"""

from django.db import migrations, models
from django.db.models import Q

TABLE = "loyalty_tierchange"
ORIGINS = [
    ("earned", "earned"),
    ("manual", "set by staff"),
    ("bought", "bought"),
    ("gifted", "gifted"),
    ("matched", "matched"),
    ("subscription", "by subscription"),
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
    dependencies = [("loyalty", "0004_connected_shops")]

    operations = [
        migrations.RemoveConstraint("tierchange", "manual_tier_has_actor_and_reason"),
        migrations.AlterField(
            "tierchange",
            "origin",
            models.CharField(choices=ORIGINS, default="earned", max_length=12, verbose_name="origin"),
        ),
        migrations.AddConstraint(
            "tierchange",
            models.CheckConstraint(
                condition=~Q(origin="manual") | (~Q(reason="") & ~Q(actor="")),
                name="manual_tier_has_actor_and_reason",
            ),
        ),
        migrations.RunPython(refuse_changes_again, refuse_changes_again),
    ]
