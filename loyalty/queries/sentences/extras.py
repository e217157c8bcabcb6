"""Challenges, draws, funds and perks."""

from collections.abc import Iterator
from decimal import Decimal

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_noop as later

from loyalty.queries.glossary import ATTRIBUTES, DONE, EVENTS, called
from loyalty.queries.sentences.scopes import scope
from loyalty.queries.sentences.times import during, some_days, weekday
from loyalty.queries.sentences.words import (
    PER,
    Row,
    amount,
    both,
    day,
    either,
    kronor,
    moment,
    number,
    reward_worth,
)
from loyalty.queries.wording import in_language, name_of


def challenge(row: Row) -> Iterator[str]:
    goals = [_goal(one) for one in row["goals"]]
    told = either(goals) if row.get("needed") == "any" else both(goals)
    yield gettext("%(goals)s gives %(what)s") % {"goals": told, "what": _won(row)}
    yield from _dates(row)
    if row.get("acceptance") or "days_from_acceptance" in row:
        yield gettext("only for those who have accepted the offer")
    if days := row.get("days_from_acceptance"):
        sentence = ngettext("within %(count)s day from then", "within %(count)s days from then", days)
        yield sentence % {"count": days}
    yield from scope(row.get("scope", {}))
    if (times := row.get("repeats", 1)) > 1:
        sentence = ngettext("can be won %(count)s time", "can be won %(count)s times", times)
        yield sentence % {"count": times}


def _won(row: Row) -> str:
    """What is won: so much of a meter, or a reward, or what has only a name."""
    if "meter" in row:
        return amount(row["meter"], row.get("amount", 1))
    if "reward" in row:
        return reward_worth(row["reward"], row.get("value"))
    if "name" in row and "goals" not in row:
        return in_language(row["name"])
    return gettext("a reward")


def _goal(goal: Row) -> str:
    told = _counted(goal)
    limits = "; ".join(scope(goal.get("scope", {})))
    if limits:
        told = gettext("%(goal)s (%(limits)s)") % {"goal": told, "limits": limits}
    if "in_a_row" in goal:
        facts = {"goal": told, "during": during(goal["in_a_row"]), "count": number(goal["target"])}
        return gettext("%(goal)s %(during)s, %(count)s such periods in a row") % facts
    return told


def _counted(goal: Row) -> str:
    target = goal.get("each", 1) if "in_a_row" in goal else goal["target"]
    facts = {"count": number(target), "amount": kronor(target) if goal["count"] == "money" else ""}
    if goal["count"] == "stores" and goal.get("event", "purchase") != "purchase":
        told = {**facts, "event": called(goal["event"], EVENTS)}
        return gettext("%(event)s in %(count)s different stores") % told
    if goal["count"] == "attribute":
        return f"{number(target)} {called(goal.get('attribute', ''), ATTRIBUTES)}".rstrip()
    if goal["count"] == "acts":
        event = goal.get("event", "purchase")
        if event in DONE and Decimal(str(target)) == 1:
            return gettext("to have %(done)s once") % {"done": gettext(DONE[event])}
        if event in DONE:
            return gettext("to have %(done)s %(count)s times") % {**facts, "done": gettext(DONE[event])}
        return gettext("%(count)s times “%(event)s”") % {**facts, "event": called(event, EVENTS)}
    if Decimal(str(target)) == 1 and goal["count"] in _ONE:
        return gettext(_ONE[goal["count"]])
    return gettext(_GOALS[goal["count"]]) % facts


_GOALS = {
    "orders": later("%(count)s purchases"),
    "lines": later("%(count)s lines on receipts"),
    "pieces": later("%(count)s items"),
    "money": later("purchases for %(amount)s"),
    "days": later("purchases on %(count)s days"),
    "products": later("%(count)s different products"),
    "categories": later("goods of %(count)s different categories"),
    "brands": later("goods of %(count)s different brands"),
    "stores": later("purchases in %(count)s different stores"),
}
_ONE = {
    "orders": later("one purchase"),
    "lines": later("one line on a receipt"),
    "pieces": later("one item"),
    "days": later("a purchase on one day"),
}


def _dates(row: Row) -> Iterator[str]:
    facts = {name: day(row[name]) for name in ("from_date", "to_date") if name in row}
    if len(facts) == 2:
        yield gettext("from %(from_date)s to %(to_date)s") % facts
    elif "from_date" in facts:
        yield gettext("from %(from_date)s on") % facts
    elif facts:
        yield gettext("to %(to_date)s") % facts


