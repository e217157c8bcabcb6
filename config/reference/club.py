"""A small club to try the API on: a programme that gives something at once, a store, and a key to everything."""

from datetime import UTC, datetime
from typing import Any

from django.db import transaction

from loyalty import actions
from members.actions import create_api_key
from members.models import ApiKey, Store

SOURCE, STORE, ACTOR = "sandbox", "sthlm", "sandbox"
OPENED = datetime(2025, 1, 1, tzinfo=UTC)

PROGRAMME: dict[str, Any] = {
    "programme": "sandbox",
    "meters": [{"key": "points", "name": {"sv": "poäng", "nb": "poeng", "en": "points"}}],
    "rewards": [
        {
            "key": "bonus",
            "name": {"sv": "bonuscheck", "nb": "bonussjekk", "en": "bonus check"},
            "kind": "money_off",
            "lifetime": {"kind": "months", "count": 24},
        },
        {
            "key": "coffee",
            "name": {"sv": "kaffe", "nb": "kaffe", "en": "coffee"},
            "kind": "product",
            "lifetime": {"kind": "months", "count": 24},
        },
    ],
    "earning_rules": [
        {
            "key": "purchases",
            "name": {"sv": "poäng på köp", "nb": "poeng på kjøp", "en": "points for purchases"},
            "meter": "points",
            "rate": {"kind": "per_unit", "value": 1},
            "round": {"mode": "floor"},
            "scope": {"exclude": {"flags": ["gift_card"]}},
        },
        {
            "key": "reviews",
            "name": {"sv": "poäng för omdömen", "nb": "poeng for omtaler", "en": "points for reviews"},
            "event": "review",
            "meter": "points",
            "base": {"amount": "one"},
            "rate": {"kind": "per_unit", "value": 50},
        },
    ],
    "conversions": [
        {
            "key": "checks",
            "name": {"sv": "bonuscheckar", "nb": "bonussjekker", "en": "bonus checks"},
            "meter": "points",
            "reward": "bonus",
            "schedule": {"kind": "at_once"},
            "form": {"kind": "step", "from": 500, "step": 500, "value": 50},
        }
    ],
    "menus": [
        {
            "key": "shelf",
            "name": {"sv": "hyllan", "nb": "hylla", "en": "the shelf"},
            "meter": "points",
            "options": [
                {
                    "key": "coffee",
                    "name": {"sv": "en kaffe", "nb": "en kaffe", "en": "a coffee"},
                    "points": 50,
                    "reward": "coffee",
                }
            ],
        }
    ],
    "tier_ladders": [
        {
            "key": "level",
            "name": {"sv": "nivå", "nb": "nivå", "en": "level"},
            "meter": "points",
            "window": {"kind": "trailing", "unit": "month", "count": 12},
            "rows": [
                {"key": "silver", "name": {"sv": "silver", "nb": "sølv", "en": "silver"}, "from": 1000},
                {"key": "gold", "name": {"sv": "guld", "nb": "gull", "en": "gold"}, "from": 5000},
            ],
        }
    ],
}


@transaction.atomic
def open_small_club(*, now: datetime) -> str:
    """Fill an empty database with the small club; returns its key."""
    version = actions.import_programme(document=PROGRAMME, name="Sandbox", now=OPENED)
    actions.publish_version(version=version, valid_from=OPENED, now=OPENED, actor=ACTOR)
    Store.objects.create(code=STORE, name="Stockholm")
    _row, key = create_api_key(
        name="Sandbox", source=SOURCE, scopes=[ApiKey.Bundle.SERVER], now=now, actor=ACTOR
    )
    return key
