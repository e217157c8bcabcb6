"""Conversions: how much of a meter becomes how much of what, and when."""

from collections.abc import Callable, Iterator
from decimal import Decimal

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_noop as later

from loyalty.queries.sentences.conditions import only_for
from loyalty.queries.sentences.rates import rounding
from loyalty.queries.sentences.tables import followed, ladder
from loyalty.queries.sentences.times import during, schedule
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
from loyalty.queries.wording import name_of

_TAKES = {
    "all": later("everything that there is goes with it"),
    "nothing": later("nothing of it is used up"),
}


def conversion(row: Row) -> Iterator[str]:
    form = row["form"]
    yield from _FORMS[form["kind"]](row)
    yield from followed(form, lambda value: becomes(row, value))
    yield schedule(row.get("schedule", {}))
    yield from _measured(row)
    if form.get("vouchers") == "one":
        yield gettext("all in one")
    if "round" in form:
        yield rounding(form["round"])
    if row.get("condition"):
        yield only_for(row["condition"])
    if count := row.get("max_per_run"):
        sentence = ngettext("at most %(count)s at a time", "at most %(count)s at a time", count)
        yield sentence % {"count": count}
    yield from _paid_out(row)
    yield from _taken(row)


def becomes(row: Row, value: object | None) -> str:
    """“100 kr as bonus check”, “100 wallet”: so much of what the conversion gives."""
    if "draw" in row:
        return tickets(row["draw"], value)
    if "to_meter" in row:
        return amount(row["to_meter"], value) if value is not None else name_of("meters", row["to_meter"])
    if "reward" not in row:
        return kronor(value) if value is not None else gettext("a reward")
    return reward_worth(row["reward"], value)


def tickets(draw: str, value: object | None) -> str:
    facts = {"count": number(value or 0), "draw": name_of("draws", draw)}
    if value is None:
        return gettext("tickets in %(draw)s") % facts
    sentence = ngettext(
        "%(count)s ticket in %(draw)s", "%(count)s tickets in %(draw)s", int(Decimal(str(value)))
    )
    return sentence % facts


def _value(row: Row) -> str:
    return becomes(row, row["form"].get("value"))


def _step(row: Row) -> Iterator[str]:
    form, meter = row["form"], row["meter"]
    facts = {"step": amount(meter, form["step"]), "what": _value(row)}
    start = form.get("from", form["step"])
    if start == form["step"]:
        yield gettext("%(step)s become %(what)s") % facts
    else:
        yield gettext("each %(step)s becomes %(what)s, from %(start)s on") % {
            **facts,
            "start": amount(meter, start),
        }


def _linear(row: Row) -> Iterator[str]:
    facts = {"point": amount(row["meter"], 1), "what": _value(row)}
    yield gettext("%(point)s becomes %(what)s") % facts
    yield from _least(row)


def _least(row: Row) -> Iterator[str]:
    if "from" in row["form"]:
        yield gettext("from %(start)s on") % {"start": amount(row["meter"], row["form"]["from"])}


def _table(row: Row) -> Iterator[str]:
    def threshold(value: object) -> str:
        return amount(row["meter"], value)

    told = ladder(row["form"]["table"], threshold, lambda value: becomes(row, value))
    yield gettext("becomes %(table)s") % {"table": told}
    yield from _least(row)


def _percent(sentence: str) -> Callable[[Row], Iterator[str]]:
    def tell(row: Row) -> Iterator[str]:
        table = ladder(row["form"]["table"], lambda value: amount(row["meter"], value), percent)
        yield gettext(sentence) % {"what": becomes(row, None), "table": table}
        yield from _least(row)

    return tell


def _sequence(row: Row) -> Iterator[str]:
    form = row["form"]
    given = [_passing(row, one) for one in form["sequence"]]
    facts = {"step": amount(row["meter"], form["step"]), "given": "; ".join(given)}
    yield gettext("each %(step)s gives, in turn: %(given)s") % facts
    if "repeat_from" in form:
        yield gettext("after the last one it goes on from number %(number)s") % {
            "number": form["repeat_from"]
        }
    yield from _least(row)


def _passing(row: Row, one: Row) -> str:
    if "reward" in one:
        return reward_worth(one["reward"], one.get("value"))
    return becomes(row, one.get("value", row["form"].get("value")))


def _pool(row: Row) -> Iterator[str]:
    facts = {"meter": name_of("meters", row["meter"]), "what": becomes(row, None)}
    yield gettext("a sum that staff enter is shared by %(meter)s, as %(what)s") % facts
    yield from _least(row)


def _consecutive(row: Row) -> Iterator[str]:
    form, meter = row["form"], row["meter"]
    facts = {"what": _value(row), "from": amount(meter, form["from"]), "count": form["windows"]}
    if "to" in form:
        sentence = gettext("%(from)s to %(to)s, %(count)s periods in a row, become %(what)s")
        yield sentence % {**facts, "to": amount(meter, form["to"])}
    else:
        yield gettext("at least %(from)s, %(count)s periods in a row, become %(what)s") % facts


_FORMS: dict[str, Callable[[Row], Iterator[str]]] = {
    "step": _step,
    "linear": _linear,
    "table": _table,
    "whole_percent": _percent(later("per cent of everything becomes %(what)s: %(table)s")),
    "marginal_percent": _percent(later("per cent of each part becomes %(what)s: %(table)s")),
    "sequence": _sequence,
    "pool": _pool,
    "consecutive": _consecutive,
}


def _measured(row: Row) -> Iterator[str]:
    window = row.get("window") or row.get("schedule", {}).get("window", {})
    if row.get("measure") == "window":
        yield gettext("by what was earned %(during)s") % {"during": during(window)}
        if row.get("period") == "previous":
            yield gettext("what counts is the last whole period before the run")
    elif row.get("measure") == "passings":
        yield gettext("by how often a step was passed %(during)s") % {"during": during(window)}
    elif row["form"]["kind"] == "consecutive":
        yield gettext("counted %(during)s") % {"during": during(window)}


def _paid_out(row: Row) -> Iterator[str]:
    if "fee" in row:
        yield gettext("%(fee)s is taken off what is paid out, as far as it goes") % {
            "fee": kronor(row["fee"])
        }
    if "fees" in row:
        fees = {"fees": both(names("fees", row["fees"]))}
        yield gettext("what is paid out first pays %(fees)s; what is missing is never owed") % fees
    if "fills" in row:
        filled = {"meters": both(names("meters", row["fills"]))}
        yield gettext("what is paid out first fills %(meters)s, up to the ceiling") % filled
    if "pay_out_choice" in row:
        sizes = either([amount(row["meter"], size) for size in row["pay_out_choice"]])
        yield gettext("the member chooses whether %(sizes)s are turned at a time") % {"sizes": sizes}


def _taken(row: Row) -> Iterator[str]:
    if row.get("takes") in _TAKES:
        yield gettext(_TAKES[row["takes"]])
    elif row.get("remainder") == "drop":
        yield gettext("the rest lapses")
    else:
        yield gettext("the rest is carried on")
