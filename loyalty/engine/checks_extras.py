"""Whether menus, prices, challenges, draws, funds, perks and calendars of a programme document can ever do something."""

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from itertools import pairwise
from typing import Any

from loyalty.engine.errors import Place
from loyalty.engine.expansion import DIFFERENT
from loyalty.engine.references import Finding

Row = Mapping[str, Any]


def calendar(row: Row, place: Place) -> Iterator[Finding]:
    for index, (before, after) in enumerate(pairwise(row["starts"]), 1):
        if after <= before:
            yield Finding("each period starts after the one before it", (*place, "starts", index))
    if row["ends"] < row["starts"][-1]:
        yield Finding("can never apply: it ends before it starts", (*place, "ends"))
    if "labels" in row and len(row["labels"]) != len(row["starts"]):
        yield Finding("needs one for each period", (*place, "labels"))


def menu(row: Row, place: Place) -> Iterator[Finding]:
    if not row.get("options") and "free_choice" not in row:
        yield Finding("nothing to choose: 'options' or 'free_choice' is missing", place)
    for index, option in enumerate(row.get("options", ())):
        at = (*place, "options", index)
        if "value" not in option and "reward" not in option:
            yield Finding("gives nothing: 'value' or 'reward' is missing", at)
        if "max_points" in row and _number(option["points"]) > _number(row["max_points"]):
            yield Finding("can never be used: it takes more than 'max_points'", (*at, "points"))


def price_rule(row: Row, place: Place) -> Iterator[Finding]:
    benefit = row["benefit"]
    has_value = {"value", "by_tier", "by_meter"} & set(benefit)
    if benefit["kind"] != "nth_free" and not has_value:
        yield Finding("'value' is missing", (*place, "benefit"))
    if benefit["kind"] == "percent" and _number(benefit.get("value", 0)) > 100:
        yield Finding("must be at most 100", (*place, "benefit", "value"))


def challenge(row: Row, place: Place) -> Iterator[Finding]:
    if ("meter" in row) == ("reward" in row):
        yield Finding("gives exactly one of meter and reward", place)
    elif "meter" in row and "amount" not in row:
        yield Finding("'amount' is missing", place)
    yield from _dates(row, place)
    for index, goal in enumerate(row["goals"]):
        yield from _goal(goal, (*place, "goals", index))


def _goal(goal: Row, place: Place) -> Iterator[Finding]:
    if goal["count"] == "acts" and "event" not in goal:
        yield Finding("'event' is missing", place)
    if goal["count"] == "attribute" and "attribute" not in goal:
        yield Finding("'attribute' is missing", place)
    in_parts = {} if "in_a_row" in goal else _GOAL_PARTS
    if _number(goal["target"]) * in_parts.get(goal["count"], 1) % 1:
        yield Finding("must be a whole number", (*place, "target"))
    if "in_a_row" not in goal:
        return
    if goal["count"] in DIFFERENT:
        yield Finding("different ones are not counted in a row", (*place, "in_a_row"))
    if goal["in_a_row"].get("kind") not in _FOLLOWING:
        yield Finding("can never apply: such periods do not follow one another", (*place, "in_a_row"))
    if _number(goal.get("each", 1)) * _GOAL_PARTS.get(goal["count"], 1) % 1:
        yield Finding("must be a whole number", (*place, "each"))


# How many smallest parts one has of what a goal counts, and periods of which one begins where the other ends.
_GOAL_PARTS = {"money": 100, "pieces": 1000, "attribute": 1000}
_FOLLOWING = ("calendar", "year_from", "own", "membership_year", "since_join")


def draw(row: Row, place: Place) -> Iterator[Finding]:
    yield from _dates(row, place)
    for index, prize in enumerate(row["prizes"]):
        if "meter" in prize and "amount" not in prize:
            yield Finding("'amount' is missing", (*place, "prizes", index))
    if row.get("entries", {}).get("per") == "act" and "event" not in row["entries"]:
        yield Finding("'event' is missing", (*place, "entries"))


def fund(row: Row, place: Place) -> Iterator[Finding]:
    least, most = row.get("grant_min"), row.get("grant_max")
    if least is not None and most is not None and _number(most) < _number(least):
        yield Finding("no grant is possible: it is less than 'grant_min'", (*place, "grant_max"))


def perk(row: Row, place: Place) -> Iterator[Finding]:
    for index, opening in enumerate(row.get("opens", ())):
        if "closes" in row and row["closes"] <= opening["from"]:
            yield Finding("can never apply: it closes before it opens", (*place, "opens", index))
    if row.get("kind") == "event" and "seats" not in row:
        yield Finding("without 'seats' everybody has a seat", place, is_error=False)


def _dates(row: Row, place: Place) -> Iterator[Finding]:
    if "from_date" in row and "to_date" in row and row["to_date"] < row["from_date"]:
        yield Finding("can never apply: it ends before it starts", (*place, "to_date"))


def _number(value: object) -> Decimal:
    return Decimal(str(value))


LOOKS: Mapping[str, Callable[[Row, Place], Iterator[Finding]]] = {
    "calendars": calendar,
    "menus": menu,
    "price_rules": price_rule,
    "challenges": challenge,
    "draws": draw,
    "funds": fund,
    "perks": perk,
}
