"""Price rules and fees: what members pay."""

from collections.abc import Callable, Iterator

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_noop as later

from loyalty.queries.glossary import ATTRIBUTES, called
from loyalty.queries.sentences.conditions import only_for
from loyalty.queries.sentences.scopes import but_goods, on_goods
from loyalty.queries.sentences.tables import followed, is_followed
from loyalty.queries.sentences.words import Row, kronor, number, percent

_STACKS = {
    "best": later("of such prices the one that takes off most counts"),
    "add": later("taken off together with other prices"),
    "first": later("of such prices the first that takes something off counts"),
    "never": later("not on goods that have another discount"),
}


def price_rule(row: Row) -> Iterator[str]:
    told, goods = _benefit(row["benefit"]), on_goods(row.get("scope", {}))
    yield gettext("%(sentence)s %(goods)s") % {"sentence": told, "goods": goods} if goods else told
    yield from followed(row["benefit"], percent if row["benefit"]["kind"] == "percent" else kronor)
    yield from but_goods(row.get("scope", {}))
    if row.get("condition"):
        yield only_for(row["condition"])
    if row.get("first_purchase") is False:
        yield gettext("not on the very first purchase")
    if "max_quantity" in row.get("limits", {}):
        yield gettext("at most %(count)s pieces on a receipt") % {
            "count": number(row["limits"]["max_quantity"])
        }
    if row.get("stack"):
        yield gettext(_STACKS[row["stack"].get("kind", "best")])
    if row.get("stack", {}).get("group", "base") != "base":
        yield gettext("weighed only against rules of the group “%(group)s”") % {
            "group": row["stack"]["group"].replace("_", " ")
        }


def _benefit(benefit: Row) -> str:
    facts = {
        "percent": percent(benefit.get("value", 0)),
        "value": kronor(benefit.get("value", 0)),
        "step": kronor(benefit.get("step", 0)),
        "unit": called(benefit.get("attribute", ""), ATTRIBUTES) or gettext("item"),
        "n": benefit.get("n", 0),
    }
    if benefit.get("of") == "mixed" and benefit["kind"] == "nth_free":
        return gettext("of every %(n)s items together the cheapest is free") % facts
    by_table = is_followed(benefit) and benefit["kind"] in _FOLLOWED
    return gettext(_FOLLOWED[benefit["kind"]] if by_table else _BENEFITS[benefit["kind"]]) % facts


_BENEFITS = {
    "percent": later("%(percent)s off"),
    "amount_per_unit": later("%(value)s off per %(unit)s"),
    "fixed_price": later("%(value)s apiece"),
    "nth_free": later("one of every %(n)s of the same goods is free"),
    "per_full": later("%(value)s off for each full %(step)s"),
}
_FOLLOWED = {
    "percent": later("a discount"),
    "amount_per_unit": later("a discount per %(unit)s"),
    "fixed_price": later("a price of its own apiece"),
    "per_full": later("a discount for each full %(step)s"),
}


def fee(row: Row) -> Iterator[str]:
    yield gettext("%(amount)s %(per)s") % {
        "amount": kronor(row["amount"]),
        "per": _FEES[row.get("per", "calendar_year")](row),
    }
    if count := row.get("free_periods"):
        sentence = ngettext(
            "the first %(count)s period is free", "the first %(count)s periods are free", count
        )
        yield sentence % {"count": count}


def _years(row: Row) -> str:
    count = row.get("years", 1)
    return ngettext("every %(count)s year", "every %(count)s years", count) % {"count": count}


_FEES: dict[str, Callable[[Row], str]] = {
    "calendar_year": lambda row: gettext("for each calendar year"),
    "years": _years,
    "once": lambda row: gettext("once"),
}
