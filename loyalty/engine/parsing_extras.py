"""From a document to the objects of the engine: tiers, menus, prices, challenges, draws, funds and perks."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from loyalty.engine.expansion import DIFFERENT, draw_meter, goal_meter
from loyalty.engine.ladders import GivenBy, Tier, TierLadder, Validity
from loyalty.engine.objects import (
    Challenge,
    Draw,
    Fee,
    Fund,
    Goal,
    Menu,
    Option,
    Perk,
    PriceRule,
    Prize,
    Quota,
)
from loyalty.engine.values import Condition, Follow, Scope, Stack, Window
from loyalty.engine.values.follow import fraction
from loyalty.engine.values.scope import ore
from loyalty.engine.values.window import IN_A

if TYPE_CHECKING:
    from loyalty.engine.parsing import Names

Document = Mapping[str, Any]


def ladder(row: Document, names: "Names") -> TierLadder:
    never_below = row.get("never_below", {})
    return TierLadder(
        row["key"],
        row["meter"],
        names.window(row),
        tuple(_tier(tier, row["meter"], names) for tier in row["rows"]),
        _validity(row.get("valid", {})),
        names.condition(row, "minimum"),
        row.get("promotion", "at_once") == "at_once",
        row.get("demotion", "to_earned") == "one_down",
        (never_below.get("held", ""), never_below.get("tier", "")),
        row.get("grace_days", 0),
        row.get("undone_by_return", True),
        tuple(row.get("on_fall", {}).get("zero", ())),
        row.get("on_withdrawal", {}).get("back_to", ""),
        tuple(_given_by(one, names) for one in row.get("given_by", ())),
        row.get("surplus") == "carry",
    )


def _given_by(row: Document, names: "Names") -> GivenBy:
    scope = Scope.parse(row.get("scope", {}))
    return GivenBy(row["event"], row["tier"], row["origin"], scope, names.lifetime(row))


def _tier(row: Document, meter: str, names: "Names") -> Tier:
    multiplier = fraction(row.get("multiplier", 1))
    return Tier(
        row["key"],
        None if multiplier == 1 else multiplier,
        names.parts(meter, row["from"]) if "from" in row else None,
        names.condition(row, "reach"),
        names.parts(meter, row["keep_from"]) if "keep_from" in row else None,
        names.condition(row, "keep") if "keep" in row else None,
        _validity(row["valid"]) if "valid" in row else None,
    )


def _validity(row: Document) -> Validity:
    return Validity(row.get("kind", "next_window_end"), row.get("count", 12), row.get("extra_months", 0))


def menu(row: Document, names: "Names") -> Menu:
    meter, free = row["meter"], row.get("free_choice", {})
    parts = names.units[meter]
    return Menu(
        row["key"],
        meter,
        Scope.parse(row.get("scope", {})),
        names.condition(row),
        row.get("reward", ""),
        {one["key"]: _option(one, meter, names) for one in row.get("options", ())},
        fraction(free.get("unit_value", 0)) * 100 / parts,
        names.parts(meter, free.get("min", 0)),
        names.parts(meter, free.get("unit", 0)) or 1,
        names.parts(meter, row.get("min_balance", 0)),
        names.parts(meter, row.get("max_points", 0)),
        Decimal(str(row.get("max_share", 100))),
        row.get("one_per_order", False),
        row.get("earns", "paid"),
        row.get("on_return", "restored"),
    )


def _option(row: Document, meter: str, names: "Names") -> Option:
    points = names.parts(meter, row["points"])
    return Option(row["key"], points, ore(row.get("value", 0)), row.get("reward", ""))


def price_rule(row: Document, names: "Names") -> PriceRule:
    benefit = row["benefit"]
    return PriceRule(
        row["key"],
        benefit["kind"],
        Follow.parse(benefit, names.units, names.calendars),
        Scope.parse(row.get("scope", {})),
        Condition.parse(row.get("condition", {}), names.units, names.calendars),
        ore(benefit.get("step", 0)),
        benefit.get("n", 0),
        benefit.get("of") == "mixed",
        benefit.get("attribute", ""),
        Stack.parse({"kind": "best", **row.get("stack", {})}),
        row.get("first_purchase", True),
        int(Decimal(str(row.get("limits", {}).get("max_quantity", 0))) * 1000),
    )


def challenge(row: Document, names: "Names") -> Challenge:
    goals = tuple(_goal(row, number, one, names) for number, one in enumerate(row["goals"], 1))
    meter = row.get("meter", "")
    worth = names.parts(meter, row.get("amount", 0)) if meter else ore(row.get("value", 0))
    return Challenge(
        row["key"],
        goals,
        row.get("needed", "all") == "all",
        _day(row.get("from_date")),
        _day(row.get("to_date")),
        row.get("days_from_acceptance", 0),
        row.get("acceptance", False) or "days_from_acceptance" in row,
        meter,
        row.get("reward", ""),
        worth,
        row.get("repeats", 1),
    )


def _goal(challenge: Document, number: int, row: Document, names: "Names") -> Goal:
    meter = goal_meter(challenge["key"], number)
    if "in_a_row" in row:
        each = names.parts(meter, row["each"]) if "each" in row else 1
        return Goal(meter, int(row["target"]), Window.parse(row["in_a_row"], names.calendars), each)
    return Goal(meter, names.parts(meter, row["target"]), is_of_different=row["count"] in DIFFERENT)


def draw(row: Document, names: "Names") -> Draw:
    drawn = row.get("drawn", {})
    return Draw(
        row["key"],
        draw_meter(row["key"]),
        tuple(_prize(one, names) for one in row["prizes"]),
        date.fromisoformat(row["from_date"]),
        date.fromisoformat(row["to_date"]),
        row.get("pool", "whole"),
        drawn.get("weekday", ""),
        drawn.get("days_after", 1),
        row.get("max_wins", 0),
        row.get("staff_may_win", False),
        row.get("seed", row["key"]),
        frozenset(map(date.fromisoformat, drawn.get("not_dates", ()))),
    )


def _prize(row: Document, names: "Names") -> Prize:
    meter = row.get("meter", "")
    worth = names.parts(meter, row.get("amount", 0)) if meter else ore(row.get("value", 0))
    return Prize(row.get("count", 1), meter, row.get("reward", ""), worth)


def fund(row: Document) -> Fund:
    amounts = (ore(row.get(name, 0)) for name in ("opening", "grant_min", "grant_max"))
    return Fund(row["key"], *amounts)


def perk(row: Document, names: "Names") -> Perk:
    opens = tuple((one.get("tier", ""), _moment(one["from"], names)) for one in row.get("opens", ()))
    return Perk(
        row["key"],
        row.get("kind", "benefit"),
        Scope.parse(row.get("scope", {})),
        dict(row.get("by_tier", {})),
        opens,
        _moment(row["closes"], names) if "closes" in row else None,
        row.get("seats", 0),
        row.get("max_each", 0),
        row.get("waiting_list", True),
        _quota(row["quota"]) if "quota" in row else None,
    )


def _quota(row: Document) -> Quota:
    return Quota(row["times"], IN_A[row["per"]], dict(row.get("by_tier", {})))


def fee(row: Document, from_rewards: Collection[str]) -> Fee:
    return Fee(
        row["key"],
        ore(row["amount"]),
        row.get("per", "calendar_year"),
        row.get("years", 1),
        row.get("free_periods", 0),
        row["key"] in from_rewards,
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _moment(text: str, names: "Names") -> datetime:
    day, _, clock = text.partition(" ")
    return datetime.fromisoformat(f"{day}T{clock or '00:00'}").replace(tzinfo=names.zone)
