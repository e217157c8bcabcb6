"""What keeps a scenario from being played as it is meant: what it names and is not there, and what does not add up."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from loyalty.engine.calendar import add_months, local_day
from loyalty.engine.errors import FileRefused, Place, ProgrammeError
from loyalty.engine.happening import Line
from loyalty.engine.ladders import Tier
from loyalty.engine.parsing import parse
from loyalty.engine.plain_yaml import Source
from loyalty.engine.programme import Programme
from loyalty.engine.references import missing
from loyalty.engine.scenario import (
    ABOUT_NOBODY,
    GUEST,
    VERBS,
    WITH_ANOTHER,
    WITH_VOUCHER,
    Happening,
    Scenario,
    read,
)

Documents = Callable[[str], Mapping[str, Any]]
Errors = Iterator[ProgrammeError]
Named = Iterator[tuple[str, str, Place]]
# The objects that a scenario can name, by what messages call them.
_KEYS: Mapping[str, Callable[[Programme], Iterable[str]]] = {
    "meter": lambda programme: programme.meters,
    "reward": lambda programme: programme.rewards,
    "menu": lambda programme: programme.menus,
    "fund": lambda programme: programme.funds,
    "perk": lambda programme: programme.perks,
    "tier ladder": lambda programme: [one.key for one in programme.ladders],
    "conversion": lambda programme: [one.key for one in programme.conversions],
    "challenge": lambda programme: [one.key for one in programme.challenges],
    "draw": lambda programme: [one.key for one in programme.draws],
    "offer": lambda programme: [one.offer for one in programme.earning_rules if one.offer],
}
_NAMED_BY = {
    "adjust": ("meter", "meter"),
    "set_tier": ("ladder", "tier ladder"),
    "use": ("menu", "menu"),
    "book": ("perk", "perk"),
    "unbook": ("perk", "perk"),
    "draw": ("draw", "draw"),
    "grant": ("fund", "fund"),
    "pool": ("conversion", "conversion"),
    "choose": ("conversion", "conversion"),
    "convert": ("conversion", "conversion"),
    "reopen": ("conversion", "conversion"),
}
_EXPECTED_BY = {
    **dict.fromkeys(("balance", "available", "pending", "debt", "earned", "taken_back"), "meter"),
    **dict.fromkeys(("tiers", "tiers_last_day"), "tier ladder"),
    **dict.fromkeys(("entries", "pool", "winners"), "draw"),
    **dict.fromkeys(("open", "benefits", "seats", "waiting"), "perk"),
    "funds": "fund",
    "progress": "challenge",
}
# What names another member, and where.
NAMING = {"join": "referred_by", "give": "to"}


def no_others(name: str) -> Mapping[str, Any]:
    """Where there are no files beside the scenario."""
    raise FileRefused([ProgrammeError("other versions can only be read beside a programme file")])


def read_checked(source: Source, document: Mapping[str, Any], documents: Documents = no_others) -> Scenario:
    """The scenario in ``source`` under a checked programme document. Raises ``FileRefused``.

    ``documents`` answers the checked document of another version, by the name that the scenario gives its file.
    """
    programme = parse(document)
    found = read(source, programme)
    others = [parse(documents(name), key=name) for _from, name in found.versions]
    if errors := errors_of(found, [programme, *others]):
        raise FileRefused(errors)
    return found


def errors_of(scenario: Scenario, versions: Sequence[Programme]) -> list[ProgrammeError]:
    """What in ``scenario`` cannot be meant under any of ``versions``, with lines."""
    found = [
        *_verb_errors(scenario),
        *_order_errors(scenario),
        *_payment_errors(scenario, versions),
        *_people_errors(scenario, versions),
        *_name_errors(scenario, versions),
    ]
    return [ProgrammeError(error.message, error.place, scenario.source.line(error.place)) for error in found]


def _verb_errors(scenario: Scenario) -> Errors:
    for index, row in enumerate(scenario.source.value["happenings"]):
        place = ("happenings", index)
        verbs = [verb for verb in VERBS if verb in row]
        if len(verbs) > 1:
            yield ProgrammeError(f"only one thing happens at a time, not {' and '.join(verbs)}", place)
        if not verbs and "expect" not in row:
            yield ProgrammeError(f"nothing happens: add one of {', '.join(VERBS)}, or expect", place)


def _order_errors(scenario: Scenario) -> Errors:
    orders: dict[str, set[str]] = {}
    for happening in scenario.happenings:
        place = (*happening.place, happening.verb)
        if happening.verb in ("return", "cancel", "undo", "register") and happening.number not in orders:
            yield ProgrammeError(f"there is no order '{happening.number}' before this", place)
        elif happening.verb == "return":
            for line in happening.back_lines():
                if line.ref not in orders[happening.number]:
                    yield ProgrammeError(f"order '{happening.number}' has no line '{line.ref}'", place)
        elif happening.verb in ("order", "act"):
            if happening.number in orders:
                yield ProgrammeError(f"the order number '{happening.number}' is used twice", place)
            lines = (happening.order() if happening.verb == "order" else happening.act()).lines
            orders[happening.number] = {line.ref for line in lines}
            yield from _line_errors(lines, place)


def _line_errors(lines: list[Line], place: Place) -> Errors:
    if len({line.ref for line in lines}) < len(lines):
        yield ProgrammeError("two lines have the same ref", place)
    for index, line in enumerate(lines):
        if line.discount > line.gross:
            at = (*place, "lines", index, "discount")
            yield ProgrammeError("the discount is more than the price", at)


def _payment_errors(scenario: Scenario, versions: Sequence[Programme]) -> Errors:
    """What vouchers, points and the programme's own prices take off is only known when it is played."""
    has_prices = any(programme.price_rules for programme in versions)
    for one in scenario.happenings:
        if one.verb == "order" and "payments" in one.facts:
            order = one.order()
            paid, cost = sum(order.payments.values()), order.before_vouchers
            may_be_less = has_prices or "vouchers" in one.facts or "use" in one.facts
            if paid > cost or (paid < cost and not may_be_less):
                told = f"the payments come to {_kronor(paid)} and the order costs {_kronor(cost)}"
                yield ProgrammeError(f"{told}: make them add up", (*one.place, "order", "payments"))


