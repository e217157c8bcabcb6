"""What must be true of a member. Every part goes on from “members …”, so that parts can be joined."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from math import ceil
from operator import eq, ge, gt, le, lt

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_noop as later

from loyalty.queries.glossary import CHANNELS, DONE, EVENTS, PURPOSES, called
from loyalty.queries.sentences.scopes import segment
from loyalty.queries.sentences.times import during
from loyalty.queries.sentences.words import Row, amount, either, kronor, names, number
from loyalty.queries.wording import name_of

_UNLIKE = {"gte": "lt", "lt": "gte", "gt": "lte", "lte": "gt", "eq": "ne"}
_COMPARED = {
    "gte": later("at least %(number)s"),
    "gt": later("more than %(number)s"),
    "lte": later("at most %(number)s"),
    "lt": later("less than %(number)s"),
    "eq": later("exactly %(number)s"),
    "ne": later("anything but %(number)s"),
}


def only_for(tree: Row) -> str:
    """“only for members who …”."""
    return gettext("only for members %(condition)s") % {"condition": condition(tree)}


def condition(tree: Row, *, is_not: bool = False) -> str:
    """The tree as what members it is about: “who have at least 500 points or who are in gold”."""
    if "not" in tree:
        return condition(tree["not"], is_not=not is_not)
    for name, tell in _LEAVES.items():
        if name in tree:
            return tell(tree, is_not)
    return _several(tree, is_not)


def _several(tree: Row, is_not: bool) -> str:
    if "at_least" in tree:
        return _at_least(tree, is_not)
    name = "any" if "any" in tree else "all"
    parts = [_part(part, is_not) for part in tree.get(name, ())]
    if len(parts) == 1:
        return condition(tree[name][0], is_not=is_not)
    # What is not (a and b) is not a, or not b.
    is_any = (name == "any") != is_not
    return gettext(" or ").join(parts) if is_any else gettext(" and ").join(parts)


def _part(part: Row, is_not: bool) -> str:
    """In parentheses where “and” would meet “or”."""
    told = condition(part, is_not=is_not)
    inner = part
    while "not" in inner:
        inner = inner["not"]
    is_group = any(len(inner.get(name, ())) > 1 for name in ("all", "any"))
    return f"({told})" if is_group else told


def _at_least(tree: Row, is_not: bool) -> str:
    parts = "; ".join(condition(part) for part in tree["at_least"])
    facts = {"count": tree["count"], "parts": parts}
    if is_not:
        return gettext("for whom fewer than %(count)s of this hold: (%(parts)s)") % facts
    return gettext("for whom at least %(count)s of this hold: (%(parts)s)") % facts


def _compared(tree: Row, is_not: bool, written: str) -> str:
    op = tree.get("op", "gte")
    return gettext(_COMPARED[_UNLIKE[op] if is_not else op]) % {"number": written}


def _meter(tree: Row, is_not: bool) -> str:
    if count := tree.get("consecutive"):
        return _in_a_row(tree, is_not, count)
    facts = {
        "amount": _compared(tree, is_not, amount(tree["meter"], tree["value"])),
        "during": during(tree.get("window", {})),
    }
    if tree.get("measure", "balance") == "balance":
        return _with_this(tree, gettext("who have %(amount)s") % facts)
    return _with_this(tree, gettext("who have earned %(amount)s %(during)s") % facts)


def _in_a_row(tree: Row, is_not: bool, count: int) -> str:
    facts = {
        "amount": _compared(tree, is_not=False, written=amount(tree["meter"], tree["value"])),
        "during": during(tree.get("window", {})),
        "count": count,
    }
    if is_not:
        sentence = ngettext(
            "who have not %(count)s time in a row earned %(amount)s %(during)s",
            "who have not %(count)s times in a row earned %(amount)s %(during)s",
            count,
        )
    else:
        sentence = ngettext(
            "who have %(count)s time in a row earned %(amount)s %(during)s",
            "who have %(count)s times in a row earned %(amount)s %(during)s",
            count,
        )
    return sentence % facts


def _with_this(tree: Row, sentence: str) -> str:
    if tree.get("includes_this"):
        return gettext("%(sentence)s, this purchase included") % {"sentence": sentence}
    return sentence


_MEASURES = {
    "sum": later("who in all have %(amount)s for %(event)s %(during)s"),
    "average": later("who on average have %(amount)s for %(event)s %(during)s"),
    "min": later("who at the least have %(amount)s for %(event)s %(during)s"),
    "max": later("who at the most have %(amount)s for %(event)s %(during)s"),
}


def _event(tree: Row, is_not: bool) -> str:
    window = during(tree.get("window", {}))
    if count := tree.get("consecutive"):
        sentence = ngettext(
            "%(during)s, %(count)s time in a row", "%(during)s, %(count)s times in a row", count
        )
        window = sentence % {"during": window, "count": count}
    if tree.get("measure", "count") in _MEASURES:
        facts = {
            "amount": _compared(tree, is_not, kronor(tree["value"])),
            "event": called(tree["event"], EVENTS),
            "during": window,
        }
        return _with_this(tree, gettext(_MEASURES[tree["measure"]]) % facts)
    return _with_this(tree, _times(tree, is_not, window))


def _times(tree: Row, is_not: bool, window: str) -> str:
    count = ceil(Decimal(str(tree["value"])))
    if tree.get("op") == "eq" and count == 0:
        return _once(tree, window) if is_not else _never(tree, window)
    facts = {"times": _compared(tree, is_not, number(tree["value"])), "during": window}
    if tree["event"] in DONE:
        sentence = ngettext(
            "who have %(done)s %(times)s time %(during)s",
            "who have %(done)s %(times)s times %(during)s",
            count,
        )
        return sentence % {**facts, "done": gettext(DONE[tree["event"]])}
    sentence = ngettext(
        "who have had “%(event)s” %(times)s time %(during)s",
        "who have had “%(event)s” %(times)s times %(during)s",
        count,
    )
    return sentence % {**facts, "event": called(tree["event"], EVENTS)}


def _once(tree: Row, window: str) -> str:
    """Anything but never."""
    return _times({**tree, "op": "gte", "value": 1}, is_not=False, window=window)


def _never(tree: Row, window: str) -> str:
    if tree["event"] in DONE:
        sentence = gettext("who have not %(done)s %(during)s")
        return sentence % {"done": gettext(DONE[tree["event"]]), "during": window}
    sentence = gettext("who have not had “%(event)s” %(during)s")
    return sentence % {"event": called(tree["event"], EVENTS), "during": window}


def _tier(tree: Row, is_not: bool) -> str:
    facts = {"tiers": either(names("tiers", tree["in"])), "during": during(tree.get("window", {}))}
    return gettext(_HELD_AS.get(tree.get("held", "now"), _HELD)[is_not]) % facts


_HELD = {False: later("who are in %(tiers)s"), True: later("who are not in %(tiers)s")}
_HELD_EVER = {
    False: later("who have been in %(tiers)s %(during)s"),
    True: later("who have not been in %(tiers)s %(during)s"),
}
_EARNED = {
    False: later("who have earned %(tiers)s themselves"),
    True: later("who have not earned %(tiers)s themselves"),
}
_HELD_AS = {"ever": _HELD_EVER, "earned": _EARNED}


def _fact(tree: Row, is_not: bool) -> str:
    if tree["fact"] in _TRUE_OR_NOT:
        return _true_or_not(tree, is_not)
    facts = {"number": _compared(tree, is_not, number(tree["value"]))}
    if tree["fact"] == "age":
        return gettext("who are %(number)s years old") % facts
    return gettext("who have been members for %(number)s months") % facts


def _true_or_not(tree: Row, is_not: bool) -> str:
    """It is 1 or 0, and asked about in many ways."""
    holds, value = _COMPARE[tree.get("op", "gte")], float(tree["value"])
    among = (holds(0, value) != is_not, holds(1, value) != is_not)
    told = {**_TRUE_OR_NOT[tree["fact"]], **_EITHER}[among]
    return gettext(told)


_COMPARE: Mapping[str, Callable[[float, float], bool]] = {"gte": ge, "gt": gt, "lte": le, "lt": lt, "eq": eq}
_TRUE_OR_NOT = {
    "referred": {
        (False, True): later("who were invited by another member"),
        (True, False): later("who were not invited by another member"),
    },
    "birthday": {
        (False, True): later("who have their birthday that day"),
        (True, False): later("who do not have their birthday that day"),
    },
    "birthday_month": {
        (False, True): later("who have their birthday that month"),
        (True, False): later("who do not have their birthday that month"),
    },
}
_EITHER = {(True, True): later("who are anybody"), (False, False): later("who do not exist")}


def _consent(tree: Row, is_not: bool) -> str:
    facts = {
        "purpose": called(tree["consent"], PURPOSES),
        "channel": called(tree.get("channel", ""), CHANNELS),
    }
    if "channel" in tree:
        return gettext(_AGREED_BY[is_not]) % facts
    return gettext(_AGREED[is_not]) % facts


_AGREED = {
    False: later("who have agreed to %(purpose)s"),
    True: later("who have not agreed to %(purpose)s"),
}
_AGREED_BY = {
    False: later("who have agreed to %(purpose)s by %(channel)s"),
    True: later("who have not agreed to %(purpose)s by %(channel)s"),
}


def _segment(tree: Row, is_not: bool) -> str:
    return gettext(_HELD[is_not]) % {"tiers": segment(tree["segment"])}


def _accepted(tree: Row, is_not: bool) -> str:
    return gettext(_ACCEPTED[is_not]) % {"offer": _offer(tree["accepted"])}


def _offer(key: str) -> str:
    kinds: Sequence[str] = ("challenges", "earning_rules", "price_rules")
    found = [name for kind in kinds if (name := name_of(kind, key)) != key]
    return found[0] if found else name_of("challenges", key)


_ACCEPTED = {
    False: later("who have accepted “%(offer)s”"),
    True: later("who have not accepted “%(offer)s”"),
}
_LEAVES: dict[str, Callable[[Row, bool], str]] = {
    "meter": _meter,
    "tier": _tier,
    "event": _event,
    "fact": _fact,
    "consent": _consent,
    "segment": _segment,
    "accepted": _accepted,
}
