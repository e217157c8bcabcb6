"""The invented club's own programme: a ready-made one, and what makes a club more than its points."""

from copy import deepcopy
from datetime import date, timedelta
from typing import Any

from loyalty.queries.presets import preset

PRESET = "duvan"
CHALLENGE, EVENING = "three_visits", "wreath_evening"


def programme_of_the_club(today: date) -> dict[str, Any]:
    """Levels, a birthday treat, a challenge that runs and an evening with seats, on the rules of the preset."""
    document: dict[str, Any] = deepcopy(dict(preset(PRESET)))
    document["rewards"] = [*document["rewards"], BIRTHDAY_TREAT]
    document["earning_rules"] = [*document["earning_rules"], BIRTHDAY]
    return document | {
        "tier_ladders": [LEVELS],
        "challenges": [challenge_around(today)],
        "perks": [DELIVERY, evening_after(today)],
    }


BIRTHDAY_TREAT = {
    "key": "birthday_treat",
    "name": {"sv": "födelsedagsrabatt", "nb": "bursdagsrabatt", "en": "birthday treat"},
    "kind": "percent_off",
    "percent": 15,
    "lifetime": {"kind": "days", "count": 30},
}
BIRTHDAY = {
    "key": "birthday",
    "name": {"sv": "grattis på födelsedagen", "nb": "gratulerer med dagen", "en": "happy birthday"},
    "event": "birthday",
    "reward": "birthday_treat",
    "rate": {"kind": "fixed", "value": 1},
}
LEVELS = {
    "key": "level",
    "name": {"sv": "nivå", "nb": "nivå", "en": "level"},
    "meter": "points",
    "window": {"kind": "trailing", "unit": "month", "count": 12},
    "rows": [
        {"key": "silver", "name": {"sv": "silver", "nb": "sølv", "en": "silver"}, "from": 3000},
        {"key": "gold", "name": {"sv": "guld", "nb": "gull", "en": "gold"}, "from": 10000},
    ],
}
DELIVERY = {
    "key": "delivery",
    "name": {"sv": "hemleverans", "nb": "hjemlevering", "en": "home delivery"},
    "by_tier": {"silver": "49 kr", "gold": "0 kr"},
}


def challenge_around(today: date) -> dict[str, Any]:
    return {
        "key": CHALLENGE,
        "name": {
            "sv": "tre besök på en månad",
            "nb": "tre besøk på en måned",
            "en": "three visits in a month",
        },
        "goals": [{"count": "days", "target": 3}],
        "from_date": (today - timedelta(days=10)).isoformat(),
        "to_date": (today + timedelta(days=20)).isoformat(),
        "acceptance": True,
        "meter": "points",
        "amount": 250,
    }


def evening_after(today: date) -> dict[str, Any]:
    """An evening that has opened for the higher levels first, and then for all."""
    return {
        "key": EVENING,
        "name": {"sv": "kväll: binda krans", "nb": "kveld: binde krans", "en": "evening: bind a wreath"},
        "text": {
            "sv": "Vi binder kransar i butiken i Göteborg. Allt material ingår.",
            "nb": "Vi binder kranser i butikken i Göteborg. Alt materiale er med.",
            "en": "We bind wreaths in the shop in Gothenburg. All material is included.",
        },
        "kind": "event",
        "opens": [
            {"tier": "gold", "from": (today - timedelta(days=7)).isoformat()},
            {"from": (today - timedelta(days=2)).isoformat()},
        ],
        "closes": f"{(today + timedelta(days=14)).isoformat()} 18:00",
        "seats": 12,
        "max_each": 4,
    }
