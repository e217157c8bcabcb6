"""Rewards, and the menus from which members take them."""

from collections.abc import Callable, Iterator

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_noop as later

from loyalty.queries.sentences.conditions import only_for
from loyalty.queries.sentences.scopes import but_goods, on_goods, scope
from loyalty.queries.sentences.times import lifetime
from loyalty.queries.sentences.words import (
    Row,
    amount,
    both,
    either,
    kronor,
    names,
    number,
    percent,
    reward_worth,
)
from loyalty.queries.wording import in_language, name_of

_COMBINABLE = {
    "same": later("together only with its own kind"),
    "none": later("not together with other vouchers"),
}
_ON_RETURN = {
    "restored": later("can be used again when the goods come back, unless it has lapsed"),
    "restored_always": later("can always be used again when the goods come back"),
    "store_credit": later("becomes store credit when the goods come back"),
}
_EARNS = {
    "full": later("the purchase earns on the full price"),
    "nothing": later("a purchase that it pays for earns nothing"),
}
_TRANSFER = {
    "household": later("can be given on in the household"),
    "members": later("can be given on to another member"),
    "anyone": later("can be given on to anyone"),
}


def reward(row: Row) -> Iterator[str]:
    yield from _kind(row)
    yield from but_goods(row.get("scope", {}))
    if row.get("use", {}).get("piece") == "cheapest":
        yield gettext("the cheapest of the goods is the free one")
    yield from _use(row)
    yield lifetime(row.get("lifetime", {}))
    if days := row.get("available_after_days"):
        sentence = ngettext(
            "can be used from %(days)s day after it was issued",
            "can be used from %(days)s days after it was issued",
            days,
        )
        yield sentence % {"days": days}
    if "claim" in row:
        yield gettext("must be claimed first: %(lifetime)s") % {"lifetime": lifetime(row["claim"])}
    if "stock" in row:
        count = row["stock"]["count"]
        sentence = ngettext("there is only %(count)s", "there are only %(count)s in all", count)
        yield sentence % {"count": number(count)}
    for name, table in (("on_return", _ON_RETURN), ("earns", _EARNS)):
        if row.get(name) in table:
            yield gettext(table[row[name]])
    yield from _given_on(row.get("transfer", {}))


def _kind(row: Row) -> Iterator[str]:
    goods = on_goods(row.get("scope", {}))
    told = _said(row)
    yield gettext("%(sentence)s %(goods)s") % {"sentence": told, "goods": goods} if goods else told
    if row["kind"] == "money_off":
        partly = row.get("use", {}).get("partly")
        yield gettext("what is left can be used later") if partly else gettext("what is left is lost")
    if "choices" in row:
        yield gettext("choose among %(choices)s") % {
            "choices": either([_choice(one) for one in row["choices"]])
        }
    if "value" in row and row["kind"] == "product":
        yield gettext("for at most %(value)s") % {"value": kronor(row["value"])}
    elif "value" in row:
        yield gettext("worth %(value)s unless something else is said") % {"value": kronor(row["value"])}


def _said(row: Row) -> str:
    if row["kind"] == "percent_off":
        off = row.get("percent", 0)
        return (
            gettext("free of charge")
            if float(off) == 100
            else gettext("%(percent)s off") % {"percent": percent(off)}
        )
    if row["kind"] == "donation" and "fund" in row:
        return gettext("a donation to %(fund)s") % {"fund": name_of("funds", row["fund"])}
    return gettext(_KINDS[row["kind"]])


_KINDS = {
    "money_off": later("money off"),
    "product": later("an item free of charge"),
    "service": later("something to use or to enter"),
    "choice": later("one thing of your choice"),
    "donation": later("a donation"),
    "payout": later("money that is paid out"),
}


def _choice(one: Row) -> str:
    told = in_language(one["name"])
    if "value" in one:
        return gettext("%(name)s (%(value)s)") % {"name": told, "value": kronor(one["value"])}
    return told


_USED_FOR: dict[str, tuple[str, Callable[[object], str]]] = {
    "min_basket": (later("on purchases of at least %(amount)s"), kronor),
    "one_per": (later("one for each full %(amount)s of the purchase"), kronor),
    "max_share": (later("for at most %(percent)s of the purchase"), percent),
    "unit": (later("used in whole %(amount)s"), kronor),
}


