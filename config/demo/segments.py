"""A few of the ready-made segments, as they have grown and shrunk from month to month."""

from datetime import datetime

from config.demo.people import ACTOR
from loyalty.engine.calendar import add_months
from segments import actions
from segments.queries.templates import Template, filled, in_words, template

KEYS = ("repeat_purchase", "never_bought", "orders_and_returns", "high_average")
MONTHS = 6


def save_segments(*, start: datetime) -> None:
    """Save them as somebody would who took each template as it is."""
    for made in _shown():
        actions.save_segment(
            key=made.key, name=in_words(made.name), definition=_untouched(made), actor=ACTOR, now=start
        )


def compute_monthly(*, now: datetime) -> None:
    """Whom they held at the same hour of each month, the last of them ``now``."""
    today = now.date()
    for months in reversed(range(MONTHS)):
        actions.recompute_segments(now=now - (today - add_months(today, -months)))


def _shown() -> list[Template]:
    return [made for key in KEYS if (made := template(key)) is not None]


def _untouched(made: Template) -> object:
    return filled(made, {slider.key: slider.default for slider in made.sliders})
