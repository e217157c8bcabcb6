"""Amounts and names in templates, worded as everywhere else: ``{{ check.value_ore|money }}``."""

from datetime import date, datetime

from django import template
from django.utils import formats, timezone
from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext

from loyalty import queries
from loyalty.engine import calendar
from loyalty.engine.expansion import is_hidden
from loyalty.engine.objects import Prize
from loyalty.queries.menus import OptionReading
from loyalty.queries.offers import ChallengeReading, GoalReading, goal_words

MOST_STAMPS = 15

register = template.Library()


@register.filter
def money(ore: int) -> str:
    return queries.money(ore)


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


@register.filter
def text_of(key: str, kind: str) -> str:
    return queries.text_of(kind, key)


@register.filter
def stamps(progress: queries.Progress) -> list[bool]:
    """The stamps of a card, True where there is one; empty for what is too many to draw."""
    need, have = progress.need // progress.unit, progress.have // progress.unit
    is_card = progress.is_in_a_row or progress.need == need * progress.unit
    return [number < have for number in range(need)] if is_card and 2 <= need <= MOST_STAMPS else []


@register.filter
def goal(one: GoalReading) -> str:
    """“2 of 3 purchases”"""
    return goal_words(one)


@register.filter
def gives(progress: queries.Progress) -> str:
    """“a check of 50 kr”, as it stands after “left to”: what comes next."""
    return _reward(progress.reward, progress.value_ore, progress.to_meter, progress.value)


@register.filter
def gives_more(progress: queries.Progress) -> str:
    ore, parts = (0, progress.more) if progress.to_meter else (progress.more, 0)
    return _reward(progress.reward, ore, progress.to_meter, parts)


@register.filter
def prize(one: ChallengeReading | Prize) -> str:
    """What a challenge or a draw gives."""
    ore, parts = (0, one.amount) if one.meter else (one.amount, 0)
    return _reward(one.reward, ore, one.meter, parts)


@register.filter
def option_name(option: OptionReading) -> str:
    """What the merchant calls an option of a menu, or else what it gives."""
    name = queries.name_of("options", option.key)
    return capfirst(_reward(option.reward, option.value_ore) if name == option.option else name)


def _reward(reward: str, ore: int, meter: str = "", parts: int = 0) -> str:
    if is_hidden(meter):
        draw = {"count": parts, "draw": queries.name_of("draws", meter.partition(".")[2])}
        return ngettext("%(count)s ticket in %(draw)s", "%(count)s tickets in %(draw)s", parts) % draw
    if meter:
        return queries.amount_of(meter, parts)
    name = queries.name_of("rewards", reward) if reward else ""
    if not ore:
        return name
    return (
        gettext("%(reward)s of %(value)s") % {"reward": name, "value": queries.money(ore)}
        if name
        else queries.money(ore)
    )