def draw(row: Row) -> Iterator[str]:
    entries = row.get("entries", {})
    yield _entry(entries)
    yield from scope(entries.get("scope", {}))
    if count := entries.get("max_per_day"):
        sentence = ngettext("at most %(count)s lot a day", "at most %(count)s lots a day", count)
        yield sentence % {"count": count}
    yield from _dates(row)
    yield gettext(_POOLS[row.get("pool", "whole")])
    yield from _drawn(row.get("drawn", {}))
    yield gettext("prizes: %(prizes)s") % {"prizes": both([_prize(one) for one in row["prizes"]])}
    if count := row.get("max_wins"):
        sentence = ngettext(
            "the same person can win %(count)s time", "the same person can win %(count)s times", count
        )
        yield sentence % {"count": count}
    yield gettext("staff take part") if row.get("staff_may_win") else gettext("staff do not take part")
    if "seed" in row:
        yield gettext("anybody can check the draw with the words “%(seed)s”") % {"seed": row["seed"]}


def _entry(entries: Row) -> str:
    facts = {
        "step": kronor(entries.get("step", 1)),
        "event": called(entries.get("event", "purchase"), EVENTS),
    }
    return gettext(_ENTRIES[entries.get("per", "receipt")]) % facts


_ENTRIES = {
    "receipt": later("a lot for each receipt"),
    "piece": later("a lot for each item"),
    "amount": later("a lot for each full %(step)s"),
    "act": later("a lot for %(event)s"),
    "conversion": later("tickets are what members turn something into"),
}
_POOLS = {
    "day": later("drawn among the lots of the day"),
    "week": later("drawn among the lots of the week"),
    "whole": later("drawn among all lots"),
}


def _drawn(drawn: Row) -> Iterator[str]:
    if "weekday" in drawn:
        yield gettext("drawn on the next %(day)s") % {"day": weekday(drawn["weekday"])}
    if "days_after" in drawn:
        sentence = ngettext(
            "drawn %(count)s day after the end", "drawn %(count)s days after the end", drawn["days_after"]
        )
        yield sentence % {"count": drawn["days_after"]}
    if "not_dates" in drawn:
        yield gettext("never drawn on %(days)s") % {"days": some_days(drawn["not_dates"])}


def _prize(prize: Row) -> str:
    told, count = _won(prize), prize.get("count", 1)
    if "name" in prize and {"meter", "reward"} & set(prize):
        told = gettext("%(name)s (%(value)s)") % {"name": in_language(prize["name"]), "value": told}
    return f"{count} × {told}" if count > 1 else told


def fund(row: Row) -> Iterator[str]:
    if "opening" in row:
        yield gettext("starts with %(amount)s") % {"amount": kronor(row["opening"])}
    if "grant_min" in row:
        yield gettext("grants are at least %(amount)s") % {"amount": kronor(row["grant_min"])}
    if "grant_max" in row:
        yield gettext("grants are at most %(amount)s") % {"amount": kronor(row["grant_max"])}
    if row.get("public", True):
        yield gettext("everybody can see what it holds")
    else:
        yield gettext("only staff see what it holds")


def perk(row: Row) -> Iterator[str]:
    if "text" in row:
        yield in_language(row["text"]).rstrip(".")
    else:
        yield gettext(_PERKS[row.get("kind", "benefit")])
    yield from scope(row.get("scope", {}))
    for tier, what in row.get("by_tier", {}).items():
        yield gettext("%(what)s in %(tier)s") % {"what": what, "tier": name_of("tiers", tier)}
    for opening in row.get("opens", ()):
        yield _opens(opening)
    if "closes" in row:
        yield gettext("closes on %(moment)s") % {"moment": moment(row["closes"])}
    yield from _seats(row)
    for name, sentence in _EACH.items():
        if name in row:
            yield gettext(sentence) % {"count": row[name]}
    if "quota" in row:
        yield from _quota(row["quota"])


def _quota(quota: Row) -> Iterator[str]:
    per = gettext(PER[quota["per"]])
    sentence = ngettext(
        "each member can use it %(times)s time %(per)s",
        "each member can use it %(times)s times %(per)s",
        quota["times"],
    )
    yield sentence % {"times": quota["times"], "per": per}
    for tier, times in quota.get("by_tier", {}).items():
        sentence = ngettext("%(times)s time in %(tier)s", "%(times)s times in %(tier)s", times)
        yield sentence % {"times": times, "tier": name_of("tiers", tier)}


_PERKS = {
    "benefit": later("a benefit"),
    "page": later("a page that opens"),
    "event": later("an event with seats"),
}
_EACH = {
    "max_each": later("at most %(count)s each"),
}


def _opens(opening: Row) -> str:
    facts = {"moment": moment(opening["from"])}
    if "tier" in opening:
        return gettext("opens on %(moment)s for %(tier)s") % {
            **facts,
            "tier": name_of("tiers", opening["tier"]),
        }
    return gettext("opens on %(moment)s for all members") % facts


def _seats(row: Row) -> Iterator[str]:
    if "seats" in row:
        sentence = ngettext("%(count)s seat", "%(count)s seats", row["seats"])
        yield sentence % {"count": row["seats"]}
    if row.get("waiting_list") is False:
        yield gettext("no waiting list")
    elif "waiting_list" in row or "seats" in row:
        yield gettext("who comes too late can wait for a seat")
