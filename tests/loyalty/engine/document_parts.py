"""The ten value types of a random programme document."""

from typing import Any

from hypothesis import strategies as st

Drawn = st.SearchStrategy[Any]
EVENTS = ("review", "visit")
OFFER = "rule0"


def some(required: dict[str, Drawn], optional: dict[str, Drawn] | None = None) -> Drawn:
    return st.fixed_dictionaries(required, optional=optional or {})


def one(*values: Any) -> Drawn:
    return st.sampled_from(values)


small, percents = one("0.5", 1, 2, "2.5", 7), one(1, 5, "12.5", 50)
spans = st.one_of(
    some(
        {
            "kind": one("calendar"),
            "unit": one("day", "week", "month", "two_months", "quarter", "half_year", "year"),
        }
    ),
    some({"kind": one("year_from"), "month": one(2, 7), "day": one(1, 29)}),
    some({"kind": one("own"), "calendar": one("terms")}),
    some({"kind": one("membership_year")}, {"from": one("join_date", "join_month")}),
    some({"kind": one("since_join"), "unit": one("day", "month"), "count": one(1, 10)}),
    some({"kind": one("this_and_previous"), "count": one(1, 2)}),
    some({"kind": one("opened_by_first"), "unit": one("day", "month"), "count": one(1, 20)}),
    some({"kind": one("chain"), "count": one(3, 20)}),
)
following = spans.filter(lambda window: window["kind"] not in ("opened_by_first", "chain"))
windows = st.one_of(
    spans,
    one({"kind": "lifetime"}, {"kind": "since_last_run"}),
    some({"kind": one("trailing"), "unit": one("day", "month", "year"), "count": one(1, 3)}),
)
lifetimes = st.one_of(
    some({"kind": one("none", "end_of_month", "end_of_quarter", "end_of_half_year", "end_of_year")}),
    some({"kind": one("days", "months"), "count": one(3, 6)}, {"extended_years": one(1)}),
    some({"kind": one("years"), "count": one(1)}, {"suspended_for": one(["high"])}),
    some({"kind": one("fixed_day"), "month": one(3), "day": one(31)}),
    some({"kind": one("own"), "calendar": one("terms"), "count": one(1)}),
    some({"kind": one("sweep"), "month": one(1, 6), "day": one(15)}, {"min_months": one(2)}),
    some(
        {"kind": one("while_active"), "months": one(1, 3)}, {"since": one(["earn"], ["purchase", "redeem"])}
    ),
    some({"kind": one("months"), "count": one(2), "by_tier": one({"high": {"kind": "months", "count": 9}})}),
)
rows = one(
    [{"from": 0, "value": 1}, {"from": 50, "value": 3}],
    [{"from": 10, "to": 20, "value": 2}, {"from": 40, "value": 5}],
)
tables = some({"rows": rows}, {"edge": one("gte", "gt"), "gaps": one("inherit", "zero")})
by_meters = some(
    {"meter": one("status"), "rows": rows},
    {"measure": one("balance", "window"), "window": windows, "includes_this": st.booleans()},
)
follows = {"by_tier": one({"high": 3, "low": 2}), "by_meter": by_meters}
rates = st.one_of(
    some({"kind": one("per_unit"), "value": small}, follows),
    some({"kind": one("per_full", "per_started"), "value": small, "step": one(10, 25)}, follows),
    some({"kind": one("percent"), "value": percents}, follows),
    some({"kind": one("fixed"), "value": small}),
    some({"kind": one("bracket", "whole_percent", "marginal_percent"), "table": tables}),
)
leaves = st.one_of(
    some({"meter": one("status", "points"), "value": one(0, 20)}, {"op": one("gte", "lt", "eq")}),
    some({"meter": one("status"), "measure": one("window"), "window": windows, "value": one(5)}),
    some({"meter": one("status"), "window": spans, "consecutive": one(1, 2), "value": one(5)}),
    some({"event": one("purchase", *EVENTS, "return"), "value": one(1, 2)}, {"window": windows}),
    some({"event": one("purchase"), "measure": one("sum", "average", "max", "min"), "value": one(20)}),
    some({"tier": one("level"), "in": one(["low", "high"])}, {"held": one("now", "ever")}),
    some({"fact": one("age", "months_as_member", "referred"), "op": one("lt", "gte"), "value": one(2)}),
    some({"accepted": one(OFFER)}),
)
conditions = st.recursive(
    leaves,
    lambda part: st.one_of(
        some({"all": st.lists(part, min_size=1, max_size=2)}),
        some({"any": st.lists(part, min_size=1, max_size=2)}),
        some({"at_least": st.lists(part, min_size=2, max_size=3), "count": one(1, 2)}),
        some({"not": part}),
    ),
    max_leaves=3,
)
scopes = some(
    {},
    {
        "include": one(
            {"flags": ["reduced"]}, {"channels": ["web"]}, {"payments": ["card"]}, {"tiers": ["low"]}
        ),
        "exclude": one({"flags": ["gift_card"]}, {"stores": ["malmo"]}, {"payments": ["gift_card"]}),
        "weekdays": one(["monday", "friday", "sunday"]),
        "receipt_min": one(20),
        "to_date": one("2025-06-30"),
        "accepted": st.just(value=True),
    },
)
limits = st.builds(
    lambda per, more: {"max": [{"per": per, **more}]},
    one("receipt", "stay", "day", "week", "month", "quarter", "year", "membership"),
    one({"amount": 30}, {"times": 1}, {"amount": 50, "times": 2}),
)
bases = some(
    {"amount": one("paid", "before_vouchers", "net", "list", "quantity", "lines", "receipts", "one")},
    {"per": one("line", "receipt")},
) | some({"amount": one("paid", "quantity"), "per": one("day", "period")}, {"window": spans})
rounds = some({}, {"mode": one("floor", "ceil", "half_up", "none"), "at": one("base", "line", "receipt")})
