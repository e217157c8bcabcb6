"""What a programme has one of: whom it is for, how a membership ends, and what a return does. In whole sentences."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_noop as later

from loyalty.queries.sentences.scopes import scope
from loyalty.queries.sentences.times import activities, schedule
from loyalty.queries.sentences.words import Row, day, number, percent, told
from loyalty.queries.wording import in_language, name_of

_UNITS = {
    "person": later("Everybody has an account of their own."),
    "household": later("What is earned belongs to the household."),
    "group": later("What is earned belongs to the group order."),
    "bearer": later("What is earned belongs to whoever has the card."),
}
_SPENDERS = {
    "all": later("Everybody in the household can use it."),
    "holder": later("Only the holder of the account can use it."),
    "authorised": later("The holder of the account can use it, and those whom the holder lets."),
}

_HOUSEHOLDS: Mapping[str, Mapping[Any, str]] = {
    "same_address": {True: later("Everybody in a household lives at the same address.")},
    "who_sees": {
        "everything": later("The others in the household see what each has bought."),
        "purchases": later(
            "The others in the household see the day, the store, the sum and the points of each purchase, but not what was bought."
        ),
        "balance": later("The others in the household see only what they have together."),
    },
    "whose_year": {
        "account": later("The years of a household run from when its account was opened."),
        "holder": later("The years of a household run from when its holder joined."),
        "longest": later("The years of a household run from when the first of its members joined."),
    },
    "share_on_leaving": {
        "stays": later("Who leaves the household leaves what has been earned to the others."),
        "earned": later("Who leaves the household takes along what is left of what they earned."),
        "equal": later("Who leaves the household takes along an equal part of what can be spent."),
    },
}


def audience(row: Row) -> Iterator[str]:
    if "age_from" in row:
        yield gettext("You must be at least %(years)s years old.") % {"years": row["age_from"]}
    yield from _who_may_join(row)
    if "unit" in row:
        yield gettext(_UNITS[row["unit"]])
    if count := row.get("max_members"):
        sentence = ngettext(
            "A household has at most %(count)s member.", "A household has at most %(count)s members.", count
        )
        yield sentence % {"count": count}
    if "who_spends" in row:
        yield gettext(_SPENDERS[row["who_spends"]])
    yield from _households(row)
    if "late_claims" in row:
        yield _late_claims(row["late_claims"])
    for stage in row.get("stages", ()):
        yield _stage(stage)


def _who_may_join(row: Row) -> Iterator[str]:
    if "age_to" in row:
        yield gettext("You can be at most %(years)s years old when you join.") % {"years": row["age_to"]}
    if row.get("one_each"):
        yield gettext("Nobody can be a member twice.")
    if row.get("staff") == "excluded":
        yield gettext("Those who work in the shop cannot be members.")


def _households(row: Row) -> Iterator[str]:
    if count := row.get("invitation_days"):
        sentence = ngettext(
            "An invitation to a household can be accepted for %(count)s day.",
            "An invitation to a household can be accepted for %(count)s days.",
            count,
        )
        yield sentence % {"count": count}
    for name, sentences in _HOUSEHOLDS.items():
        if row.get(name) in sentences:
            yield gettext(sentences[row[name]])


def seen_by_others(who_sees: str) -> str:
    """What the others in a household see of one's purchases."""
    return gettext(_HOUSEHOLDS["who_sees"][who_sees])


def going_along(share_on_leaving: str) -> str:
    """What goes along with who leaves a household."""
    return gettext(_HOUSEHOLDS["share_on_leaving"][share_on_leaving])


def _late_claims(row: Row) -> str:
    days = row["days"]
    if not days:
        return gettext("A purchase can be registered afterwards only on the same day%(who)s.") % {
            "who": _by(row)
        }
    sentence = ngettext(
        "A purchase can be registered afterwards for %(days)s day%(who)s.",
        "A purchase can be registered afterwards for %(days)s days%(who)s.",
        days,
    )
    return sentence % {"days": days, "who": _by(row)}


def _by(row: Row) -> str:
    """Who registers it, as the end of a sentence."""
    by = set(row.get("by", ["staff"]))
    if by == {"staff"}:
        return gettext(", by our staff")
    return (
        gettext(", by yourself on your page")
        if by == {"member"}
        else gettext(", by yourself or by our staff")
    )


def _stage(stage: Row) -> str:
    parts = [gettext("the club holds from %(day)s on") % {"day": day(stage["from_date"])}]
    parts += scope(stage.get("scope", {}))
    if "share_percent" in stage:
        parts.append(
            gettext("for %(percent)s of the members, picked by lot")
            % {"percent": percent(stage["share_percent"])}
        )
    sentence = "; ".join(parts)
    if "name" in stage:
        return f"{told(in_language(stage['name']))}: {sentence}."
    return f"{told(sentence)}."


