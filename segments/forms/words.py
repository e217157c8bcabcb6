"""The words of the builder's controls, in the reader's language."""

from collections.abc import Mapping
from typing import Any

from django.utils.dates import MONTHS as MONTHS_OF_YEAR
from django.utils.dates import WEEKDAYS
from django.utils.formats import get_format
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as later

from segments.engine import shapes
from segments.queries import described

OPERATORS: Mapping[str, str] = {
    "eq": later("is"),
    "ne": later("is not"),
    "in": later("is one of"),
    "not_in": later("is none of"),
    "contains": later("contains"),
    "not_contains": later("does not contain"),
    "starts": later("begins with"),
    "ends": later("ends with"),
    "pattern": later("fits the pattern"),
    "set": later("is known"),
    "not_set": later("is unknown"),
    "lt": later("less than"),
    "lte": later("at most"),
    "gt": later("more than"),
    "gte": later("at least"),
    "between": later("between"),
    "not_between": later("not between"),
    "before": later("before the day"),
    "after": later("after the day"),
    "on": later("on the day"),
    "within": later("within the last"),
    "at_least_ago": later("at least this long ago"),
    "more_than_ago": later("longer ago than"),
    "in_next": later("within the next"),
    "at_least_ahead": later("at least this far ahead"),
    "more_than_ahead": later("further ahead than"),
    "weekday": later("on the weekday"),
    "hour": later("between the hours"),
}
# Of a number, “is” says too little; of a time, “between” and “in” mean days and periods.
OF_NUMBERS: Mapping[str, str] = {"eq": later("exactly"), "ne": later("anything but")}
OF_TIMES: Mapping[str, str] = {"between": later("between the days"), "in": later("in the period")}
AGGREGATES: Mapping[str, str] = {
    "count": later("the number of"),
    "sum": later("the total of"),
    "avg": later("the average of"),
    "min": later("the lowest"),
    "max": later("the highest"),
    "first": later("the first"),
    "last": later("the last"),
    "count_distinct": later("the number of different"),
    "when_first": later("the first time of"),
    "when_last": later("the last time of"),
}
WINDOWS: Mapping[str, str] = {
    "all": later("at any time"),
    "last": later("in the last"),
    "next": later("in the next"),
    "calendar": later("in a calendar period"),
    "days": later("between two days"),
    "between": later("between two times"),
    "since": later("since"),
}
UNITS: Mapping[str, str] = {
    "minute": later("minutes"),
    "hour": later("hours"),
    "day": later("days"),
    "week": later("weeks"),
    "month": later("months"),
    "quarter": later("quarters"),
    "year": later("years"),
}
PERIODS: Mapping[str, str] = {
    "this day": later("today"),
    "previous day": later("yesterday"),
    "this week": later("this week"),
    "previous week": later("the previous week"),
    "this month": later("this month"),
    "previous month": later("the previous month"),
    "this quarter": later("this quarter"),
    "previous quarter": later("the previous quarter"),
    "this year": later("this year"),
    "previous year": later("the previous year"),
}
MODES: Mapping[str, str] = {
    "since_last": later("after the last one"),
    "since_first": later("after the first one"),
    "each_within": later("after any one of them"),
}
MONTHS: Mapping[str, str] = {
    "this": later("this month"),
    "next": later("the next month"),
    "previous": later("the previous month"),
}
FOLLOWED: Mapping[str, str] = {
    "then_not": later("and did not do this"),
    "then": later("and then did this"),
}
RECURRING: Mapping[str, str] = {
    "in": later("so many days from today"),
    "in_month": later("in a month"),
}
GROUPS: Mapping[str, str] = {
    "all": later("All of these"),
    "any": later("At least one of these"),
    "not all": later("Not all of these"),
    "not any": later("None of these"),
}
LEAVES: Mapping[str, str] = {
    "ratio": later("A share: one number divided by another"),
    "sequence": later("Something happened, and something else followed or did not"),
    "recurring": later("A date that comes again every year"),
    "segment": later("Is in another segment"),
    "top": later("Among the highest"),
    "bucket": later("A stable share by chance"),
}
CONTROLS: Mapping[str, str] = {
    "about_member": later("About the member"),
    "about_facts": later("What they have done"),
    "about_others": later("More"),
    "add_condition": later("Add a condition"),
    "add_group": later("Add a group"),
    "choose_condition": later("Choose what to ask for"),
    "group": later("Group"),
    "condition": later("Condition"),
    "group_holds": later("Who is meant"),
    "is_denied": later("Not"),
    "remove": later("Remove"),
    "duplicate": later("Duplicate"),
    "up": later("Move up"),
    "down": later("Move down"),
    "removed": later("Removed. It can be undone."),
    "undone": later("Undone."),
    "redone": later("Done again."),
    "moved": later("Moved."),
    "copied": later("Duplicated."),
    "field": later("What is asked for"),
    "operator": later("How it is compared"),
    "value": later("Value"),
    "from": later("From"),
    "to": later("To"),
    "count": later("How many"),
    "unit": later("Unit"),
    "window": later("When"),
    "period": later("Period"),
    "measure": later("What is worked out"),
    "of": later("Of what"),
    "narrow": later("Narrow down"),
    "narrow_by": later("Narrow down by"),
    "where": later("only where"),
    "yes": later("yes"),
    "no": later("no"),
    "search": later("Type to search"),
    "use_typed": later("Use “%s”"),
    "above": later("What is counted"),
    "below": later("Divided by"),
    "least": later("Only where the latter is at least"),
    "did": later("They did this"),
    "followed": later("What followed"),
    "mode": later("Counted from"),
    "within": later("Only for so long"),
    "same": later("with the same"),
    "date": later("Date"),
    "returns": later("When it comes again"),
    "since": later("Since when"),
    "days_from": later("Days from today, at the earliest"),
    "days_to": later("Days from today, at the latest"),
    "number": later("Only this one, 0 for all"),
    "segment": later("Segment"),
    "percent": later("Per cent of the members"),
    "by": later("by"),
    "salt": later("Name of the draw"),
    "low": later("From lot"),
    "high": later("Up to, not including, lot"),
    "any_choice": later("any"),
    "choose": later("Choose"),
    "empty_group": later("Nothing here yet. Add a condition."),
    "counting": later("Counting … %s s"),
    "failed": later(
        "The server did not answer. What you have built is still here; change something to try again."
    ),
    "nothing_asked": later("Add a first condition to see whom it means."),
    "changed_by_hand": later(
        "The conditions were changed by hand. Moving a slider starts from the template again."
    ),
}


def controls(currency: str) -> dict[str, Any]:
    """All there is to ask for, as ``described`` tells it, with the words of its controls."""
    return {
        **described(),
        "kinds": {kind: list(known) for kind, known in shapes.OPERATORS.items()},
        "operators": _said(OPERATORS),
        "of_numbers": _said(OF_NUMBERS),
        "of_times": _said(OF_TIMES),
        "aggregate_words": _said(AGGREGATES),
        "windows": _said(WINDOWS),
        "unit_words": _said(UNITS),
        "period_words": _said(PERIODS),
        "modes": _said(MODES),
        "followed": _said(FOLLOWED),
        "recurring_words": _said(RECURRING),
        "weekdays": {str(place): str(day) for place, day in enumerate(WEEKDAYS.values(), 1)},
        "months": _said(MONTHS) | {str(place): str(month) for place, month in MONTHS_OF_YEAR.items()},
        "groups": _said(GROUPS),
        "leaves": _said(LEAVES),
        "words": _said(CONTROLS),
        "currency": currency,
        "decimal": get_format("DECIMAL_SEPARATOR"),
    }


def _said(words: Mapping[str, str]) -> dict[str, str]:
    return {key: gettext(text) for key, text in words.items()}
