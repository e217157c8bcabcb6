"""Numbers, names and lists as sentences write them. The names and the currency are those that ``names_of`` gives."""

from calendar import monthrange
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils import formats
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_noop as later

from loyalty.queries.glossary import called
from loyalty.queries.programmes import currency_given, published_names
from loyalty.queries.wording import counted, money, name_of
from members.queries import CROWNS, SIGNS

Row = Mapping[str, Any]
Words = dict[str, str]
Clauses = Iterable[str]
# What something happens so often in.
PER = {
    "receipt": later("on a receipt"),
    "stay": later("a stay of days in a row"),
    "day": later("a day"),
    "week": later("a week"),
    "month": later("a month"),
    "quarter": later("a quarter"),
    "year": later("a year"),
    "membership": later("in all"),
}


def number(value: object) -> str:
    """A number as files write it, exactly, with the marks of the language."""
    exact = Decimal(str(value)).normalize()
    return formats.number_format(Decimal(format(exact, "f")), use_l10n=True, force_grouping=True)


def amount(meter: str, value: object) -> str:
    """“2 000 poäng” of a number as files write it."""
    return f"{number(value)} {counted(meter, is_one=Decimal(str(value)) == 1)}"


def kronor(value: object) -> str:
    """An amount of money as files write it; parts of an öre stand as they are."""
    ore = Decimal(str(value)) * 100
    if ore != ore.to_integral_value():
        sign = (CROWNS | SIGNS).get(currency_given(), currency_given())
        return pgettext("amount and currency", "%(amount)s %(currency)s") % {
            "amount": number(value),
            "currency": sign,
        }
    return money(int(ore))


def percent(value: object) -> str:
    return gettext("%(number)s %%") % {"number": number(value)}


def day(text: str) -> str:
    return formats.date_format(date.fromisoformat(text), "DATE_FORMAT")


def moment(text: str) -> str:
    """A day, or a day and a time."""
    if len(text) == 10:
        return day(text)
    at = datetime.fromisoformat(text)
    return gettext("%(day)s at %(time)s") % {"day": day(text[:10]), "time": f"{at:%H:%M}"}


def day_of_year(row: Row) -> str:
    """“1 juli” of a month and a day."""
    last = monthrange(2024, row["month"])[1]
    return formats.date_format(date(2024, row["month"], min(row["day"], last)), "MONTH_DAY_FORMAT")


def both(parts: Sequence[str]) -> str:
    """“a, b and c”."""
    return _listed(parts, gettext("%(first)s and %(last)s"))


def either(parts: Sequence[str]) -> str:
    """“a, b or c”."""
    return _listed(parts, gettext("%(first)s or %(last)s"))


def _listed(parts: Sequence[str], last_two: str) -> str:
    if len(parts) < 2:
        return "".join(parts)
    return last_two % {"first": ", ".join(parts[:-1]), "last": parts[-1]}


def names(kind: str, keys: Iterable[str]) -> list[str]:
    return [name_of(kind, key) for key in keys]


def words(keys: Iterable[str], known: Words) -> list[str]:
    """What people call the keys of a shop's own."""
    return [called(key, known) for key in keys]


def told(name: str) -> str:
    """A name that opens a sentence."""
    return f"{name[:1].upper()}{name[1:]}"


def reward_worth(reward: str, value: object | None) -> str:
    """“100 kr as bonus check”, or the name alone of what is not worth money or has no value of its own."""
    name = name_of("rewards", reward)
    if value is None or kind_of(reward) not in ("money_off", "payout", "donation", ""):
        return name
    return gettext("%(value)s as %(reward)s") % {"value": kronor(value), "reward": name}


def kind_of(reward: str) -> str:
    return str(published_names().get(("rewards", reward), {}).get("kind", ""))


def clauses(row: Row, table: Mapping[str, Callable[[Any], str]]) -> Iterable[str]:
    """A clause for each setting of ``row`` that ``table`` has words for, in the order of the table."""
    return (tell(row[name]) for name, tell in table.items() if name in row)
