"""How much a rule gives, of what, and how it is rounded."""

from collections.abc import Callable, Iterator
from decimal import Decimal

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_noop as later

from loyalty.queries.glossary import ATTRIBUTES, CURRENCIES, EVENTS, MONEY, called
from loyalty.queries.programmes import currency_given
from loyalty.queries.sentences.scopes import on_goods
from loyalty.queries.sentences.tables import followed, is_followed, ladder
from loyalty.queries.sentences.times import during
from loyalty.queries.sentences.words import Row, amount, kind_of, kronor, number, percent
from loyalty.queries.wording import name_of

PURCHASES = ("purchase", "first_purchase", "referral_ordered")


def rate(row: Row) -> Iterator[str]:
    """What ``row``, an earning rule, gives; first the sentence, then what it needs besides."""
    told = _RATES[row["rate"]["kind"]](row)
    goods = on_goods(row.get("scope", {}))
    yield gettext("%(sentence)s %(goods)s") % {"sentence": told, "goods": goods} if goods else told
    yield from followed(row["rate"], _value_writer(row))
    yield from _base(row)
    if row["rate"]["kind"] != "fixed" and not _is_said_whole(row):
        yield rounding(row.get("round", {}))
    yield from _rounded_at(row.get("round", {}))


def given(row: Row, value: object | None) -> str:
    """What is given: so much of a meter, so much money as a reward or to a fund, or the reward itself."""
    if "meter" in row:
        return amount(row["meter"], value) if value is not None else name_of("meters", row["meter"])
    facts = {"value": kronor(value) if value is not None else gettext("money")}
    if "fund" in row:
        return gettext("%(value)s to %(fund)s") % {**facts, "fund": name_of("funds", row["fund"])}
    if "reward" not in row:
        return facts["value"]
    reward, count = name_of("rewards", row["reward"]), row.get("count", 1)
    if kind_of(row["reward"]) in ("money_off", "payout", "donation", ""):
        reward = gettext("%(value)s as %(reward)s") % {**facts, "reward": reward}
    return f"{count} × {reward}" if count > 1 else reward


def _given_by_rate(row: Row) -> str:
    return given(row, None if is_followed(row["rate"]) else row["rate"].get("value", 0))


def _value_writer(row: Row) -> Callable[[object], str]:
    if "percent" in row["rate"]["kind"]:
        return percent
    return number if row["rate"]["kind"] == "factor" else lambda value: given(row, value)


def _of(row: Row) -> str:
    default = "paid" if row.get("event", "purchase") in PURCHASES else "quantity"
    return str(row.get("base", {}).get("amount", default))


def _is_said_whole(row: Row) -> bool:
    """“1 point per whole krona” needs not say that it is rounded down."""
    whole = row.get("round", {}).get("mode", "floor") == "floor"
    return (
        whole
        and row["rate"]["kind"] == "per_unit"
        and Decimal(str(row["rate"].get("value", 0))) == 1
        and Decimal(str(row.get("round", {}).get("step", 1))) == 1
        and not {"by_tier", "by_meter"} & set(row["rate"])
        and _of(row) in MONEY
    )


def _per_unit(row: Row) -> str:
    facts = {"given": _given_by_rate(row), "unit": _unit(row)}
    if _is_said_whole(row):
        return gettext("%(given)s per whole %(unit)s") % facts
    return gettext("%(given)s per %(unit)s") % facts


def _unit(row: Row) -> str:
    of = _of(row)
    if of in MONEY:
        return called(currency_given(), CURRENCIES)
    if of == "attribute":
        return called(row.get("base", {}).get("attribute", ""), ATTRIBUTES)
    if of == "quantity" and row.get("event", "purchase") not in PURCHASES:
        return gettext("time")
    return gettext(_UNITS[of])


_UNITS = {
    "quantity": later("item"),
    "lines": later("line on the receipt"),
    "receipts": later("receipt"),
    "one": later("time"),
}


def _per_full(row: Row) -> str:
    return gettext("%(given)s for each full %(step)s") % _step(row)


def _per_started(row: Row) -> str:
    return gettext("%(given)s for each started %(step)s") % _step(row)


def _step(row: Row) -> dict[str, str]:
    value = row["rate"].get("step", 1)
    if _of(row) in MONEY:
        step = kronor(value)
    elif Decimal(str(value)) == 1:
        step = _unit(row)
    else:
        step = f"{number(value)} {_unit(row)}"
    return {"given": _given_by_rate(row), "step": step}


def _percent(row: Row) -> str:
    told = row["rate"].get("value", 0)
    facts = {"what": _what_counts(row), "as": _as(row), "percent": percent(told)}
    if is_followed(row["rate"]):
        return gettext("so many per cent of %(what)s %(as)s") % facts
    return gettext("%(percent)s of %(what)s %(as)s") % facts


