"""What people call the objects, fields and values of a programme, and what is said of them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.utils.formats import get_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as later

from loyalty.forms import happening_words, labels, values
from loyalty.forms.parts import Part, programme, top
from members.queries import CROWNS, SIGNS

LABELS = labels.LABELS | happening_words.LABELS
VALUES = values.VALUES | happening_words.VALUES
_EXAMPLE = re.compile(r"\s*Examples?: (?P<example>.*)$", re.DOTALL)
# What a file's reader must be told and a form shows by itself.
_FILE_TALK = re.compile(r"^For [a-z_]+(,? (and |or )?[a-z_]+)*: |(?<=\b)[Tt]he key of ")
_KEYS = re.compile(r"[{}]|\w_\w|\b([Kk]eys|[Cc]odes) of ")

KINDS = {
    "meters": (later("Meter"), later("Points, stamps, money spent: anything that is counted.")),
    "earning_rules": (later("Earning rule"), later("What gives points, and how many.")),
    "conversions": (later("Conversion"), later("When and how points become a reward.")),
    "rewards": (later("Reward"), later("What a member can get: a check, a discount, a gift.")),
    "menus": (later("Redemption menu"), later("What members can use points for when they want to.")),
    "tier_ladders": (later("Tier ladder"), later("Tiers that members reach by what they earn.")),
    "challenges": (later("Challenge"), later("A goal with a reward.")),
    "draws": (later("Prize draw"), later("Prizes drawn by lot.")),
    "perks": (later("Perk"), later("Free shipping, a closed sale, an evening with seats.")),
    "price_rules": (later("Price rule"), later("Prices that only members get.")),
    "funds": (later("Donation fund"), later("Money for good causes.")),
    "fees": (later("Fee"), later("What membership costs.")),
    "calendars": (later("Calendar of periods"), later("Periods of your own, such as catalogues.")),
    "audience": (later("Who can join, and where"), later("Age, stores, regions, stages of a start.")),
    "life": (later("End of membership"), later("Silent members, and those who leave.")),
    "returns": (later("Returns"), later("What happens when goods come back.")),
}
_UNITS = {
    "months": later("months"),
    "extra_months": later("months more"),
    "min_months": later("months"),
    "late_claim_days": later("days"),
    "pending_days": later("days"),
    "offset_days": later("days"),
    "booked_days": later("days"),
    "grace_days": later("days"),
    "after_days": later("days"),
    "available_after_days": later("days"),
    "days": later("days"),
    "days_after": later("days"),
    "days_from_acceptance": later("days"),
    "years": later("years"),
    "extended_years": later("years"),
    "min_hours": later("hours"),
    "multiplier": later("times"),
}


def label_of(part: Part) -> str:
    """What people call a field."""
    words = LABELS.get(f"{part.group}.{part.field}") or LABELS.get(part.field)
    return _(words) if words else part.field.replace("_", " ").capitalize()


def help_of(part: Part) -> str:
    """What the schema says of a field beyond its label, and its example in a person's words."""
    text = part.schema.get("description", "")
    example = _EXAMPLE.search(text)
    told = said(text[: example.start()] if example else text) if part.control != "choice" else ""
    if told.rstrip(".").lower() == label_of(part).lower():
        told = ""
    if example and _is_plain(part, example["example"]):
        written = example["example"]
        if part.control == "number":
            written = written.replace(".", get_format("DECIMAL_SEPARATOR"))
        shown = _("For example %(example)s") % {"example": written}
        return f"{told} {shown}".strip()
    return told


def _is_plain(part: Part, example: str) -> bool:
    """Whether an example is what a person would write, and no key or list of a file."""
    is_written = part.control in ("number", "words") or part.definition in ("date", "clock", "moment")
    return is_written and not example.startswith(("{", "["))


def sentences_in(found: Any) -> Iterator[str]:
    """Every sentence of a schema that a form shows, for those who translate."""
    for one in found.values() if isinstance(found, Mapping) else found if isinstance(found, list) else ():
        yield from sentences_in(one)
    if isinstance(found, Mapping) and isinstance(found.get("description"), str) and "enum" not in found:
        yield plain_words(_EXAMPLE.sub("", found["description"]))


def plain_words(text: str) -> str:
    """A sentence of the schema without what only a file's reader needs; nothing where little is left."""
    words = _FILE_TALK.sub("", text).strip()
    is_for_files = _KEYS.search(words) or len(words.split()) < 3
    return "" if is_for_files else words[:1].upper() + words[1:]


def said(text: str) -> str:
    """A sentence of the schema in the active language; nothing where it is not yet translated."""
    plain = plain_words(text)
    words = _(plain) if plain else ""
    return words if words != plain or get_language() == "en" else ""


def unit_of(part: Part, currency: str) -> str:
    """What stands after the number of a field."""
    if part.definition == "amount":
        return (CROWNS | SIGNS).get(currency, currency)
    if part.definition == "percent":
        return "%"
    words = _UNITS.get(part.field) if part.control == "number" else None
    return _(words) if words else ""


def value_of(part: Part, value: str) -> str:
    """What people call one of the values that a field can have."""
    words = VALUES.get(f"{part.group}.{part.field}.{value}") or VALUES.get(f"{part.field}.{value}")
    words = words or VALUES.get(value)
    return _(words) if words else value.replace("_", " ")


def kind_words(kind: str) -> tuple[str, str]:
    """What people call a kind of object, and what it is."""
    name, about = KINDS.get(kind, (kind.replace("_", " ").capitalize(), ""))
    return _(name), _(about) if about else ""


def field_words(kind: str, place: Sequence[str | int]) -> str:
    """The way to a field of an object, in labels: “How much it gives › Value”."""
    part, words = programme() if kind == "programme" else top(kind), []
    for step in place:
        if isinstance(step, int):
            part = part.row() if part.control == "rows" else part
            continue
        found = next((one for one in part.fields() if one.field == step), None) if part.has_fields else None
        if found is None:
            break
        words.append(label_of(found))
        part = found
    return " › ".join(words)
