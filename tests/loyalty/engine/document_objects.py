"""The objects of a random programme document, with any of their settings."""

from typing import Any

from hypothesis import strategies as st

from loyalty.engine.surplus import FOLLOWING
from tests.loyalty.engine.document_extras import into
from tests.loyalty.engine.document_parts import (
    EVENTS,
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


def _fitting(row: dict[str, Any]) -> dict[str, Any]:
    """A conversion with what can never work put right, so that few have to be drawn again."""
    if row["meter"] == "status" and row.get("measure", "available") == "available":
        row["takes"] = "nothing"
    if row.get("schedule", {"kind": "at_once"})["kind"] in ("at_once", "on_demand"):
        row.pop("remainder", None)
        row |= {"measure": "passings"} if row.get("measure") == "window" else {}
    if row.get("measure") == "passings" and row["form"]["kind"] not in ("step", "sequence"):
        del row["measure"]
    return {name: value for name, value in row.items() if name != "into"}


conversions = some(
    {"meter": one("points", "points", "status"), "form": forms, "into": into},
    {
        "schedule": schedules,
        "period": one("previous"),
        "pay_out_choice": one([20, 40, 80]),
        "measure": one("available", "window", "passings"),
        "window": windows,
        "takes": one("converted", "all", "nothing"),
        "remainder": one("carry", "drop"),
        "max_per_run": one(1),
        "condition": conditions,
    },
).map(lambda row: _fitting({**row, **row["into"]}))
of_goods = some(
    {
        "meter": one("points", "status"),
        "form": some({"kind": one("step"), "step": one(20, 40)}),
        "reward": one("cup", "tenth", "hall", "list"),
    },
    {"schedule": schedules, "takes": one("all", "nothing"), "max_per_run": one(1)},
).map(_fitting)
pools = some(
    {
        "meter": one("status"),
        "reward": one("cash"),
        "form": some({"kind": one("pool")}, {"from": one(5)}),
        "takes": one("nothing"),
    },
    {"measure": one("window"), "window": windows},
).map(lambda row: {**row, "schedule": {"kind": "yearly", "month": 12, "day": 31}})
menus = some(
    {
        "meter": one("points"),
        "options": one(
            [{"key": "small", "points": 10, "value": 2}, {"key": "big", "points": 40, "reward": "check"}],
            [{"key": "small", "points": 10, "reward": "cup"}, {"key": "big", "points": 40, "reward": "list"}],
        ),
    },
    {
        "condition": conditions,
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
        "on_withdrawal": one({"back_to": "low"}),
        "on_fall": one({"zero": ["points"]}),
        "given_by": some(
            {
                "event": one("visit", "purchase"),
                "tier": one("low", "high"),
                "origin": one("matched", "bought"),
            },
            {"lifetime": one({"kind": "days", "count": 20})},
        ).map(lambda given: [given]),
        "surplus": one("carry"),
    },
).map(lambda row: row if row["window"]["kind"] in FOLLOWING else row | {"surplus": "drop"})
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
            {"per": one("receipt", "piece", "amount", "act")},
            {"max_per_day": one(2), "step": one(10), "scope": scopes},
        ).map(lambda row: row | ({"event": "visit"} if row["per"] == "act" else {})),
    },
    {
        "pool": one("day", "week", "whole"),
        "max_wins": one(1),
        "drawn": one({"weekday": "monday"}, {"days_after": 3}),
        "staff_may_win": st.booleans(),
        "seed": one("spring"),
    },
)
lives = some(
    {},
    {
        "inactivity": some(
            {"months": one(1, 4), "effect": one("close", "zero")},
            {
                "full_months": st.booleans(),
                "without": one(["earn"], ["redeem", "act"]),
                "ends": one({"kind": "window_end", "window": {"kind": "own", "calendar": "terms"}}),
            },
        ),
        "earlier_lots": one("keep", "take_over"),
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
        "points": one("reverse", "reverse", "keep"),
        "referrals": one("retested", "kept"),
    },
)
status = some(
    {"spendable": st.just(value=False)},
    {
        "at_window_end": one("carry", "zero"),
        "window": spans,
        "mirrors": one(*({"what": what} for what in ("money", "orders", "days", "lines", "pieces")))
        | one(
            {"what": "attribute", "attribute": "litres"},
            {"what": "money", "scope": {"include": {"flags": ["reduced"]}}},
        ),
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
prizes_of_challenges = one({"meter": "points", "amount": 15}, {"reward": "check", "value": 5})
