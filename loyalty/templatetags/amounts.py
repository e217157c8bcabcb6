"""Amounts and names in templates, worded as everywhere else: ``{{ check.value_ore|money }}``."""

from datetime import date, datetime

from django import template
from django.conf import settings
from django.utils import formats, timezone

from loyalty import queries
from loyalty.engine import calendar

register = template.Library()


@register.filter
def money(ore: int) -> str:
    return queries.money(ore, settings.CLUB_CURRENCY)


@register.filter
def of_meter(amount: int, meter: str) -> str:
    """“1 250 poäng”"""
    return queries.amount_of(meter, amount)


@register.filter
def signed_of_meter(amount: int, meter: str) -> str:
    """“+120 poäng” or “−50 poäng”, with a true minus that screen readers read out."""
    return f"{'+' if amount > 0 else '−'}{queries.amount_of(meter, abs(amount))}"


@register.filter
def number_of(amount: int, unit: int) -> str:
    """“1 250”: an amount in smallest parts, ``unit`` of them to one."""
    number = amount // unit if amount % unit == 0 else amount / unit
    return str(formats.number_format(number, use_l10n=True, force_grouping=True))


@register.filter
def name_of(key: str, kind: str) -> str:
    return queries.name_of(kind, key)


@register.filter
def last_day(ends_at: datetime) -> date:
    """The last day of what ends at ``ends_at``, in the club's time zone."""
    return calendar.last_day(ends_at, timezone.get_default_timezone())


@register.filter
def because(reason: dict[str, object]) -> str:
    return queries.explain(reason)