def life(row: Row) -> Iterator[str]:
    if "inactivity" in row:
        yield from _inactivity(row["inactivity"])
    if "earlier_lots" in row:
        yield gettext(_EARLIER_LOTS[row["earlier_lots"]])
    for one in row.get("claw_back", ()):
        facts = {"reward": name_of("rewards", one["reward"]), "count": one["months"]}
        sentence = ngettext(
            "Who leaves within %(count)s month loses %(reward)s.",
            "Who leaves within %(count)s months loses %(reward)s.",
            one["months"],
        )
        yield sentence % facts
    if "leaving" in row:
        yield from _leaving(row["leaving"])


def _leaving(row: Row) -> Iterator[str]:
    years, days = row.get("years", 1), row.get("after_days", 0)
    if row["points"] == "kept":
        sentence = ngettext(
            "What a member has when leaving waits %(count)s year for them to come back.",
            "What a member has when leaving waits %(count)s years for them to come back.",
            years,
        )
        yield sentence % {"count": years}
    elif row["points"] == "cut":
        sentence = ngettext(
            "%(count)s day after a member left, at most %(most)s points are left, and wait for them to come back.",
            "%(count)s days after a member left, at most %(most)s points are left, and wait for them to come back.",
            days,
        )
        yield sentence % {"count": days, "most": number(row["to"])}
    else:
        yield gettext(_LEFT[row["points"]])
    if grace := row.get("grace_days"):
        sentence = ngettext(
            "Who comes back within %(count)s day goes on as if never gone, with the same tier.",
            "Who comes back within %(count)s days goes on as if never gone, with the same tier.",
            grace,
        )
        yield sentence % {"count": grace}


_LEFT = {
    "lost": later("Who leaves the club loses points and checks."),
    "frozen": later("Points and checks wait for who leaves the club and comes back."),
}
_EARLIER_LOTS = {
    "keep": later("What was earned before these rules lasts as long as it was born to."),
    "take_over": later("What was earned before these rules lasts as long as these rules say."),
}


def _inactivity(row: Row) -> Iterator[str]:
    if row["effect"] == "none":
        yield gettext("A member who does nothing keeps everything.")
        return
    months = row["months"]
    facts = {"count": months, "activities": activities(row.get("without", ["purchase"]))}
    closes = row["effect"] == "close"
    if row.get("full_months"):
        yield _after_full_months(closes, months) % facts
    else:
        yield _after_months(closes, months) % facts
    if "ends" in row:
        yield gettext("It takes effect %(when)s.") % {"when": schedule(row["ends"])}


def _after_months(closes: bool, months: int) -> str:
    if closes:
        return ngettext(
            "Who does not %(activities)s for %(count)s month loses the membership and the points.",
            "Who does not %(activities)s for %(count)s months loses the membership and the points.",
            months,
        )
    return ngettext(
        "Who does not %(activities)s for %(count)s month loses the points.",
        "Who does not %(activities)s for %(count)s months loses the points.",
        months,
    )


def _after_full_months(closes: bool, months: int) -> str:
    if closes:
        return ngettext(
            "Who does not %(activities)s for %(count)s whole calendar month loses the membership and the points.",
            "Who does not %(activities)s for %(count)s whole calendar months loses the membership and the points.",
            months,
        )
    return ngettext(
        "Who does not %(activities)s for %(count)s whole calendar month loses the points.",
        "Who does not %(activities)s for %(count)s whole calendar months loses the points.",
        months,
    )


_RETURNS: Mapping[str, Mapping[Any, str]] = {
    "points": {
        "reverse": later("When goods come back, the points that they gave are taken back."),
        "keep": later("When goods come back, the points that they gave are kept."),
    },
    "settled": {
        "stays": later("What was settled before a return stays as it was."),
        "reopened": later(
            "What was settled before is settled again when goods come back, and what was paid too much is taken out of what is paid next."
        ),
    },
    "counts": {
        "sale": later("A return counts on the day of the sale."),
        "return": later("A return counts on the day when the goods come back."),
    },
    "below_zero": {
        True: later(
            "If the points are already used, the balance goes below zero, and the next points make up for it."
        ),
        False: later("A balance never goes below zero; what is missing is written off."),
    },
    "unused_vouchers": {
        "cancel": later("An unused voucher that those points had become is cancelled."),
        "reduce": later("An unused voucher that those points had become is worth that much less."),
        "keep": later("An unused voucher that those points had become is kept."),
    },
    "used_vouchers": {
        "debt": later("If the voucher is already used, the points are owed."),
        "nothing": later("If the voucher is already used, nothing is owed."),
    },
    "referrals": {
        "retested": later(
            "What an invited friend's first purchase gave is taken back when that purchase comes back."
        ),
        "kept": later("What an invited friend's first purchase gave is kept when that purchase comes back."),
    },
}
# Said even where the programme does not say it.
_ALWAYS = {"points": "reverse", "unused_vouchers": "cancel"}


def returns(row: Row) -> Iterator[str]:
    for name, sentences in _RETURNS.items():
        value = row.get(name, _ALWAYS.get(name))
        if value is not None:
            yield gettext(sentences[value])
