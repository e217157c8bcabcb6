"""Amounts and names in words: the same for the member, for support and in the API."""

from collections.abc import Mapping
from typing import Any

from django.utils import formats
from django.utils.translation import get_language

from loyalty.queries.glossary import called
from loyalty.queries.programmes import currency_given, published_names
from members import queries as members


def amount_of(meter: str, amount: int) -> str:
    """“1 250 poäng”: an amount of a meter with its unit, in the active language."""
    names = published_names().get(("meters", meter), {})
    unit = names.get("unit", 1)
    if names.get("is_money"):
        return money(amount * 100 // unit)
    number = formats.number_format(
        amount // unit if amount % unit == 0 else amount / unit, use_l10n=True, force_grouping=True
    )
    return f"{number} {counted(meter, is_one=abs(amount) == unit)}"


def counted(meter: str, *, is_one: bool) -> str:
    """What stands after a number of ``meter``: “stämplar”, and after the number one “stämpel”."""
    of_one = published_names().get(("meters", meter), {}).get("of_one")
    return in_language(of_one) if of_one and is_one else name_of("meters", meter)


def name_of(kind: str, key: str) -> str:
    """What the merchant calls an object (``meters``, ``earning_rules``, ``rewards``, …) in the active language."""
    names = published_names().get((kind, key))
    return in_language(names) if names else called(key, {})


def in_language(name: str | Mapping[str, Any]) -> str:
    """A name as files write it, plain or by language, in the active language or else in one that it has."""
    if isinstance(name, str):
        return name
    order = ((get_language() or "sv")[:2], "sv", "nb", "en")
    return str(next(name[language] for language in order if language in name))


def text_of(kind: str, key: str) -> str:
    """What the merchant tells about an object, in the active language; empty where nothing is."""
    return in_language(published_names().get((kind, key), {}).get("text", ""))


def money(ore: int, currency: str = "") -> str:
    """The amount as people write it, in the currency of the programme that is read, or else of the club."""
    return members.money(ore, currency or currency_given())
