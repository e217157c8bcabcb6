"""A programme with something of everything that members see, and members who have some of it."""

from copy import deepcopy
from typing import Any

from tests.loyalty.api import make

SV_EN = ("sv", "nb", "en")


def words(text: str) -> dict[str, str]:
    return dict.fromkeys(SV_EN, text)


# Points at one a krona; a stamp for each purchase, five are a coffee; cashback in kronor; everything else besides.
RICH: dict[str, Any] = deepcopy(make.QUARTERLY) | {
    "programme": "rich",
    "meters": [
        *make.QUARTERLY["meters"],
        {"key": "stamps", "name": words("stamps")},
        {"key": "cashback", "name": words("cashback"), "is_money": True},
    ],
    "rewards": [
        *make.QUARTERLY["rewards"],
        {
            "key": "coffee",
            "name": words("coffee"),
            "kind": "product",
            "lifetime": {"kind": "days", "count": 30},
            "transfer": {"to": "anyone"},
        },
        {
            "key": "towel",
            "name": words("towel"),
            "kind": "product",
            "claim": {"kind": "days", "count": 14},
            "lifetime": {"kind": "months", "count": 3},
        },
        {"key": "payout", "name": words("payout"), "kind": "payout"},
    ],
    "earning_rules": [
        *make.QUARTERLY["earning_rules"],
        {
            "key": "stamping",
            "name": words("a stamp for each purchase"),
            "meter": "stamps",
            "rate": {"kind": "fixed", "value": 1},
        },
        {
            "key": "back",
            "name": words("two per cent back"),
            "meter": "cashback",
            "rate": {"kind": "percent", "value": 2},
        },
        {
            "key": "double",
            "name": words("double points for a week"),
            "meter": "points",
            "rate": {"kind": "fixed", "value": 100},
            "scope": {"accepted_days": 7},
        },
    ],
    "conversions": [
        *make.QUARTERLY["conversions"],
        {
            "key": "card",
            "name": words("stamp card"),
            "meter": "stamps",
            "reward": "coffee",
            "schedule": {"kind": "at_once"},
            "form": {"kind": "step", "step": 5},
        },
        {
            "key": "take_out",
            "name": words("take out"),
            "meter": "cashback",
            "reward": "payout",
            "schedule": {"kind": "on_demand"},
            "form": {"kind": "linear", "from": 20, "value": 1},
        },
    ],
    "menus": [
        {
            "key": "shelf",
            "name": words("the shelf"),
            "meter": "points",
            "options": [
                {"key": "coffee", "name": words("a coffee"), "points": 300, "reward": "coffee"},
                {"key": "towel", "name": words("a towel"), "points": 900, "reward": "towel"},
                {"key": "ten", "name": words("ten kronor off"), "points": 100, "value": 10},
            ],
        }
    ],
    "tier_ladders": [
        {
            "key": "level",
            "name": words("level"),
            "meter": "points",
            "window": {"kind": "calendar", "unit": "year"},
            "rows": [
                {"key": "silver", "name": words("silver"), "from": 1000, "keep_from": 600},
                {"key": "gold", "name": words("gold"), "from": 5000},
            ],
        }
    ],
    "challenges": [
        {
            "key": "spring",
            "name": words("spring in the shop"),
            "goals": [{"count": "orders", "target": 3}],
            "from_date": "2025-04-01",
            "to_date": "2025-05-31",
            "acceptance": True,
            "meter": "points",
            "amount": 250,
        }
    ],
    "draws": [
        {
            "key": "lottery",
            "name": words("the spring draw"),
            "from_date": "2025-04-01",
            "to_date": "2025-05-31",
            "entries": {"per": "receipt"},
            "prizes": [{"count": 1, "reward": "coffee"}],
            "seed": "a seed",
        }
    ],
    "funds": [
        {"key": "forest", "name": words("the forest"), "opening": 1000},
        {"key": "reserve", "name": words("the reserve"), "opening": 5000, "public": False},
    ],
    "perks": [
        {
            "key": "evening",
            "name": words("an evening with the baker"),
            "text": words("We bake bread."),
            "kind": "event",
            "opens": [{"tier": "silver", "from": "2025-05-01"}, {"from": "2025-05-10 18:00"}],
            "seats": 2,
            "max_each": 2,
        },
        {
            "key": "delivery",
            "name": words("delivery"),
            "by_tier": {"silver": "half price", "gold": "free"},
        },
        {"key": "mending", "name": words("mending"), "quota": {"times": 1, "per": "year"}},
    ],
    "life": {},
}
