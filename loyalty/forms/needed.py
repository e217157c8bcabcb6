"""Which fields mean something beside which choice: a step only where the rate is per full step."""

from collections.abc import Mapping
from typing import Any

from loyalty.forms.parts import Part

# (group, field): the field that decides, and the values of it that need this one.
_NEEDED: dict[tuple[str, str], tuple[str, str]] = {
    ("mirrors", "attribute"): ("what", "attribute"),
    ("reward", "percent"): ("kind", "percent_off"),
    ("reward", "value"): ("kind", "money_off product donation payout"),
    ("reward", "choices"): ("kind", "choice"),
    ("reward", "fund"): ("kind", "donation"),
    ("use", "with"): ("combinable", "listed"),
    ("transfer", "count"): ("to", "household members anyone"),
    ("transfer", "hands"): ("to", "household members anyone"),
    ("base", "attribute"): ("amount", "attribute"),
    ("base", "window"): ("per", "period"),
    ("rate", "value"): ("kind", "per_unit per_full per_started percent fixed factor"),
    ("rate", "step"): ("kind", "per_full per_started"),
    ("rate", "table"): ("kind", "bracket whole_percent marginal_percent"),
    ("rate", "by_tier"): ("kind", "per_unit per_full per_started percent fixed factor"),
    ("rate", "by_meter"): ("kind", "per_unit per_full per_started percent fixed factor"),
    ("stack", "acts_on"): ("kind", "multiply"),
    ("form", "to"): ("kind", "consecutive"),
    ("form", "step"): ("kind", "step sequence"),
    ("form", "value"): ("kind", "step linear consecutive pool"),
    ("form", "vouchers"): ("kind", "step linear sequence"),
    ("form", "table"): ("kind", "table whole_percent marginal_percent"),
    ("form", "by_meter"): ("kind", "linear"),
    ("form", "sequence"): ("kind", "sequence"),
    ("form", "repeat_from"): ("kind", "sequence"),
    ("form", "windows"): ("kind", "consecutive"),
    ("benefit", "value"): ("kind", "percent amount_per_unit fixed_price per_full"),
    ("benefit", "step"): ("kind", "per_full"),
    ("benefit", "n"): ("kind", "nth_free"),
    ("benefit", "attribute"): ("kind", "amount_per_unit"),
    ("benefit", "by_tier"): ("kind", "percent amount_per_unit fixed_price per_full"),
    ("benefit", "by_meter"): ("kind", "percent amount_per_unit fixed_price per_full"),
    ("conversion", "period"): ("measure", "window"),
    ("benefit", "of"): ("kind", "nth_free"),
    ("valid", "count"): ("kind", "months"),
    ("goals", "event"): ("count", "acts stores"),
    ("goals", "attribute"): ("count", "attribute"),
    ("entries", "step"): ("per", "amount"),
    ("entries", "event"): ("per", "act"),
    ("perk", "seats"): ("kind", "event"),
    ("perk", "max_each"): ("kind", "event"),
    ("perk", "waiting_list"): ("kind", "event"),
    ("fee", "years"): ("per", "years"),
    ("audience", "max_members"): ("unit", "household group"),
    ("audience", "who_spends"): ("unit", "household group"),
    ("audience", "same_address"): ("unit", "household group"),
    ("audience", "invitation_days"): ("unit", "household group"),
    ("audience", "who_sees"): ("unit", "household group"),
    ("audience", "whose_year"): ("unit", "household group"),
    ("audience", "share_on_leaving"): ("unit", "household group"),
    ("leaving", "after_days"): ("points", "cut"),
    ("leaving", "to"): ("points", "cut"),
    ("leaving", "years"): ("points", "kept"),
    ("by_meter", "window"): ("measure", "window"),
    ("lifetime", "count"): (
        "kind",
        "days months years end_of_month end_of_quarter end_of_half_year end_of_year fixed_day own",
    ),
    ("lifetime", "month"): ("kind", "fixed_day sweep"),
    ("lifetime", "day"): ("kind", "fixed_day sweep"),
    ("lifetime", "calendar"): ("kind", "own"),
    ("lifetime", "min_months"): ("kind", "sweep"),
    ("lifetime", "months"): ("kind", "while_active"),
    ("lifetime", "since"): ("kind", "while_active"),
    ("lifetime", "full_months"): ("kind", "while_active"),
    ("window", "unit"): ("kind", "calendar trailing since_join opened_by_first"),
    ("window", "count"): ("kind", "trailing since_join this_and_previous opened_by_first chain"),
    ("window", "month"): ("kind", "year_from"),
    ("window", "day"): ("kind", "year_from"),
    ("window", "calendar"): ("kind", "own"),
    ("window", "from"): ("kind", "membership_year since_join"),
    ("schedule", "window"): ("kind", "window_end"),
    ("schedule", "offset_days"): ("kind", "window_end"),
    ("schedule", "dates"): ("kind", "dates"),
    ("schedule", "month"): ("kind", "yearly"),
    ("schedule", "day"): ("kind", "yearly"),
    ("schedule", "weekday"): ("kind", "weekday"),
    ("schedule", "by"): ("kind", "on_demand"),
    ("schedule", "booked_days"): ("kind", "window_end dates yearly weekday"),
}
# What happens where nothing else is said.
WHAT = "order"
# How a form writes that there must be none.
NONE = "–"
# What a condition asks for, and the fields that each question has.
_METER = ("meter", "op", "value", "measure", "window", "consecutive", "includes_this")
ASKED = {
    "meter": _METER,
    "tier": ("tier", "in", "held", "window"),
    "event": ("event", "op", "value", "measure", "window", "consecutive", "includes_this"),
    "fact": ("fact", "op", "value"),
    "consent": ("consent", "channel"),
    "segment": ("segment",),
    "accepted": ("accepted",),
    "all": ("all",),
    "any": ("any",),
    "at_least": ("count", "at_least"),
    "not": ("not",),
}
# Without these a question says nothing.
ANSWERS = ("value", "in", "count")


def decider(part: Part) -> tuple[str, str] | None:
    """The field beside ``part`` that decides whether it is needed, and by which of its values."""
    return _NEEDED.get((part.group, part.field))


def is_needed(part: Part, beside: Mapping[str, Any], fields: Mapping[str, Part]) -> bool:
    """Whether ``part`` means anything beside the other values of its group."""
    decided = decider(part)
    if decided is None or decided[0] not in fields:
        return True
    name, values = decided
    return (beside.get(name) or fields[name].default) in values.split()


def asked(tree: Any) -> str:
    """What a condition asks for; empty when nothing is chosen yet."""
    if not isinstance(tree, Mapping):
        return ""
    return str(tree.get("asks") or next((name for name in ASKED if name in tree), ""))


def told_of(part: Part, what: str) -> list[Part]:
    """The fields of a happening of the kind ``what``: when, who, what, and those of its own kind."""
    verb = what or WHAT
    own = ("day", "clock", "member", "what", verb, "note", "expect")
    fields = {one.field: one for one in part.fields()}
    return [fields[name] for name in own if name in fields]


def questions(part: Part, what: str) -> list[Part]:
    """The fields of a condition that asks for ``what``."""
    fields = {one.field: one for one in part.fields()}
    return [fields[name] for name in ASKED.get(what, ()) if name in fields]
