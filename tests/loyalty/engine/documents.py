"""Random programme documents, drawn from every kind of every value type and object."""

from typing import Any

from hypothesis import assume
from hypothesis import strategies as st

from loyalty.engine.files import errors_of
from loyalty.engine.parsing import parse
from loyalty.engine.programme import Programme
from tests.loyalty.engine.document_parts import (
    EVENTS,
    Drawn,
    bases,
    conditions,
    following,
    follows,
    lifetimes,
    limits,
    one,
    rates,
    rounds,
    scopes,
    some,
    spans,
    tables,
    windows,
)

Document = dict[str, Any]


rules = some(
    {"rate": rates},
    {
        "event": one("purchase", "purchase", *EVENTS, "first_purchase", "birthday"),
        "scope": scopes,
        "condition": conditions,
        "base": bases,
        "round": rounds,
        "stack": some(
            {}, {"kind": one("add", "best", "first", "replace"), "counts_for": one("both", "spendable")}
        ),
        "limits": st.one_of(limits, some({"min_hours": one(20)}, {"since": one("counted", "purchase")})),
        "pending_days": one(0, 10),
        "tier_rate": one("before", "after"),
        "credit": one({"weekday": "monday"}, {"weekday": "monday", "before": True}, {"from": "delivery"}),
    },
)
plain = some({"rate": one({"kind": "per_unit", "value": 1}, {"kind": "per_unit", "value": 3})})
factors = some(
    {
        "rate": some({"kind": one("factor"), "value": one("1.5", 3)}),
        "stack": some({"kind": one("multiply")}, {"acts_on": one("base", "tiered", "all")}),
    },
    {"scope": scopes, "condition": conditions, "limits": limits},
)
uses = some(
    {},
    {
        "partly": st.booleans(),
        "min_basket": one(20),
        "max_share": one(50),
        "unit": one(5),
        "max_per_receipt": one(1),
        "combinable": one("all", "same", "none"),
        "automatic": st.booleans(),
    },
)
rewards = some(
    {"kind": one("money_off")},
    {
        "use": uses,
        "on_return": one("lost", "restored", "restored_always", "store_credit"),
        "scope": scopes,
        "lifetime": lifetimes,
        "earns": one("paid", "full", "nothing"),
        "available_after_days": one(2),
        "stock": one({"count": 2}),
    },
)
schedules = st.one_of(
    some({"kind": one("at_once")}),
    some({"kind": one("window_end"), "window": spans}, {"offset_days": one(5)}),
    some({"kind": one("weekday"), "weekday": one("friday")}, {"booked_days": one(3)}),
    some({"kind": one("yearly"), "month": one(4), "day": one(30)}),
    some({"kind": one("dates"), "dates": one(["2025-02-10", "2025-08-01"])}),
    some({"kind": one("on_demand")}),
)
forms = st.one_of(
    some({"kind": one("step"), "step": one(10, 40), "value": one(5)}, {"vouchers": one("one", "each")}),
    some({"kind": one("linear"), "from": one(30), "value": one("0.1")}),
    some({"kind": one("table", "whole_percent", "marginal_percent"), "table": tables}),
    some(
        {"kind": one("sequence"), "step": one(20), "sequence": one([{"value": 5}, {"value": 9}])},
        {"repeat_from": one(1, 2)},
    ),
    some({"kind": one("consecutive"), "windows": one(2), "from": one(5), "value": one(4)}),
)
conversions = some(
    {"meter": one("points", "points", "status"), "form": forms},
    {
        "schedule": schedules,
        "measure": one("available", "window", "passings"),
        "window": windows,
        "takes": one("converted", "all", "nothing"),
        "remainder": one("carry", "drop"),
        "max_per_run": one(1),
        "condition": conditions,
        "fee": one(1),
    },
)
menus = some(
    {"meter": one("points")},
    {
        "options": one(
            [{"key": "small", "points": 10, "value": 2}, {"key": "big", "points": 40, "reward": "check"}]
        ),
        "free_choice": one({"unit_value": "0.1", "min": 10, "unit": 5}),
        "min_balance": one(20),
        "max_points": one(60),
        "max_share": one(50),
        "one_per_order": st.booleans(),
        "earns": one("paid", "nothing"),
        "scope": scopes,
        "on_return": one("restored", "lost", "store_credit"),
    },
)
benefits = st.one_of(
    some({"kind": one("percent"), "value": one(10)}, follows),
    some({"kind": one("amount_per_unit", "fixed_price"), "value": one(3)}),
    some({"kind": one("nth_free"), "n": one(2, 3)}),
    some({"kind": one("per_full"), "value": one(10), "step": one(50)}),
)
price_rules = some(
    {"benefit": benefits},
    {
        "scope": scopes,
        "condition": conditions,
        "stack": some({"kind": one("best", "add", "first", "never")}),
        "first_purchase": st.booleans(),
        "limits": one({"max_quantity": 2}),
    },
)
validities = some(
    {"kind": one("next_window_end", "window_end", "months", "while", "life")}, {"extra_months": one(2)}
)
high = some(
    {"key": one("high"), "name": one("high")},
    {
        "from": one(40),
        "multiplier": one(2),
        "reach": conditions,
        "keep": conditions,
        "keep_from": one(10),
        "valid": validities,
    },
).filter(lambda row: "from" in row or "reach" in row)
ladders = some(
    {
        "meter": one("status", "points"),
        "window": st.builds(lambda window, more: {**window, **more}, windows, one({}, {"restart": "now"})),
        "rows": high.map(lambda row: [{"key": "low", "name": "low", "from": 5}, row]),
    },
    {
        "valid": validities,
        "minimum": conditions,
        "promotion": one("at_once", "window_end"),
        "demotion": one("to_earned", "one_down"),
        "never_below": one({"held": "high", "tier": "low"}),
        "grace_days": one(5),
        "undone_by_return": st.booleans(),
        "on_fall": one({"zero": ["points"]}),
        "given_by": some(
            {
                "event": one("visit", "purchase"),
                "tier": one("low", "high"),
                "origin": one("matched", "bought"),
            },
            {"lifetime": one({"kind": "days", "count": 20})},
        ).map(lambda given: [given]),
    },
)
goals = st.one_of(
    some(
        {"count": one("orders", "lines", "pieces", "money", "days"), "target": one(2)},
        {"in_a_row": following, "each": one(1, 2)},
    ),
    some({"count": one("products", "categories", "brands", "stores"), "target": one(2)}),
    some({"count": one("acts"), "event": one(*EVENTS), "target": one(1)}),
)
challenges = some(
    {"goals": st.lists(goals, min_size=1, max_size=2)},
    {
        "needed": one("all", "any"),
        "from_date": one("2025-01-05"),
        "days_from_acceptance": one(20),
        "scope": scopes,
        "repeats": one(1, 3),
    },
)
prizes = one({"meter": "points", "amount": 20}, {"reward": "check", "value": 5})
draws = some(
    {
        "from_date": one("2025-01-01"),
        "to_date": one("2025-02-28"),
        "prizes": st.lists(prizes, min_size=1, max_size=2),
        "entries": some(
            {"per": one("receipt", "piece", "amount", "act")}, {"max_per_day": one(2), "step": one(10)}
        ),
    },
    {"pool": one("day", "week", "whole"), "max_wins": one(1)},
)
lives = some(
    {},
    {
        "inactivity": some(
            {"months": one(1, 4), "effect": one("close", "zero")}, {"full_months": st.booleans()}
        ),
        "claw_back": one([{"reward": "check", "months": 3}]),
        "leaving": one(
            {"points": "lost", "grace_days": 5},
            {"points": "frozen", "grace_days": 5},
            {"points": "cut", "after_days": 6, "to": 10, "grace_days": 6},
            {"points": "kept", "years": 1},
        ),
    },
)
returns = some(
    {},
    {
        "unused_vouchers": one("cancel", "keep", "reduce"),
        "counts": one("sale", "return"),
        "below_zero": st.booleans(),
        "used_vouchers": one("debt", "nothing"),
    },
)
status = some(
    {"spendable": st.just(value=False)},
    {
        "at_window_end": one("carry", "zero"),
        "window": spans,
        "mirrors": one({"what": "money"}, {"what": "orders"}),
    },
).map(
    lambda row: {
        name: value for name, value in row.items() if (name, "mirrors" in row) != ("spendable", True)
    }
)
points = some(
    {"decimals": one(0, 2)},
    {
        "lifetime": lifetimes,
        "consumption": one("soonest", "oldest", "newest"),
        "window": spans,
        "at_window_end": one("carry", "zero", "keep_pending"),
        "ceiling": one(60),
        "may_be_negative": st.booleans(),
    },
)


