"""A programme in sentences: each object reads itself back in the active language."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import formats
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_noop as later

from loyalty.models import ProgrammeVersion
from loyalty.queries.documents import document_of
from loyalty.queries.programmes import names_of
from loyalty.queries.wording import FLAGS, money, name_of

Row = Mapping[str, Any]
UNITS = {
    "SEK": later("krona"),
    "NOK": later("Norwegian krone"),
    "DKK": later("Danish krone"),
    "EUR": later("euro"),
}
WINDOWS = {
    "month": later("each month"),
    "quarter": later("each quarter"),
    "half_year": later("each half-year"),
    "year": later("each year"),
}
BASES = {
    "before_vouchers": later("counted before vouchers"),
    "net": later("counted without tax"),
    "list": later("counted at list price"),
}
ROUNDING = {
    "floor": later("rounded down"),
    "ceil": later("rounded up"),
    "half_up": later("rounded to the nearest"),
}
ROUNDING_TO = {
    "floor": later("rounded down to a multiple of %(step)s"),
    "ceil": later("rounded up to a multiple of %(step)s"),
    "half_up": later("rounded to the nearest multiple of %(step)s"),
}
STACKS = {
    "best": later("of such rules only the one that gives most counts"),
    "replace": later("instead of every other rule"),
}


def programme_sentences(programme: ProgrammeVersion | Row) -> list[str]:
    """What a version, or a programme document, says: one sentence for each object."""
    document = document_of(programme) if isinstance(programme, ProgrammeVersion) else programme
    currency = document.get("currency", "SEK")
    with names_of(document):
        told = [
            _told(kind, row, words(row, currency))
            for kind, words in _OBJECTS.items()
            for row in document.get(kind, ())
        ]
    return [*told, *_life(document.get("life", {})), *_returns(document.get("returns", {}))]


def _told(kind: str, row: Row, parts: Iterator[str]) -> str:
    name = name_of(kind, row["key"])
    return f"{name[:1].upper()}{name[1:]}: {'; '.join(part for part in parts if part)}."


def _meter(row: Row, currency: str) -> Iterator[str]:
    if not row.get("spendable", True):
        yield gettext("only counted, never spent")
        return
    yield lifetime_words(row.get("lifetime", {}))
    if row.get("consumption") == "oldest":
        yield gettext("the oldest are used first")


def _reward(row: Row, currency: str) -> Iterator[str]:
    use = row.get("use", {})
    if row["kind"] == "percent_off":
        yield gettext("%(percent)s %% off one purchase") % {"percent": _number(row["percent"])}
    elif use.get("partly"):
        yield gettext("money off, and what is left can be used later")
    else:
        yield gettext("money off one purchase, and what is left is lost")
    yield from _scope(row.get("scope", {}))
    if "min_basket" in use:
        yield gettext("on purchases of at least %(amount)s") % {"amount": _money(use["min_basket"], currency)}
    if "max_share" in use:
        share = {"percent": _number(use["max_share"])}
        yield gettext("for at most %(percent)s %% of the purchase") % share
    yield lifetime_words(row.get("lifetime", {}))
    if row.get("on_return") == "restored":
        yield gettext("can be used again when the goods come back")


def _earning_rule(row: Row, currency: str) -> Iterator[str]:
    yield _rate(row, currency)
    base, rounding = row.get("base", {}), row.get("round", {})
    if base.get("amount") in BASES:
        yield gettext(BASES[base["amount"]])
    yield from _scope(row.get("scope", {}))
    if row.get("condition"):
        yield gettext("only for members with %(condition)s") % {"condition": _condition(row["condition"])}
    if row["rate"]["kind"] != "fixed":
        yield _rounding(rounding)
    if base.get("per") == "line":
        yield gettext("line by line")
    if row.get("stack", {}).get("kind") in STACKS:
        yield gettext(STACKS[row["stack"]["kind"]])
    if days := row.get("pending_days"):
        told = ngettext("usable after %(days)s day", "usable after %(days)s days", days)
        yield told % {"days": days}


def _rate(row: Row, currency: str) -> str:
    rate, meter = row["rate"], row["meter"]
    of = row.get("base", {}).get("amount", "paid")
    facts = {"amount": _amount(meter, rate["value"]), "number": _number(rate["value"])}
    if rate["kind"] == "factor":
        return gettext("%(number)s times the %(meter)s") % {**facts, "meter": name_of("meters", meter)}
    if rate["kind"] == "fixed":
        return gettext("%(amount)s for a purchase") % facts
    if rate["kind"] == "percent":
        return gettext("%(number)s %% of the purchase as %(meter)s") % {
            **facts,
            "meter": name_of("meters", meter),
        }
    if of == "quantity":
        return _per_items(facts, rate)
    if rate["kind"] == "per_full":
        step = _money(rate.get("step", 1), currency)
        return gettext("%(amount)s for each full %(step)s") % {**facts, "step": step}
    unit = gettext(UNITS[currency]) if currency in UNITS else currency
    sentence = gettext("%(amount)s per %(unit)s paid") if of == "paid" else gettext("%(amount)s per %(unit)s")
    return sentence % {**facts, "unit": unit}


def _per_items(facts: Mapping[str, str], rate: Row) -> str:
    step = Decimal(str(rate.get("step", 1))) if rate["kind"] == "per_full" else Decimal(1)
    if step == 1:
        return gettext("%(amount)s per item") % facts
    return gettext("%(amount)s for each full %(count)s items") % {**facts, "count": _number(step)}


def _rounding(rounding: Row) -> str:
    mode, step = rounding.get("mode", "floor"), Decimal(str(rounding.get("step", 1)))
    if mode == "none":
        return ""
    return gettext(ROUNDING[mode]) if step == 1 else gettext(ROUNDING_TO[mode]) % {"step": _number(step)}


def _scope(scope: Row) -> Iterator[str]:
    include, exclude = scope.get("include", {}), scope.get("exclude", {})
    for things, sentences in ((include, _ONLY), (exclude, _NOT)):
        if goods := _goods(things):
            yield gettext(sentences[0]) % {"what": goods}
        if "stores" in things:
            yield gettext(sentences[1]) % {"what": ", ".join(things["stores"])}
        if "channels" in things:
            yield gettext(sentences[2]) % {"what": ", ".join(things["channels"])}
    if "from_date" in scope:
        yield gettext("from %(day)s") % {"day": _day(scope["from_date"])}
    if "to_date" in scope:
        yield gettext("to %(day)s") % {"day": _day(scope["to_date"])}


_ONLY = (later("only on %(what)s"), later("only in the stores %(what)s"), later("only through %(what)s"))
_NOT = (later("not on %(what)s"), later("not in the stores %(what)s"), later("not through %(what)s"))


def _goods(things: Row) -> str:
    flags = [gettext(FLAGS[flag]) if flag in FLAGS else flag for flag in things.get("flags", ())]
    named = [one for name in ("products", "categories", "brands") for one in things.get(name, ())]
    return ", ".join([*named, *flags])


def _condition(tree: Row) -> str:
    if "meter" in tree:
        amount = {"amount": _amount(tree["meter"], tree["value"])}
        return gettext(_COMPARED[tree["op"]]) % amount
    if "tier" in tree:
        return _either([name_of("tiers", tier) for tier in tree["in"]])
    parts = [_condition(part) for part in tree.get("all") or tree.get("any") or tree.get("at_least") or ()]
    if "any" in tree:
        return _either(parts)
    if "at_least" in tree:
        facts = {"count": tree["count"], "parts": ", ".join(parts)}
        return gettext("at least %(count)s of these: %(parts)s") % facts
    return gettext(" and ").join(parts)


_COMPARED = {
    "gte": later("at least %(amount)s"),
    "gt": later("more than %(amount)s"),
    "lte": later("at most %(amount)s"),
}


def _either(parts: Sequence[str]) -> str:
    return gettext(" or ").join(parts)


def _conversion(row: Row, currency: str) -> Iterator[str]:
    form, meter = row["form"], row["meter"]
    facts = {"reward": name_of("rewards", row["reward"]), "value": _money(form.get("value", 0), currency)}
    if form["kind"] == "linear":
        yield gettext("each %(unit)s becomes %(value)s as %(reward)s") % {**facts, "unit": _amount(meter, 1)}
    elif "value" in form:
        yield gettext("each %(step)s becomes %(value)s as %(reward)s") % {
            **facts,
            "step": _amount(meter, form["step"]),
        }
    else:
        yield gettext("%(step)s becomes %(reward)s") % {**facts, "step": _amount(meter, form["step"])}
    if "from" in form:
        yield gettext("from %(start)s on") % {"start": _amount(meter, form["from"])}
    yield _schedule(row.get("schedule", {}))
    if form.get("vouchers") == "one":
        yield gettext("all in one")
    if row.get("remainder") == "drop":
        yield gettext("the rest lapses")
    else:
        yield gettext("the rest is carried on")


def _schedule(schedule: Row) -> str:
    if schedule.get("kind", "at_once") == "at_once":
        return gettext("at once")
    facts = {"window": gettext(WINDOWS[schedule["window"]["unit"]]), "days": schedule.get("offset_days", 0)}
    if not facts["days"]:
        return gettext("at the end of %(window)s") % facts
    sentence = ngettext(
        "%(days)s day after the end of %(window)s", "%(days)s days after the end of %(window)s", facts["days"]
    )
    return sentence % facts


def _tier_ladder(row: Row, currency: str) -> Iterator[str]:
    for tier in row["rows"]:
        facts = {"tier": name_of("tiers", tier["key"]), "amount": _amount(row["meter"], tier["from"])}
        if Decimal(str(tier.get("multiplier", 1))) != 1:
            facts["factor"] = _number(tier["multiplier"])
            yield gettext("%(tier)s from %(amount)s, with %(factor)s times the points") % facts
        else:
            yield gettext("%(tier)s from %(amount)s") % facts
    yield _window(row["window"])
    yield _valid(row.get("valid", {}), row["window"])


def _window(window: Row) -> str:
    if window["kind"] == "lifetime":
        return gettext("counted since joining")
    if window["kind"] == "calendar":
        return gettext("counted %(window)s anew") % {"window": gettext(WINDOWS[window["unit"]])}
    count = window["count"]
    if window["unit"] == "day":
        sentence = ngettext(
            "counted over the last %(count)s day", "counted over the last %(count)s days", count
        )
    else:
        sentence = ngettext(
            "counted over the last %(count)s month", "counted over the last %(count)s months", count
        )
    return sentence % {"count": count}


def _valid(valid: Row, window: Row) -> str:
    kind, count = valid.get("kind", "next_window_end"), valid.get("count", 12)
    if kind == "life" or window["kind"] == "lifetime":
        return gettext("kept for ever")
    if kind == "months" or window["kind"] == "trailing":
        sentence = ngettext("kept for %(count)s month", "kept for %(count)s months", count)
        return sentence % {"count": count}
    if kind == "window_end":
        return gettext("kept to the end of the period")
    return gettext("kept to the end of the next period")


def lifetime_words(lifetime: Row) -> str:
    """How long something can be used, as a clause."""
    kind, count = lifetime.get("kind", "none"), lifetime.get("count", 0)
    sentence = _LIFETIMES[kind](count)
    return sentence % {"count": count}


_LIFETIMES: dict[str, Callable[[int], str]] = {
    "none": lambda count: gettext("never lapses"),
    "days": lambda count: ngettext("valid for %(count)s day", "valid for %(count)s days", count),
    "months": lambda count: ngettext("valid for %(count)s month", "valid for %(count)s months", count),
    "years": lambda count: ngettext("valid for %(count)s year", "valid for %(count)s years", count),
    "end_of_month": lambda count: (
        ngettext(
            "valid to the end of the month, %(count)s month on",
            "valid to the end of the month, %(count)s months on",
            count,
        )
        if count
        else gettext("valid to the end of the month")
    ),
    "end_of_year": lambda count: (
        ngettext(
            "valid to the end of the year, %(count)s year on",
            "valid to the end of the year, %(count)s years on",
            count,
        )
        if count
        else gettext("valid to the end of the year")
    ),
}


def _life(life: Row) -> Iterator[str]:
    inactivity = life.get("inactivity", {})
    months = inactivity.get("months", 0)
    if inactivity.get("effect") == "close":
        sentence = ngettext(
            "After %(count)s month without a purchase the membership ends and the points are lost.",
            "After %(count)s months without a purchase the membership ends and the points are lost.",
            months,
        )
        yield sentence % {"count": months}
    elif inactivity.get("effect") == "zero":
        sentence = ngettext(
            "After %(count)s month without a purchase the points are lost.",
            "After %(count)s months without a purchase the points are lost.",
            months,
        )
        yield sentence % {"count": months}


def _returns(returns: Row) -> Iterator[str]:
    yield gettext("When goods come back, the points that they gave are taken back.")
    if returns.get("unused_vouchers", "cancel") == "cancel":
        yield gettext("An unused voucher that those points had become is cancelled.")
    else:
        yield gettext("An unused voucher that those points had become is kept.")


def _amount(meter: str, number: object) -> str:
    """“2 000 poäng” of a number as files write it."""
    return f"{_number(number)} {name_of('meters', meter)}"


def _number(number: object) -> str:
    exact = Decimal(str(number)).normalize()
    return formats.number_format(Decimal(format(exact, "f")), use_l10n=True, force_grouping=True)


def _money(number: object, currency: str) -> str:
    return money(int(Decimal(str(number)) * 100), currency)


def _day(text: str) -> str:
    return formats.date_format(date.fromisoformat(text), "DATE_FORMAT")


_OBJECTS: dict[str, Callable[[Row, str], Iterator[str]]] = {
    "meters": _meter,
    "earning_rules": _earning_rule,
    "conversions": _conversion,
    "rewards": _reward,
    "tier_ladders": _tier_ladder,
}
