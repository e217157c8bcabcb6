"""Earning rules: what gives, how much, to whom, how often at most, and when it can be used."""

from collections.abc import Iterator
from decimal import Decimal

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_noop as later

from loyalty.queries.glossary import EVENTS, called
from loyalty.queries.sentences.conditions import only_for
from loyalty.queries.sentences.rates import days_later, rate
from loyalty.queries.sentences.scopes import but_goods
from loyalty.queries.sentences.times import weekday
from loyalty.queries.sentences.words import PER, Row, amount, kronor, number

STACKS = {
    "best": later("of such rules only the one that gives most counts"),
    "first": later("of such rules only the first that gives counts"),
    "replace": later("instead of every other rule"),
}
_ACTS_ON = {
    "base": later("counted on what the other rules gave"),
    "tiered": later("counted on what the other rules gave, with the extra of the tier"),
    "all": later("counted on everything so far"),
}
_GOES_TO = {
    "referrer": later("goes to who invited the member"),
    "leader": later("goes to who leads the group order"),
}
_FROM = {
    "shipment": later("counted from the day it is sent"),
    "delivery": later("counted from the day it is delivered"),
    "service": later("counted from the day of the service"),
    "booking": later("counted from the day of the booking"),
    "return_period_end": later("counted from the end of the time for returns"),
}


def earning_rule(row: Row) -> Iterator[str]:
    yield from rate(row)
    event = row.get("event", "purchase")
    if event != "purchase" and row["rate"]["kind"] != "fixed":
        yield gettext("for %(event)s") % {"event": called(event, EVENTS)}
    yield from but_goods(row.get("scope", {}))
    if row.get("condition"):
        yield only_for(row["condition"])
    if row.get("beneficiary") in _GOES_TO:
        yield gettext(_GOES_TO[row["beneficiary"]])
    yield from _stack(row.get("stack", {}))
    yield from _limits(row)
    if row.get("tier_rate") == "after":
        yield gettext("by the tier that the purchase leads to")
    yield from _usable(row)
    yield from _claimed_late(row)


def _stack(stack: Row) -> Iterator[str]:
    kind = stack.get("kind", "add")
    if kind in STACKS:
        yield gettext(STACKS[kind])
    if kind == "multiply":
        yield gettext(_ACTS_ON[stack.get("acts_on", "base")])
    if stack.get("counts_for") == "spendable":
        yield gettext("does not count anywhere else")
    if stack.get("group", "base") != "base":
        yield gettext("weighed only against rules of the group “%(group)s”") % {
            "group": stack["group"].replace("_", " ")
        }


def _limits(row: Row) -> Iterator[str]:
    limits = row.get("limits", {})
    for most in limits.get("max", ()):
        yield from _most(row, most)
    if "min_hours" in limits:
        yield _hours(limits["min_hours"], limits.get("since", "counted"))
    if "acceptances" in limits:
        times = limits["acceptances"]["times"]
        sentence = ngettext(
            "can be accepted %(times)s time %(per)s", "can be accepted %(times)s times %(per)s", times
        )
        yield sentence % {"times": times, "per": gettext(PER[limits["acceptances"]["per"]])}


def _hours(hours: object, since: str) -> str:
    few = 1 if Decimal(str(hours)) == 1 else 2
    if since == "purchase":
        sentence = ngettext(
            "at least %(hours)s hour after the purchase before",
            "at least %(hours)s hours after the purchase before",
            few,
        )
    else:
        sentence = ngettext(
            "at least %(hours)s hour after the last one that counted",
            "at least %(hours)s hours after the last one that counted",
            few,
        )
    return sentence % {"hours": number(hours)}


def _most(row: Row, most: Row) -> Iterator[str]:
    per = gettext(PER[most["per"]])
    if "amount" in most:
        told = amount(row["meter"], most["amount"]) if "meter" in row else kronor(most["amount"])
        yield gettext("at most %(amount)s %(per)s") % {"amount": told, "per": per}
    if "times" in most:
        sentence = ngettext(
            "at most %(times)s time %(per)s", "at most %(times)s times %(per)s", most["times"]
        )
        yield sentence % {"times": most["times"], "per": per}


def _usable(row: Row) -> Iterator[str]:
    credit = row.get("credit", {})
    if days := row.get("pending_days"):
        yield days_later(days)
    if credit.get("from") in _FROM:
        yield gettext(_FROM[credit["from"]])
    if "weekday" in credit:
        told = {"day": weekday(credit["weekday"])}
        if credit.get("before"):
            yield gettext("usable from the last %(day)s before that") % told
        else:
            yield gettext("usable from the next %(day)s then") % told


def _claimed_late(row: Row) -> Iterator[str]:
    if "late_claim_days" in row:
        days = row["late_claim_days"]
        sentence = ngettext(
            "a receipt can be claimed up to %(days)s day later",
            "a receipt can be claimed up to %(days)s days later",
            days,
        )
        yield sentence % {"days": days}
