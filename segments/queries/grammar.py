"""How a definition is written and what each part of it means, to the edge: for whoever writes one by hand."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as later

from segments.engine.reading import DEEPEST, MOST_LEAVES
from segments.engine.values import DECIMALS, LARGEST, LONGEST_TEXT, MOST_CHOICES

ORDERS: Mapping[str, Any] = {"agg": "count", "of": "order", "op": "gte", "value": 1}

# Each with a definition that can be tried as it stands.
CONDITIONS: Mapping[str, tuple[Any, str]] = {
    "all": ({"all": [ORDERS, {"field": "email", "op": "set"}]}, later("Meets every one of these.")),
    "any": ({"any": [ORDERS, {"field": "email", "op": "set"}]}, later("Meets at least one of these.")),
    "not": (
        {"not": ORDERS},
        later("Every active member who does not meet the condition, also those of whom a value is missing."),
    ),
    "field": (
        {"field": "age", "op": "between", "value": [18, 25]},
        later("Compares a value of the member. Some fields need parameters, told in “with”."),
    ),
    "agg": (
        {
            "agg": "sum", "of": "order", "field": "total", "window": {"last": [90, "day"]}, "op": "gte",
            "value": 100000,
        },
        later(
            "Counts, sums or averages what the member has done. “where” narrows the facts, “window” says when. Count,"
            " count_distinct and sum of nothing are 0; avg, min, max, first and last of nothing are missing. First and"
            " last are the value of the earliest and the latest fact that has one."
        ),
    ),
    "ratio": (
        {
            "ratio": [
                {"agg": "sum", "of": "return_line", "field": "qty"}, {"agg": "sum", "of": "order_line", "field": "qty"},
            ],
            "min_den": 3, "op": "gte", "value": "0.5",
        },
        later(
            "Divides one number by another. Where the latter is below “min_den”, or there is nothing to divide by, the"
            " share is missing."
        ),
    ),
    "first": (
        {"first": "order", "op": "on", "value": "2026-01-31"},
        later("When the first fact was; missing where there is none."),
    ),
    "last": (
        {"last": "order", "op": "at_least_ago", "value": [180, "day"]},
        later("When the last fact was; missing where there is none."),
    ),
    "did": (
        {"did": "order", "then_not": "order", "mode": "each_within", "within": [30, "day"]},
        later(
            "One thing happened and another did not follow (then_not), or did (then). Mode: after the last of them"
            " (since_last), the first (since_first), or any one (each_within). “within” is the time to follow in; while"
            " it runs, nothing has failed to follow. “same” names what both must have in common. What follows comes"
            " later, not at the same moment."
        ),
    ),
    "recurring": (
        {"recurring": "birthday", "in": [0, 7]},
        later(
            "A date that comes again every year lies so many days from today, both included; negative is before today."
            " Works across New Year; a date on 29 February comes on 28 February in other years. The date itself is not"
            " its own return. “number” asks for one return only. Or “in_month”: 1 to 12, this, previous, next."
        ),
    ),
    "segment": ({"segment": "vip"}, later("Meets the definition of another segment, at the same moment.")),
    "top": (
        {"top": {"agg": "sum", "of": "order", "field": "total"}, "percent": 10},
        later(
            "Among the highest so many per cent of the active members, rounded up; who is level with the last of them"
            " is in too. Who has no such facts is never in."
        ),
    ),
    "bucket": (
        {"bucket": ["may", 0, 1000]},
        later(
            "A stable share by chance: of 10,000 lots those from the first up to, not including, the second. Another"
            " word draws anew."
        ),
    ),
}  # fmt: skip
OPERATORS: Mapping[str, str] = {
    "eq": later("Is the value. Texts are compared without regard to case and to spaces at the ends."),
    "ne": later("Is known and is not the value."),
    "in": later("Is one of the list. Of a time: lies in a window."),
    "not_in": later("Is known and is none of the list."),
    "contains": later("The text holds the value."),
    "not_contains": later("The text is known and does not hold the value."),
    "starts": later("The text begins with the value."),
    "ends": later("The text ends with the value."),
    "pattern": later("The whole text fits: * is any text, ? any letter."),
    "set": later("Is known. A blank text is unknown."),
    "not_set": later("Is unknown."),
    "lt": later("Less than the value; of a tier, below it."),
    "lte": later("The value or less."),
    "gt": later("More than the value; of a tier, above it."),
    "gte": later("The value or more."),
    "between": later("From the first to the second, both included."),
    "not_between": later("Below the first or above the second."),
    "before": later("Before the moment, or before the day begins."),
    "after": later("After the moment, or after the day has ended."),
    "on": later("On the day, from midnight to midnight by the club's clock."),
    "within": later("Between so long ago and now, both included."),
    "at_least_ago": later("So long ago or longer."),
    "more_than_ago": later("Longer ago than that, not at the very moment."),
    "in_next": later("Between now and so long ahead, both included."),
    "at_least_ahead": later("So long ahead or longer."),
    "more_than_ahead": later("Longer ahead than that, not at the very moment."),
    "weekday": later("On one of the weekdays by the club's clock: 1 is Monday, 7 Sunday."),
    "hour": later("From the start of the first hour to the end of the second, 0 to 23, by the club's clock."),
}
WINDOWS: Mapping[str, tuple[Any, str]] = {
    "all": ("all", later("Everything up to now. What lies after now never counts.")),
    "last": (
        {"last": [30, "day"]},
        later(
            "From so long ago to now, both included. Minutes and hours are exact; days, weeks, months and years go by"
            " the clock on the wall: 30 days before noon is noon, also when the clocks have changed. A month too short"
            " for the day ends on its last day."
        ),
    ),
    "next": ({"next": [30, "day"]}, later("From now to so long ahead, of what lies ahead.")),
    "calendar": (
        {"calendar": ["this", "month"]},
        later("This or the previous day, week, month, quarter or year, whole; weeks begin on Monday."),
    ),
    "days": ({"days": ["2026-01-01", "2026-01-31"]}, later("From the first day to the last, both whole.")),
    "between": (
        {"between": ["2026-01-01T00:00", "2026-01-31T18:00"]},
        later("From the first moment to the last, both included; without an offset by the club's clock."),
    ),
    "since": (
        {"since": "joined"},
        later(
            "From a moment of each member's own, which is included, to now: one of “starts”. Of whom there is none,"
            " nothing is counted."
        ),
    ),
}
RULES = (
    later("Only active members are meant."),
    later("“now” is one moment for the whole definition, with the segments in it."),
    later(
        "A comparison with what is missing is not met, whatever the operator; only “not” turns that round."
    ),
    later(
        "Money is told in öre, quantities in units; decimals may be written as text: “0.10”. Nothing is rounded."
    ),
    later("Cancelled orders never were. What a merged member did belongs to the member that is left."),
    later(
        "Who has said no to the analysis of purchases meets no condition on behaviour; “not” of it means them too."
    ),
    later(
        "Refused: an empty group, list or window, reversed ends, and what would be true of everybody or of nobody."
    ),
)


def grammar() -> dict[str, Any]:
    """The forms of conditions, operators and windows with their meaning, the rules for all, and the limits."""
    return {
        "conditions": [_form(key, *told) for key, told in CONDITIONS.items()],
        "windows": [_form(key, *told) for key, told in WINDOWS.items()],
        "operators": [{"key": key, "about": gettext(about)} for key, about in OPERATORS.items()],
        "rules": [gettext(rule) for rule in RULES],
        "limits": {
            "deepest": DEEPEST,
            "most_conditions": MOST_LEAVES,
            "most_in_list": MOST_CHOICES,
            "longest_text": LONGEST_TEXT,
            "largest_number": LARGEST,
            "decimals": DECIMALS,
        },
    }


def _form(key: str, example: Any, about: str) -> dict[str, Any]:
    return {"key": key, "example": example, "about": gettext(about)}
