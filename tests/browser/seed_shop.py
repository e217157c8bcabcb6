"""A shop that has sold for a year and has no programme yet: run as `python -m tests.browser.seed_shop`."""

import os
from datetime import timedelta
from decimal import Decimal

import django

GUESTS = 6
ORDERS_EACH = 8


def seed() -> None:
    from django.utils import timezone  # noqa: PLC0415 - only after django.setup()

    from loyalty import actions  # noqa: PLC0415
    from members.actions import NewLine, NewOrder, join_member  # noqa: PLC0415

    now = timezone.now()
    start = now - timedelta(days=400)
    for guest in range(GUESTS):
        name = "Alva" if not guest else f"Gäst {guest}"
        member = join_member(
            email=f"guest{guest}@post.example", first_name=name, actor="seed", now=start
        ).member
        for turn in range(ORDERS_EACH):
            at = now - timedelta(days=330 - 40 * turn + guest)
            line = NewLine(ref="1", quantity=Decimal(1), gross_ore=5_000 * (guest + 1))
            order = NewOrder(
                source="till", number=f"K{guest}-{turn}", placed_at=at, lines=(line,), member=member
            )
            actions.record_order(order=order, now=at, actor="seed")


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    seed()
