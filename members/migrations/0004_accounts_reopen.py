from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("members", "0003_members_are_searched_by_parts_of_words")]

    operations = [
        migrations.AddField(
            model_name="account",
            name="unbroken_to",
            field=models.DateTimeField(blank=True, null=True, verbose_name="unbroken to"),
        ),
        migrations.AddField(
            model_name="account",
            name="reopens_to",
            field=models.DateTimeField(blank=True, null=True, verbose_name="reopens to"),
        ),
    ]
