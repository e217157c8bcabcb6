"""Tier ladders: what reaches a tier, what keeps it, and for how long."""

from collections.abc import Callable, Iterator
from decimal import Decimal

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_noop as later

from loyalty.queries.glossary import EVENTS, called
from loyalty.queries.sentences.conditions import condition
from loyalty.queries.sentences.scopes import scope
from loyalty.queries.sentences.times import during, lifetime
from loyalty.queries.sentences.words import Row, amount, both, names, number
from loyalty.queries.wording import in_language, name_of


def tier_ladder(row: Row) -> Iterator[str]:
    for tier in row["rows"]:
        yield _tier(row, tier)
    yield gettext("counted %(during)s") % {"during": during(row["window"])}
    if "minimum" in row:
        yield gettext("every tier only for members %(condition)s") % {"condition": condition(row["minimum"])}
    yield _valid(_usual(row.get("valid", {}), row["window"]))
    yield from _moves(row)


def _usual(valid: Row, window: Row) -> Row:
    """How long a tier is kept, also where nothing is said: a window that trails has no end of its own."""
    kind = valid.get("kind", "life" if window["kind"] == "lifetime" else "next_window_end")
    if window["kind"] == "trailing" and kind not in ("life", "while"):
        kind = "months"
    return {**valid, "kind": kind}


def _tier(row: Row, tier: Row) -> str:
    parts = [_reached(row, tier)]
    if Decimal(str(tier.get("multiplier", 1))) != 1:
        parts.append(gettext("%(factor)s times the points") % {"factor": number(tier["multiplier"])})
    if "keep_from" in tier:
        parts.append(gettext("kept with %(amount)s") % {"amount": amount(row["meter"], tier["keep_from"])})
    if "keep" in tier:
        parts.append(gettext("kept by members %(condition)s") % {"condition": condition(tier["keep"])})
    if "valid" in tier:
        parts.append(_valid(_usual(tier["valid"], row["window"])))
    return ", ".join(parts)


def _reached(row: Row, tier: Row) -> str:
    facts = {"tier": in_language(tier["name"])}
    if "from" in tier:
        facts["amount"] = amount(row["meter"], tier["from"])
    if "reach" in tier:
        facts["condition"] = condition(tier["reach"])
    return gettext(_REACHED["from" in tier, "reach" in tier]) % facts


_REACHED = {
    (True, True): later("%(tier)s from %(amount)s, for members %(condition)s"),
    (True, False): later("%(tier)s from %(amount)s"),
    (False, True): later("%(tier)s for members %(condition)s"),
    (False, False): later("%(tier)s, which nothing reaches by itself"),
}


def _valid(valid: Row) -> str:
    told = _KEPT[valid["kind"]](valid)
    if months := valid.get("extra_months"):
        sentence = ngettext("%(kept)s and %(count)s month more", "%(kept)s and %(count)s months more", months)
        return sentence % {"kept": told, "count": months}
    return told


def _months(valid: Row) -> str:
    count = valid.get("count", 12)
    return ngettext("kept for %(count)s month", "kept for %(count)s months", count) % {"count": count}


_KEPT: dict[str, Callable[[Row], str]] = {
    "months": _months,
    "window_end": lambda valid: gettext("kept to the end of the period"),
    "next_window_end": lambda valid: gettext("kept to the end of the next period"),
    "while": lambda valid: gettext("kept as long as what keeps it holds"),
    "life": lambda valid: gettext("kept for ever"),
}


def _moves(row: Row) -> Iterator[str]:
    if row.get("promotion") == "window_end":
        yield gettext("a member rises when the period ends")
    if row.get("demotion") == "one_down":
        yield gettext("a member falls one step at a time")
    if row.get("surplus") == "carry":
        yield gettext("what is earned beyond the tier reached counts in the next period")
    if "never_below" in row:
        facts = {name: name_of("tiers", row["never_below"][name]) for name in ("held", "tier")}
        yield gettext("who has been in %(held)s never falls below %(tier)s") % facts
    if days := row.get("grace_days"):
        sentence = ngettext(
            "falls %(count)s day after its time at the earliest",
            "falls %(count)s days after its time at the earliest",
            days,
        )
        yield sentence % {"count": days}
    if row.get("undone_by_return") is False:
        yield gettext("a return never takes a tier")
    if "zero" in row.get("on_fall", {}):
        yield gettext("who falls loses all %(meters)s") % {
            "meters": both(names("meters", row["on_fall"]["zero"]))
        }
    yield from _unearned(row)


def _unearned(row: Row) -> Iterator[str]:
    """What moves a tier besides earning."""
    if "on_withdrawal" in row:
        tier = name_of("tiers", row["on_withdrawal"]["back_to"])
        yield gettext("who takes money out goes back to %(tier)s and begins anew") % {"tier": tier}
    for given in row.get("given_by", ()):
        yield _given(given)


_ORIGINS = {
    "bought": later("%(tier)s can be bought: %(event)s gives it"),
    "gifted": later("%(tier)s is a gift for %(event)s"),
    "matched": later("%(tier)s is matched for %(event)s"),
    "subscription": later("%(tier)s comes with a subscription, for %(event)s"),
}


def _given(row: Row) -> str:
    facts = {"tier": name_of("tiers", row["tier"]), "event": called(row["event"], EVENTS)}
    parts = [gettext(_ORIGINS[row["origin"]]) % facts, *scope(row.get("scope", {}))]
    if row.get("lifetime", {}).get("kind", "none") != "none":
        parts.append(lifetime(row["lifetime"]))
    return ", ".join(parts)
