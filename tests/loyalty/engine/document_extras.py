"""Who is in the club of a random programme document, and what it gives besides points and checks."""

from typing import Any

from hypothesis import strategies as st

from tests.loyalty.engine.document_parts import EVENTS, Drawn, lifetimes, one, scopes, some

Document = dict[str, Any]

stages = one(
    [{"from_date": "2025-01-01", "scope": {"include": {"stores": ["malmo"]}}}, {"from_date": "2025-02-01"}],
    [{"from_date": "2025-01-01", "scope": {"include": {"channels": ["web"]}}}],
    [{"from_date": "2025-01-20", "name": "all at once"}],
)
late_claims = some({"days": one(0, 30)}, {"by": one(["member"], ["member", "staff"])})
begun = {"stages": stages, "late_claims": late_claims}
people = some(
    {},
    {**begun, "age_from": one(18), "age_to": one(40), "one_each": st.booleans(), "staff": one("excluded")},
)
households = some(
    {"unit": one("household", "household", "group")},
    {
        **begun,
        "max_members": one(1, 2),
        "who_spends": one("holder", "authorised"),
        "same_address": st.booleans(),
        "whose_year": one("holder", "longest"),
        "share_on_leaving": one("earned", "equal"),
    },
)
audiences: Drawn = st.one_of(st.just({}), people, households)

# Every kind of reward that is not a check, by the keys under which rules, conversions and stories find them.
transfers = some({"to": one("members", "anyone", "household")}, {"count": one(1)})
on_offer = {
    "lifetime": lifetimes,
    "transfer": transfers,
    "claim": one({"kind": "days", "count": 20}),
    "stock": one({"count": 1}),
    "available_after_days": one(2),
    "on_return": one("lost", "restored", "restored_always", "store_credit"),
}
goods = st.tuples(
    some({"key": one("cup"), "kind": one("product")}, {**on_offer, "use": one({"piece": "cheapest"})}),
    some({"key": one("tenth"), "kind": one("percent_off"), "percent": one(10)}, on_offer),
    some({"key": one("hall"), "kind": one("service")}, on_offer),
    some({"key": one("coin"), "kind": one("money_off"), "value": one(7)}, {**on_offer, "scope": scopes}),
    some({"key": one("list"), "kind": one("choice"), "choices": one([{"key": "cup", "name": "cup"}])}).map(
        lambda row: {**row, "choices": [*row["choices"], {"key": "coin", "name": "coin", "reward": "coin"}]}
    ),
    some({"key": one("cash"), "kind": one("payout")}),
    some({"key": one("alms"), "kind": one("donation"), "fund": one("good")}),
).map(lambda rows: [{"name": row["key"], **row} for row in rows])
given_rewards = one("check", "check", "cup", "tenth", "hall", "coin", "list", "cash", "alms")

# Money that stays in the shop, which what is paid out fills first; and what membership costs.
SHARE = {"key": "share", "name": "share", "is_money": True, "spendable": False, "ceiling": 50}
fees = some(
    {"amount": one(3, 20)},
    {"per": one("calendar_year", "once"), "free_periods": one(1)},
).map(lambda row: {**row, "key": "yearly", "name": "yearly"})
into = st.one_of(
    st.just({"reward": "check"}),
    st.builds(
        lambda reward, more: {"reward": reward, **more},
        one("check", "cash", "alms"),
        some({}, {"fees": one(["yearly"]), "fills": one(["share"]), "fee": one(1)}),
    ),
    one({"to_meter": "share"}, {"to_meter": "other"}),
)

perks = some(
    {},
    {
        "kind": one("event", "page"),
        "seats": one(1, 3),
        "max_each": one(2),
        "waiting_list": st.booleans(),
        "opens": one([{"from": "2025-01-10 10:00"}], [{"tier": "high", "from": "2025-01-02"}]),
        "closes": one("2025-06-30"),
        "by_tier": one({"low": "some", "high": "more"}),
        "scope": scopes,
    },
)

# What is given to another than who buys, or acts.
for_others = st.one_of(
    some({"event": one("referral_joined"), "beneficiary": one("referrer")}),
    some({"event": one("referral_ordered"), "beneficiary": one("referrer")}),
    some({"event": one("purchase"), "beneficiary": one("leader")}),
    some({"event": one("join", "anniversary", "birthday_month", *EVENTS)}),
)