def _as(row: Row) -> str:
    """“as points”, after a percentage."""
    if "fund" in row:
        return gettext("to %(fund)s") % {"fund": name_of("funds", row["fund"])}
    if not {"meter", "reward"} & set(row):
        return ""
    name = name_of("meters", row["meter"]) if "meter" in row else name_of("rewards", row["reward"])
    return gettext("as %(name)s") % {"name": name}


def _what_counts(row: Row) -> str:
    of = _of(row)
    if of == "attribute":
        told = called(row.get("base", {}).get("attribute", ""), ATTRIBUTES)
        return gettext("the figure “%(figure)s”") % {"figure": told}
    return gettext(_COUNTED[of])


_COUNTED = {
    "paid": later("what is paid"),
    "before_vouchers": later("the price before vouchers"),
    "net": later("what is paid without tax"),
    "list": later("the full price"),
    "quantity": later("the number of items"),
    "lines": later("the number of lines on the receipt"),
    "receipts": later("the number of receipts"),
    "one": later("the number of times"),
}


def _fixed(row: Row) -> str:
    facts = {"given": _given_by_rate(row), "event": called(row.get("event", "purchase"), EVENTS)}
    return gettext("%(given)s for %(event)s") % facts


def _factor(row: Row) -> str:
    facts = {"factor": number(row["rate"].get("value", 1)), "given": given(row, None)}
    if is_followed(row["rate"]):
        return gettext("%(given)s times a factor") % facts
    return gettext("%(factor)s times as much: %(given)s") % facts


def _tabled(sentence: str, write: Callable[[Row], Callable[[object], str]]) -> Callable[[Row], str]:
    def tell(row: Row) -> str:
        threshold = kronor if _of(row) in MONEY else number
        facts = {
            "what": _what_counts(row),
            "as": _as(row),
            "table": ladder(row["rate"]["table"], threshold, write(row)),
        }
        return gettext(sentence) % facts

    return tell


_RATES: dict[str, Callable[[Row], str]] = {
    "per_unit": _per_unit,
    "per_full": _per_full,
    "per_started": _per_started,
    "percent": _percent,
    "fixed": _fixed,
    "factor": _factor,
    "bracket": _tabled(later("by %(what)s: %(table)s"), lambda row: lambda value: given(row, value)),
    "whole_percent": _tabled(later("per cent of all of %(what)s %(as)s: %(table)s"), lambda row: percent),
    "marginal_percent": _tabled(
        later("per cent of each part of %(what)s %(as)s: %(table)s"), lambda row: percent
    ),
}


def _base(row: Row) -> Iterator[str]:
    base = row.get("base", {})
    if _of(row) in _COUNTED_AT and "percent" not in row["rate"]["kind"]:
        yield gettext(_COUNTED_AT[_of(row)])
    if row["rate"]["kind"] == "fixed" and base.get("amount") == "attribute":
        yield gettext("when it carries the figure “%(figure)s”") % {"figure": _unit(row)}
    per = base.get("per")
    if per in _PER:
        yield gettext(_PER[per])
    if per == "period":
        yield gettext("counted together %(during)s") % {"during": during(base.get("window", {}))}


_COUNTED_AT = {
    "before_vouchers": later("counted before vouchers"),
    "net": later("counted without tax"),
    "list": later("counted at list price"),
}
_PER = {"line": later("line by line"), "day": later("counted together for the day")}


def rounding(row: Row) -> str:
    """How something is rounded, as a clause; nothing for what is not."""
    mode, step = row.get("mode", "floor"), Decimal(str(row.get("step", 1)))
    if mode == "none":
        return ""
    return gettext(_ROUNDING[mode]) if step == 1 else gettext(_ROUNDING_TO[mode]) % {"step": number(step)}


_ROUNDING = {
    "floor": later("rounded down"),
    "ceil": later("rounded up"),
    "half_up": later("rounded to the nearest"),
}
_ROUNDING_TO = {
    "floor": later("rounded down to a multiple of %(step)s"),
    "ceil": later("rounded up to a multiple of %(step)s"),
    "half_up": later("rounded to the nearest multiple of %(step)s"),
}


def _rounded_at(row: Row) -> Iterator[str]:
    if row.get("at") == "line":
        yield gettext("rounded line by line")
    elif row.get("at") == "receipt":
        yield gettext("rounded once for the receipt")


def days_later(days: int) -> str:
    told = ngettext("usable after %(days)s day", "usable after %(days)s days", days)
    return told % {"days": days}
