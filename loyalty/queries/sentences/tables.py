"""Values that follow a table, the member's tier, or a meter."""

from collections.abc import Callable, Iterator

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as later

from loyalty.queries.sentences.times import during
from loyalty.queries.sentences.words import Row, both, number
from loyalty.queries.wording import name_of

Write = Callable[[object], str]


def ladder(table: Row, threshold: Write, value: Write) -> str:
    """“1 % from 50 kr, 2 % from 200 kr”."""
    edges = _ABOVE if table.get("edge") == "gt" else _FROM
    told = both(
        [
            gettext(edges["to" in row])
            % {
                "value": value(row["value"]),
                "from": threshold(row["from"]),
                "to": threshold(row.get("to", 0)),
            }
            for row in table["rows"]
        ]
    )
    if table.get("gaps") == "zero" and any("to" in row for row in table["rows"]):
        return gettext("%(table)s, and nothing in between") % {"table": told}
    return told


_FROM = {
    False: later("%(value)s from %(from)s"),
    True: later("%(value)s from %(from)s to below %(to)s"),
}
_ABOVE = {
    False: later("%(value)s above %(from)s"),
    True: later("%(value)s above %(from)s and to below %(to)s"),
}


def followed(row: Row, value: Write) -> Iterator[str]:
    """Clauses for a value that is another by tier or by meter."""
    if "by_tier" in row:
        held = [
            gettext("%(value)s in %(tier)s") % {"value": value(one), "tier": name_of("tiers", tier)}
            for tier, one in row["by_tier"].items()
        ]
        yield gettext("by tier: %(values)s") % {"values": both(held)}
    if "by_meter" in row:
        yield _by_meter(row["by_meter"], value)


def _by_meter(by: Row, value: Write) -> str:
    meter = name_of("meters", by["meter"])
    table = ladder(by, lambda edge: f"{number(edge)} {meter}", value)
    if by.get("measure") == "balance":
        sentence = gettext("by what the member has: %(table)s")
    else:
        sentence = gettext("by what has been counted %(during)s: %(table)s")
    told = sentence % {"table": table, "during": during(by.get("window", {}))}
    if by.get("includes_this"):
        return gettext("%(sentence)s, this purchase included") % {"sentence": told}
    return told


def is_followed(row: Row) -> bool:
    """Whether there is no ordinary value, only those by tier or meter."""
    return "value" not in row and ("by_tier" in row or "by_meter" in row)