def _kronor(amount: int) -> str:
    whole, rest = divmod(amount, 100)
    return f"{whole}.{rest:02}" if rest else str(whole)


def _people_errors(scenario: Scenario, versions: Sequence[Programme]) -> Errors:
    """Who joins again while they are surely a member, and who is named before they joined."""
    quiet = [programme.life.inactive_months for programme in versions if programme.life.inactive_months]
    joined: dict[str, date] = {}
    gone: set[str] = set()
    for one in scenario.happenings:
        member, day = one.member, local_day(one.at, one.zone)
        if one.verb == "join":
            may_have_ended = quiet and day >= add_months(joined.get(member, day), min(quiet))
            if member in joined and member not in gone and not may_have_ended:
                told = f"'{member}' is a member already: let them leave first, or remove this"
                yield ProgrammeError(told, (*one.place, "join"))
        yield from _unknown_person(one, joined)
        if _lets_in(one):
            joined[member] = day if one.verb == "join" else joined.get(member, day)
        if one.verb == "leave":
            gone.add(member)
        elif one.verb == "join":
            gone.discard(member)


def _lets_in(one: Happening) -> bool:
    """Whether whom it is about is in the club after it, or was before."""
    if one.verb == "join":
        return "refused" not in one.expect
    return one.verb not in ABOUT_NOBODY and one.member != GUEST


