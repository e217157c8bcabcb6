"""A club with orders, a return and goods: run as `python -m tests.browser.seed_segments` on an empty database."""

import os

import django


def seed() -> None:
    from django.utils import timezone  # noqa: PLC0415 - only after django.setup()

    from tests.console.seed import build  # noqa: PLC0415

    build(timezone.now(), members=4)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    seed()
