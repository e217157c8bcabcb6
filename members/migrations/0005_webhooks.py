# Those who are told what happens, and what they are told.

import django.db.models.deletion
import members.models.ids
import members.models.sealed
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('members', '0004_accounts_reopen'),
    ]

    operations = [
        migrations.CreateModel(
            name='Subscription',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80, unique=True, verbose_name='name')),
                ('url', models.URLField(max_length=500, verbose_name='address')),
                ('events', models.JSONField(blank=True, default=list, verbose_name='events')),
                ('secret', members.models.sealed.SealedField(verbose_name='secret')),
                ('former_secret', members.models.sealed.SealedField(blank=True, default='', verbose_name='former secret')),
                ('former_until', models.DateTimeField(blank=True, null=True, verbose_name='former secret holds until')),
                ('created_at', models.DateTimeField(verbose_name='made')),
                ('disabled_at', models.DateTimeField(blank=True, null=True, verbose_name='switched off')),
                ('is_given_up', models.BooleanField(default=False, verbose_name='nobody answered')),
            ],
            options={
                'verbose_name': 'webhook',
                'verbose_name_plural': 'webhooks',
            },
        ),
        migrations.CreateModel(
            name='WebhookMessage',
            fields=[
                ('id', models.UUIDField(default=members.models.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('event', models.CharField(max_length=40, verbose_name='event')),
                ('body', models.TextField(verbose_name='body')),
                ('state', models.CharField(choices=[('waiting', 'waiting'), ('delivered', 'delivered'), ('failed', 'failed')], default='waiting', max_length=9, verbose_name='state')),
                ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='attempts')),
                ('status', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='last answer')),
                ('error', models.CharField(blank=True, max_length=200, verbose_name='last error')),
                ('made_at', models.DateTimeField(verbose_name='made')),
                ('due_at', models.DateTimeField(blank=True, null=True, verbose_name='next attempt')),
                ('delivered_at', models.DateTimeField(blank=True, null=True, verbose_name='delivered')),
                ('activity', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='members.activity', verbose_name='activity')),
                ('subscription', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='messages', to='members.subscription', verbose_name='webhook')),
            ],
            options={
                'verbose_name': 'webhook message',
                'verbose_name_plural': 'webhook messages',
                'indexes': [models.Index(condition=models.Q(('state', 'waiting')), fields=['due_at', 'id'], name='webhook_message_due'), models.Index(fields=['made_at'], name='webhook_message_by_age')],
                'constraints': [models.UniqueConstraint(fields=('subscription', 'activity'), name='webhook_tells_an_activity_once'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'waiting'), _negated=True), ('due_at__isnull', False), _connector='OR'), name='webhook_waiting_is_due')],
            },
        ),
    ]