def _unknown_person(one: Happening, known: Mapping[str, date]) -> Errors:
    """Who is named by what happens to another, and is not there."""
    named, place = one.facts, (*one.place, one.verb)
    if one.verb in NAMING and isinstance(named, Mapping):
        named, place = named.get(NAMING[one.verb]), (*place, NAMING[one.verb])
    elif one.verb not in WITH_ANOTHER or "refused" in one.expect:
        return
    if isinstance(named, str) and named not in known:
        yield ProgrammeError(f"'{named}' is no member before this: let them join first", place)


def _name_errors(scenario: Scenario, versions: Sequence[Programme]) -> Errors:
    """What is named and not there, but where just that is expected to be refused."""
    known = {kind: {key for one in versions for key in keys(one)} for kind, keys in _KEYS.items()}
    for one in scenario.happenings:
        for kind, key, place in (*_named(one), *_expected(one)):
            if key not in known[kind]:
                yield _missing(kind, key, known[kind], (*one.place, *place))
        for key, option, place in _options(one):
            options = {name for version in versions for name in _options_of(version, key)}
            if key in known["menu"] and option not in options:
                yield _missing("option", option, options, (*one.place, *place))
        for key, tier, place in _tiers(one):
            tiers = {row.key for version in versions for row in _rows_of(version, key)}
            if key in known["tier ladder"] and tier not in tiers:
                yield _missing("tier", tier, tiers, (*one.place, *place))


def _missing(kind: str, key: str, known: set[str], place: Place) -> ProgrammeError:
    """With what there is, but for what the engine made of short objects, which is nobody's to name."""
    found = missing(kind, key, {one for one in known if "." not in one}, place)
    return ProgrammeError(found.message, found.place)


def _named(one: Happening) -> Named:
    """What happens with which object: its kind, its key, and where that stands."""
    if "refused" in one.expect:
        return
    if one.verb in _NAMED_BY:
        field, kind = _NAMED_BY[one.verb]
        yield kind, one.facts[field], (one.verb, field)
    if one.verb == "accept":
        yield "offer", one.facts, ("accept",)
    if one.verb == "order":
        for index, row in enumerate(one.facts.get("use", ())):
            yield "menu", row["menu"], ("order", "use", index, "menu")
    for index, name in enumerate(one.voucher_names):
        if isinstance(name, str) and name != "latest":
            yield "reward", name, (one.verb, *_place_of_voucher(one.verb, index))


def _place_of_voucher(verb: str, index: int) -> Place:
    if verb in WITH_VOUCHER:
        return ("voucher",)
    return ("vouchers", index) if verb == "order" else ()


def _expected(one: Happening) -> Named:
    for name, kind in _EXPECTED_BY.items():
        for key in one.expect.get(name, ()):
            yield kind, key, ("expect", name, key)
    for name in ("issued", "vouchers"):
        for index, row in enumerate(one.expect.get(name, ())):
            if "reward" in row:
                yield "reward", row["reward"].partition(".")[0], ("expect", name, index, "reward")


def _options(one: Happening) -> Named:
    """The options that are taken of menus: menu, option, and where it stands."""
    if "refused" in one.expect:
        return
    if one.verb == "use" and "option" in one.facts:
        yield one.facts["menu"], one.facts["option"], ("use", "option")
    if one.verb == "order":
        for index, row in enumerate(one.facts.get("use", ())):
            if "option" in row:
                yield row["menu"], row["option"], ("order", "use", index, "option")


def _options_of(programme: Programme, menu: str) -> Iterable[str]:
    return programme.menus[menu].options if menu in programme.menus else ()


def _tiers(one: Happening) -> Named:
    """The tiers that are given or expected: ladder, tier, and where it stands."""
    if one.verb == "set_tier" and "refused" not in one.expect:
        yield one.facts["ladder"], one.facts["tier"], ("set_tier", "tier")
    for ladder, tier in one.expect.get("tiers", {}).items():
        if tier:
            yield ladder, tier, ("expect", "tiers", ladder)


def _rows_of(programme: Programme, ladder: str) -> Iterable[Tier]:
    return (tier for one in programme.ladders if one.key == ladder for tier in one.tiers)