def _use(row: Row) -> Iterator[str]:
    use = row.get("use", {})
    for name, (sentence, write) in _USED_FOR.items():
        if name in use:
            told = write(use[name])
            yield gettext(sentence) % {"amount": told, "percent": told}
    if count := use.get("max_per_receipt"):
        sentence = ngettext("at most %(count)s on a receipt", "at most %(count)s on a receipt", count)
        yield sentence % {"count": count}
    if use.get("combinable") in _COMBINABLE:
        yield gettext(_COMBINABLE[use["combinable"]])
    elif use.get("combinable") == "listed":
        others = {"rewards": both(names("rewards", use.get("with", ())))}
        yield (
            gettext("together only with %(rewards)s") % others
            if "with" in use
            else gettext(_COMBINABLE["none"])
        )
    if use.get("automatic"):
        yield gettext("used by itself at the next purchase where it can be")


def _given_on(transfer: Row) -> Iterator[str]:
    if transfer.get("to") not in _TRANSFER:
        return
    yield gettext(_TRANSFER[transfer["to"]])
    if count := transfer.get("count"):
        sentence = ngettext(
            "at most %(count)s a year can be given on", "at most %(count)s a year can be given on", count
        )
        yield sentence % {"count": count}
    if hands := transfer.get("hands"):
        sentence = ngettext(
            "the same one at most %(count)s time", "the same one at most %(count)s times", hands
        )
        yield sentence % {"count": hands}


def menu(row: Row) -> Iterator[str]:
    for option in row.get("options", ()):
        yield _option(row, option)
    yield from _free_choice(row)
    if "min_balance" in row:
        yield gettext("only for those who have at least %(amount)s") % {
            "amount": amount(row["meter"], row["min_balance"])
        }
    if "max_points" in row:
        yield gettext("at most %(amount)s on one order") % {"amount": amount(row["meter"], row["max_points"])}
    if "max_share" in row:
        yield gettext("for at most %(percent)s of the purchase") % {"percent": percent(row["max_share"])}
    if row.get("one_per_order"):
        yield gettext("only one on an order")
    yield from scope(row.get("scope", {}))
    if row.get("condition"):
        yield only_for(row["condition"])
    if row.get("earns") == "nothing":
        yield gettext("a purchase that it pays for earns nothing")
    yield gettext(_POINTS_ON_RETURN[row.get("on_return", "restored")])


_POINTS_ON_RETURN = {
    "restored": later("comes back when the goods come back"),
    "lost": later("does not come back when the goods come back"),
    "store_credit": later("becomes store credit when the goods come back"),
}


def _option(row: Row, option: Row) -> str:
    facts = {"points": amount(row["meter"], option["points"])}
    key = option.get("reward") or row.get("reward")
    value = option.get("value")
    if key:
        facts["what"] = reward_worth(key, value)
    elif value is not None:
        facts["what"] = gettext("%(value)s off") % {"value": kronor(value)}
    else:
        facts["what"] = gettext("a reward")
    if "name" in option:
        facts["name"] = in_language(option["name"])
        return gettext("%(points)s give %(what)s (%(name)s)") % facts
    return gettext("%(points)s give %(what)s") % facts


def _free_choice(row: Row) -> Iterator[str]:
    free = row.get("free_choice")
    if free is None:
        if "options" not in row:
            yield gettext("nothing to choose yet")
        return
    facts = {"point": amount(row["meter"], 1), "value": kronor(free["unit_value"])}
    if "reward" in row:
        yield gettext("%(point)s gives %(value)s off as %(reward)s") % {
            **facts,
            "reward": name_of("rewards", row["reward"]),
        }
    else:
        yield gettext("%(point)s gives %(value)s off") % facts
    if "min" in free:
        yield gettext("at least %(amount)s at a time") % {"amount": amount(row["meter"], free["min"])}
    if "unit" in free:
        yield gettext("in whole %(amount)s") % {"amount": amount(row["meter"], free["unit"])}