def named(rows: list[Document], kind: str, **more: Any) -> list[Document]:
    return [{"key": f"{kind}{index}", "name": kind, **more, **row} for index, row in enumerate(rows)]


@st.composite
def documents(draw: st.DrawFn) -> Document:
    """A programme document without errors."""

    def few(what: Drawn, least: int = 0, most: int = 1) -> list[Document]:
        return draw(st.lists(what, min_size=least, max_size=most))

    meter: Document = draw(points)
    held: Document = draw(status)
    given: list[Document] = named([draw(plain | rules), *few(rules, 0, 2)], "rule", meter="points")
    given += named(few(factors), "factor", meter="points")
    if "mirrors" not in held:
        given += named(
            [draw(some({"rate": rates}, {"base": bases, "condition": conditions}))], "more", meter="status"
        )
        if draw(st.booleans()):
            meter["also"] = [{"meter": "status", "factor": draw(one("0.5", 2))}]
    document = {
        "programme": "invented",
        "calendars": [
            {"key": "terms", "name": "terms", "starts": ["2025-01-01", "2025-03-10"], "ends": "2025-12-01"}
        ],
        "meters": [{"key": "points", "name": "points", **meter}, {"key": "status", "name": "status", **held}],
        "earning_rules": [
            *given,
            *named(few(rules), "gift", reward="check"),
            *named(few(rules), "good", fund="good"),
        ],
        "rewards": [{"key": "check", "name": "check", **draw(rewards)}],
        "funds": [{"key": "good", "name": "good"}],
        "conversions": named(few(conversions, 1, 2), "turn", reward="check"),
        "menus": named(few(menus, 1), "menu", reward="check"),
        "price_rules": named(few(price_rules, 0, 2), "price"),
        "tier_ladders": [{"key": "level", "name": "level", **draw(ladders)}],
        "challenges": named(few(challenges), "play", **draw(prizes_of_challenges)),
        "draws": named(few(draws), "draw"),
        "life": draw(lives),
        "returns": draw(returns),
    }
    found = {name: value for name, value in document.items() if value not in ([], {})}
    assume(errors_of(found) == [])
    return found


prizes_of_challenges = one({"meter": "points", "amount": 15}, {"reward": "check", "value": 5})


def whole_programmes() -> st.SearchStrategy[Programme]:
    """Programmes with any objects at all."""
    return documents().map(parse)
