"""Random programme documents, drawn from every kind of every value type and object."""

from typing import Any

from hypothesis import assume
from hypothesis import strategies as st

from loyalty.engine.files import errors_of
from tests.loyalty.engine import document_objects as objects
from tests.loyalty.engine.document_extras import (
    SHARE,
    audiences,
    fees,
    for_others,
    given_rewards,
    goods,
    perks,
)
from tests.loyalty.engine.document_parts import Drawn, bases, conditions, one, rates, some

Document = dict[str, Any]
TERMS = {"key": "terms", "name": "terms", "starts": ["2025-01-01", "2025-03-10"], "ends": "2025-12-01"}
other_meters = [SHARE, {"key": "other", "name": "other", "lifetime": {"kind": "months", "count": 3}}]


def named(rows: list[Document], kind: str, **more: Any) -> list[Document]:
    return [{"key": f"{kind}{index}", "name": kind, **more, **row} for index, row in enumerate(rows)]


@st.composite
def documents(draw: st.DrawFn) -> Document:
    """A programme document without errors; each has meters, rewards and tiers of the same names."""

    def few(what: Drawn, least: int = 0, most: int = 1) -> list[Document]:
        return draw(st.lists(what, min_size=least, max_size=most))

    document = {
        "programme": "invented",
        "audience": draw(audiences),
        "calendars": [TERMS],
        **draw(_counted()),
        "rewards": [{"key": "check", "name": "check", **draw(objects.rewards)}, *draw(goods)],
        "funds": [{"key": "good", "name": "good", "opening": draw(one(0, 20))}],
        "fees": [draw(fees)],
        "conversions": [
            *named(few(objects.conversions, 1, 2), "turn"),
            *named(few(objects.of_goods), "goods"),
            *named(few(objects.pools), "pool"),
        ],
        "menus": named(few(objects.menus, 1), "menu", reward="check"),
        "price_rules": named(few(objects.price_rules, 0, 2), "price"),
        "tier_ladders": [{"key": "level", "name": "level", **draw(objects.ladders)}],
        "challenges": named(few(objects.challenges), "play", **draw(objects.prizes_of_challenges)),
        "draws": named(few(objects.draws), "draw"),
        "perks": named(few(perks), "perk"),
        "life": draw(objects.lives),
        "returns": draw(objects.returns),
    }
    found = {name: value for name, value in document.items() if value not in ([], {})}
    assume(errors_of(found) == [])
    return found


@st.composite
def _counted(draw: st.DrawFn) -> Document:
    """The meters, and the rules that feed them."""

    def few(what: Drawn, least: int = 0, most: int = 1) -> list[Document]:
        return draw(st.lists(what, min_size=least, max_size=most))

    meter: Document = draw(objects.points)
    held: Document = draw(objects.status)
    rules = named([draw(objects.plain | objects.rules), *few(objects.rules, 0, 2)], "rule", meter="points")
    rules += named(few(objects.factors), "factor", meter="points")
    rules += [
        one | {"meter": "points"}
        for one in named(few(st.tuples(objects.plain, for_others).map(_both)), "told")
    ]
    if "mirrors" not in held:
        rules += named(
            [draw(some({"rate": rates}, {"base": bases, "condition": conditions}))], "more", meter="status"
        )
        if draw(st.booleans()):
            meter["also"] = [{"meter": "status", "factor": draw(one("0.5", 2))}]
    rules += named(few(objects.rules), "gift", reward=draw(given_rewards))
    rules += named(few(objects.rules), "good", fund="good")
    meters = [{"key": "points", "name": "points", **meter}, {"key": "status", "name": "status", **held}]
    return {"meters": [*meters, *other_meters], "earning_rules": rules}


def _both(parts: tuple[Document, Document]) -> Document:
    return parts[0] | parts[1]
