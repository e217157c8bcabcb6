"""Meters: what is counted, how long it lasts, and what else it counts as."""

from collections.abc import Iterator
from decimal import Decimal

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_noop as later

from loyalty.queries.glossary import ATTRIBUTES, called
from loyalty.queries.sentences.scopes import but_goods, on_goods
from loyalty.queries.sentences.times import during, lifetime
from loyalty.queries.sentences.words import Row, amount, number
from loyalty.queries.wording import name_of

_MIRRORED = {
    "money": later("counts the money that is paid"),
    "orders": later("counts the purchases"),
    "days": later("counts the days with a purchase"),
    "pieces": later("counts the items"),
    "lines": later("counts the lines on the receipts"),
}
_USED_FIRST = {
    "oldest": later("the oldest are used first"),
    "newest": later("the newest are used first"),
}
_AT_WINDOW_END = {
    "zero": later("then it starts from nothing again"),
    "keep_pending": later("then only what cannot be used yet is kept"),
    "carry": later("what is left is carried on"),
}


def meter(row: Row) -> Iterator[str]:
    if "mirrors" in row:
        yield from _mirrors(row["mirrors"])
    if not row.get("spendable", "mirrors" not in row):
        yield gettext("only counted, never spent")
    else:
        yield lifetime(row.get("lifetime", {}))
        if row.get("consumption") in _USED_FIRST:
            yield gettext(_USED_FIRST[row["consumption"]])
    yield from _window(row)
    if "ceiling" in row:
        yield gettext("never more than %(amount)s") % {"amount": amount(row["key"], row["ceiling"])}
    if row.get("may_be_negative"):
        yield gettext("may go below zero")
    for also in row.get("also", ()):
        yield _also(also)
    yield from _nature(row)


def _mirrors(mirrors: Row) -> Iterator[str]:
    scope = mirrors.get("scope", {})
    if mirrors["what"] == "attribute":
        figure = called(mirrors.get("attribute", ""), ATTRIBUTES)
        told = gettext("counts the figure “%(figure)s” of the goods") % {"figure": figure}
    else:
        told = gettext(_MIRRORED[mirrors["what"]])
    goods = on_goods(scope)
    yield gettext("%(sentence)s %(goods)s") % {"sentence": told, "goods": goods} if goods else told
    yield from but_goods(scope)


def _window(row: Row) -> Iterator[str]:
    if "window" in row:
        yield gettext("counted %(during)s") % {"during": during(row["window"])}
    if "at_window_end" in row:
        yield gettext(_AT_WINDOW_END[row["at_window_end"]])


def _also(also: Row) -> str:
    facts = {"meter": name_of("meters", also["meter"]), "factor": number(also.get("factor", 1))}
    if Decimal(str(also.get("factor", 1))) == 1:
        return gettext("also counts as %(meter)s") % facts
    return gettext("also counts %(factor)s times as %(meter)s") % facts


def _nature(row: Row) -> Iterator[str]:
    if row.get("is_money"):
        yield gettext("it is an amount of money")
    if decimals := row.get("decimals"):
        sentence = ngettext("with %(count)s decimal", "with %(count)s decimals", decimals)
        yield sentence % {"count": decimals}
    if row.get("shown") is False:
        yield gettext("members do not see it")
