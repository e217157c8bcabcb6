# Shops that send their webhooks, and what they have sent.

import django.db.models.deletion
import members.models.ids
import members.models.sealed
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('loyalty', '0003_saved_scenarios'),
        ('members', '0003_members_are_searched_by_parts_of_words'),
    ]

    operations = [
        migrations.CreateModel(
            name='ShopConnection',
            fields=[
                ('id', models.UUIDField(default=members.models.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(max_length=40, verbose_name='kind of shop')),
                ('name', models.CharField(max_length=80, unique=True, verbose_name='name')),
                ('source', models.SlugField(help_text='Orders from this shop carry this name. It cannot be changed.', max_length=40, unique=True, verbose_name='source')),
                ('secret', members.models.sealed.SealedField(verbose_name='secret')),
                ('former_secret', members.models.sealed.SealedField(blank=True, default='', verbose_name='former secret')),
                ('former_until', models.DateTimeField(blank=True, null=True, verbose_name='former secret holds until')),
                ('joins_customers', models.BooleanField(default=False, help_text='Everybody who has an account in the shop, or makes one, joins the club. Otherwise an order counts for those who are members already, found by their account or e-mail address.', verbose_name='customers become members')),
                ('is_active', models.BooleanField(default=True, verbose_name='connected')),
                ('created_at', models.DateTimeField(verbose_name='connected on')),
                ('refused_at', models.DateTimeField(blank=True, null=True, verbose_name='last wrong signature')),
            ],
            options={
                'verbose_name': 'connected shop',
                'verbose_name_plural': 'connected shops',
            },
        ),
        migrations.CreateModel(
            name='ShopDelivery',
            fields=[
                ('id', models.UUIDField(default=members.models.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('topic', models.CharField(max_length=80, verbose_name='topic')),
                ('delivery_id', models.CharField(max_length=120, verbose_name="the shop's id")),
                ('event_id', models.CharField(blank=True, max_length=120, verbose_name="the shop's event")),
                ('digest', models.CharField(editable=False, max_length=64)),
                ('body', models.TextField(blank=True, verbose_name='as it came')),
                ('state', models.CharField(choices=[('received', 'received'), ('waiting', 'waits for its order'), ('done', 'taken in'), ('passed', 'nothing to do'), ('refused', 'needs a hand')], default='received', max_length=8, verbose_name='state')),
                ('reason', models.CharField(blank=True, max_length=60, verbose_name='result')),
                ('facts', models.JSONField(blank=True, default=dict, verbose_name='facts')),
                ('order_number', models.CharField(blank=True, max_length=64, verbose_name='order number')),
                ('revision', models.PositiveBigIntegerField(default=0, verbose_name='revision')),
                ('received_at', models.DateTimeField(verbose_name='received')),
                ('due_at', models.DateTimeField(blank=True, null=True, verbose_name='next attempt')),
                ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='attempts')),
                ('worked_at', models.DateTimeField(blank=True, null=True, verbose_name='worked')),
                ('member', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='shop_deliveries', to='members.member', verbose_name='member')),
                ('shop', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='loyalty.shopconnection', verbose_name='shop')),
            ],
            options={
                'verbose_name': 'delivery from a shop',
                'verbose_name_plural': 'deliveries from shops',
                'indexes': [models.Index(condition=models.Q(('due_at__isnull', False)), fields=['shop', 'due_at', 'id'], name='shop_delivery_due'), models.Index(fields=['shop', 'order_number'], name='shop_delivery_of_order'), models.Index(fields=['received_at'], name='shop_delivery_by_age')],
                'constraints': [models.UniqueConstraint(fields=('shop', 'delivery_id', 'digest'), name='shop_delivery_is_stored_once'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['received', 'waiting']), _negated=True), ('due_at__isnull', False), _connector='OR'), name='shop_delivery_open_is_due')],
            },
        ),
    ]
