from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("members", "0005_webhooks")]

    operations = [
        migrations.AddField(
            model_name="member",
            name="may_spend",
            field=models.BooleanField(default=False, verbose_name="may use what a shared account has"),
        ),
    ]
