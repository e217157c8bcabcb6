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
    for number in range(30):
        at = now - timedelta(days=300 - 10 * number)
        line = NewLine(ref="1", quantity=Decimal(1), gross_ore=39900)
        order = NewOrder(source="till", number=f"K{number}", placed_at=at, lines=(line,), member=alice)
        actions.record_order(order=order, now=at, actor="seed")


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    seed()
