"""A club with a member who has bought for a year: run as `python -m tests.browser.seed` on an empty database."""

import os
from datetime import timedelta
from decimal import Decimal
from typing import Any

import django

PROGRAMME: dict[str, Any] = {
    "programme": "browser",
    "meters": [
        {
            "key": "points",
            "name": {"sv": "poäng", "nb": "poeng", "en": "points"},
            "lifetime": {"kind": "months", "count": 12},
        }
    ],
    "rewards": [
        {
            "key": "bonus",
            "name": {"sv": "bonuscheck", "nb": "bonussjekk", "en": "bonus check"},
            "kind": "money_off",
            "lifetime": {"kind": "months", "count": 24},
        }
    ],
    "earning_rules": [
        {"key": "purchases", "name": "köp", "meter": "points", "rate": {"kind": "per_unit", "value": 1}}
    ],
    "conversions": [
        {
            "key": "checks",
            "meter": "points",
            "reward": "bonus",
            "schedule": {"kind": "at_once"},
            "form": {"kind": "step", "from": 2500, "step": 2500, "value": 100},
        }
    ],
    "tier_ladders": [
        {
            "key": "level",
            "name": {"sv": "nivå", "nb": "nivå", "en": "level"},
            "meter": "points",
            "window": {"kind": "trailing", "unit": "month", "count": 12},
            "rows": [
                {"key": "silver", "name": "silver", "from": 1000},
                {"key": "gold", "name": "guld", "from": 50000},
            ],
        }
    ],
}


def words(text: str) -> dict[str, str]:
    return dict.fromkeys(("sv", "nb", "en"), text)


# What members do by themselves: a challenge to accept, a coffee for points, a stamp card, an evening with seats.
PROGRAMME["meters"].append({"key": "stamps", "name": words("stämplar")})
PROGRAMME["rewards"].append(
    {
        "key": "coffee",
        "name": words("kaffe"),
        "kind": "product",
        "lifetime": {"kind": "days", "count": 30},
        "transfer": {"to": "anyone"},
    }
)
PROGRAMME["earning_rules"].append(
    {
        "key": "stamping",
        "name": words("en stämpel för varje köp"),
        "meter": "stamps",
        "rate": {"kind": "fixed", "value": 1},
    }
)
PROGRAMME["conversions"].append(
    {
        "key": "card",
        "name": words("stämpelkort"),
        "meter": "stamps",
        "reward": "coffee",
        "schedule": {"kind": "at_once"},
        "form": {"kind": "step", "step": 8},
    }
)
PROGRAMME |= {
    "challenges": [
        {
            "key": "visits",
            "name": words("tre besök"),
            "goals": [{"count": "orders", "target": 3}],
            "acceptance": True,
            "meter": "points",
            "amount": 250,
        }
    ],
    "menus": [
        {
            "key": "shelf",
            "name": words("använd dina poäng"),
            "meter": "points",
            "options": [
                {"key": "coffee", "name": words("en kopp kaffe"), "points": 100, "reward": "coffee"},
                {"key": "cake", "name": words("en tårta"), "points": 90000, "reward": "coffee"},
            ],
        }
    ],
    "draws": [
        {
            "key": "lottery",
            "name": words("sommarlotteriet"),
            "from_date": "2020-01-01",
            "to_date": "2090-12-31",
            "prizes": [{"count": 1, "reward": "coffee"}],
        }
    ],
    "funds": [{"key": "forest", "name": words("skogen"), "opening": 1000}],
    "perks": [
        {
            "key": "evening",
            "name": words("kväll: binda krans"),
            "text": words("Vi binder kransar i butiken."),
            "kind": "event",
            "seats": 12,
            "max_each": 2,
        },
        {"key": "delivery", "name": words("hemleverans"), "by_tier": {"silver": "49 kr"}},
    ],
}


def seed() -> None:
    from django.utils import timezone  # noqa: PLC0415 - only after django.setup()

    from loyalty import actions  # noqa: PLC0415
    from loyalty.models import ProgrammeVersion  # noqa: PLC0415
    from members.actions import NewLine, NewOrder, join_member  # noqa: PLC0415

    now = timezone.now()
    start = now - timedelta(days=400)
    ProgrammeVersion.objects.create(
        name="browser", state="published", valid_from=start, published_at=start, document=PROGRAMME
    )
    alice = join_member(email="alice@post.example", first_name="Alice", actor="seed", now=start).member
    join_member(email="bo@post.example", first_name="Bo", actor="seed", now=start)
    for number in range(30):
        at = now - timedelta(days=300 - 10 * number)
        line = NewLine(ref="1", quantity=Decimal(1), gross_ore=39900)
        order = NewOrder(source="till", number=f"K{number}", placed_at=at, lines=(line,), member=alice)
        actions.record_order(order=order, now=at, actor="seed")


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    seed()
