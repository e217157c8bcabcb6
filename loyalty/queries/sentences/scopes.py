"""Which purchases, goods, places, days and people something is about."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_noop as later

from loyalty.queries.glossary import ATTRIBUTES, CHANNELS, COUNTRIES, FLAGS, PAYMENTS
from loyalty.queries.sentences.times import some_days, weekday
from loyalty.queries.sentences.words import Row, Words, both, day, either, kronor, names, words

_GOODS: Mapping[str, Words] = {"products": {}, "categories": {}, "brands": {}, "flags": FLAGS}
_PLACES: Sequence[tuple[str, Words, str, str]] = (
    ("stores", {}, later("only in the store %(what)s"), later("not in the store %(what)s")),
    ("chains", {}, later("only in stores of %(what)s"), later("not in stores of %(what)s")),
    ("regions", {}, later("only in the region %(what)s"), later("not in the region %(what)s")),
    ("countries", COUNTRIES, later("only in %(what)s"), later("not in %(what)s")),
    ("channels", CHANNELS, later("only through %(what)s"), later("not through %(what)s")),
    (
        "payments",
        PAYMENTS,
        later("only the part that is paid by %(what)s"),
        later("not the part that is paid by %(what)s"),
    ),
)


def scope(row: Row) -> Iterator[str]:
    """Everything that ``row`` limits, as clauses."""
    if goods := on_goods(row):
        yield gettext("holds %(goods)s") % {"goods": goods}
    yield from but_goods(row)


def but_goods(row: Row) -> Iterator[str]:
    """What ``row`` limits besides the goods."""
    for name, known, only, not_in in _PLACES:
        for things, sentence in ((row.get("include", {}), only), (row.get("exclude", {}), not_in)):
            if name in things:
                yield gettext(sentence) % {"what": either(words(things[name], known))}
    yield from _people(row)
    yield from _days(row)
    yield from _limits(row)


def on_goods(row: Row) -> str:
    """“on everything except gift cards”, or nothing where all goods count."""
    include, exclude = _goods(row.get("include", {})), _goods(row.get("exclude", {}))
    facts = {"what": either(include), "but": both(exclude), "price": kronor(row.get("price_min", 0))}
    if "price_min" in row:
        return gettext(_DEAR[bool(include), bool(exclude)]) % facts
    if include or exclude:
        return gettext(_ALL[bool(include), bool(exclude)]) % facts
    return ""


_ALL = {
    (True, True): later("on %(what)s but not on %(but)s"),
    (True, False): later("on %(what)s"),
    (False, True): later("on everything except %(but)s"),
}
_DEAR = {
    (True, True): later("on %(what)s for at least %(price)s apiece but not on %(but)s"),
    (True, False): later("on %(what)s for at least %(price)s apiece"),
    (False, True): later("on everything for at least %(price)s apiece except %(but)s"),
    (False, False): later("on everything for at least %(price)s apiece"),
}


def _goods(things: Row) -> list[str]:
    found = [one for name, known in _GOODS.items() for one in words(things.get(name, ()), known)]
    carried = words(things.get("attributes", ()), ATTRIBUTES)
    return found + [gettext("goods that carry the figure “%(what)s”") % {"what": one} for one in carried]


def _people(row: Row) -> Iterator[str]:
    for things, sentence in (
        (
            row.get("include", {}),
            later("only for members who have earned %(what)s")
            if row.get("earned_only")
            else later("only for members in %(what)s"),
        ),
        (row.get("exclude", {}), later("not for members in %(what)s")),
    ):
        found = [segment(one) for one in things.get("segments", ())] + names("tiers", things.get("tiers", ()))
        if found:
            yield gettext(sentence) % {"what": either(found)}
    if row.get("accepted") or "accepted_days" in row:
        yield gettext("only for those who have accepted the offer")
    if days := row.get("accepted_days"):
        sentence = ngettext(
            "an acceptance holds for %(count)s day", "an acceptance holds for %(count)s days", days
        )
        yield sentence % {"count": days}
    for name, tell in _MEMBERS.items():
        if name in row:
            yield tell(row[name])


def segment(key: str) -> str:
    return gettext("the segment “%(segment)s”") % {"segment": key.replace("_", " ")}


def _years(sentence: str) -> Callable[[int], str]:
    return lambda years: gettext(sentence) % {"years": years}


def _since(sentence: str) -> Callable[[str], str]:
    return lambda text: gettext(sentence) % {"day": day(text)}


_MEMBERS: Mapping[str, Callable[..., str]] = {
    "member_from": _since(later("only for those who joined on %(day)s or later")),
    "member_to": _since(later("only for those who joined on %(day)s or earlier")),
    "age_from": _years(later("only for those who are at least %(years)s years old")),
    "age_to": _years(later("only for those who are at most %(years)s years old")),
}


def _days(row: Row) -> Iterator[str]:
    facts = {name: day(row[name]) for name in ("from_date", "to_date") if name in row}
    if len(facts) == 2:
        yield gettext("from %(from_date)s to %(to_date)s") % facts
    elif facts:
        sentence = {"from_date": later("from %(from_date)s on"), "to_date": later("to %(to_date)s")}
        yield gettext(sentence[next(iter(facts))]) % facts
    if "weekdays" in row:
        yield gettext("only on %(days)s") % {"days": both([weekday(one) for one in row["weekdays"]])}
    yield from _clock(row)
    if "dates" in row:
        yield gettext("only on %(days)s") % {"days": some_days(row["dates"])}
    if "not_dates" in row:
        yield gettext("not on %(days)s") % {"days": some_days(row["not_dates"])}


def _clock(row: Row) -> Iterator[str]:
    facts = {"from": row.get("time_from", ""), "to": row.get("time_to", "")}
    if facts["from"] and facts["to"]:
        yield gettext("between %(from)s and %(to)s") % facts
    elif facts["from"]:
        yield gettext("from %(from)s o'clock on") % facts
    elif facts["to"]:
        yield gettext("before %(to)s o'clock") % facts


def _limits(row: Row) -> Iterator[str]:
    facts = {name: kronor(row[name]) for name in ("receipt_min", "receipt_max") if name in row}
    if len(facts) == 2:
        yield gettext("on receipts of %(receipt_min)s to %(receipt_max)s") % facts
    elif "receipt_min" in facts:
        yield gettext("on receipts of at least %(receipt_min)s") % facts
    elif facts:
        yield gettext("on receipts of at most %(receipt_max)s") % facts
