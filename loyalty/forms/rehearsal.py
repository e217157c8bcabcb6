"""What happens to invented members, row by row, as a scenario that the engine can play; and back again."""

import re
from collections.abc import Mapping, Sequence
from itertools import count
from typing import Any

from loyalty.engine.errors import ProgrammeError
from loyalty.engine.files import schema
from loyalty.engine.scenario import VERBS
from loyalty.forms.needed import NONE, WHAT
from loyalty.forms.parts import Part
from loyalty.forms.posted import key_of

MEMBER = "anna"
LOOK = "look"
_SURE = ("leave", "move_out", "end_of_day")
_YES_NO = {"enum": ["yes", "no"]}
_KEY = re.compile(r"[a-z][a-z0-9_-]{0,39}")
_MISSING = re.compile(r"'(\w+)' is missing$")
# Where members are named, by the field or by the field within one.
_PEOPLE = {("account",), ("referred_by",), ("leads",), ("leader",), ("move_in",), ("merge",), ("give", "to")}
Row = Mapping[str, Any]


def _happening() -> dict[str, Any]:
    """A happening as the file format has it, its moment and its kind told in fields of their own."""
    known = schema("scenario")["$defs"]["happening"]["properties"]
    told = {verb: known[verb] for verb in VERBS if verb not in _SURE}
    return {
        "$ref": "#/$defs/happening",
        "required": ["day", "what"],
        "properties": {
            "day": {"$ref": "#/$defs/date"},
            "clock": {"$ref": "#/$defs/clock"},
            "member": {"type": "string", "default": MEMBER},
            "what": {"enum": [*VERBS, LOOK], "default": WHAT},
            **told,
            "join": {"$ref": "#/$defs/person"},
            "note": known["note"],
            "expect": known["expect"],
        },
    }


REHEARSAL = Part(
    "rehearsal",
    "",
    "",
    {
        "type": "object",
        "required": ["happenings"],
        "properties": {
            "starts": schema("scenario")["properties"]["starts"],
            "happenings": {"type": "array", "items": _happening()},
        },
    },
    file="scenario",
)


def scenario_of(typed: Mapping[str, Any], title: str) -> dict[str, Any]:
    """The scenario that the form tells; orders without a number are numbered in their order."""
    happenings = [_happened(row) for row in typed["happenings"]]
    told = [one[verb] for one in happenings for verb in ("order", "act") if verb in one]
    taken = {one["number"] for one in told if "number" in one}
    numbers = (str(number) for number in count(1) if str(number) not in taken)
    for one in happenings:
        if "order" in one and "number" not in one["order"]:
            one["order"] = {"number": next(numbers), **one["order"]}
    starts = {"starts": typed["starts"]} if typed.get("starts") else {}
    return {"scenario": title, **starts, "happenings": happenings}


def _happened(row: Row) -> dict[str, Any]:
    what = row.get("what", WHAT)
    moment = f"{row['day']} {row['clock']}" if row.get("clock") else str(row["day"])
    told: dict[str, Any] = {"at": moment, "member": _key(row.get("member") or MEMBER)}
    if what != LOOK:
        told[what] = _written(what, row.get(what)) or (True if what in (*_SURE, "join") else {})
    told |= {name: row[name] for name in ("note", "expect") if row.get(name)}
    if "expect" in told:
        told["expect"] = _written("expect", told["expect"])
    return told


def rows_of(scenario: Mapping[str, Any]) -> dict[str, Any]:
    """What the form shows of a scenario document."""
    rows = [_row(happening) for happening in scenario["happenings"]]
    return {"starts": scenario.get("starts", ""), "happenings": rows}


def _row(happening: Row) -> Row:
    day, _, clock = happening["at"].partition(" ")
    what = next((verb for verb in VERBS if verb in happening), LOOK)
    told = {} if what in (*_SURE, LOOK) or happening[what] is True else {what: happening[what]}
    rest = {name: _shown(happening[name]) for name in ("note", "expect") if name in happening}
    return {
        "day": day,
        "clock": clock,
        "member": happening.get("member", "member"),
        "what": what,
        **told,
        **rest,
    }


def missing_in(rows: Sequence[Row]) -> list[ProgrammeError]:
    """The days that are not filled in: without them nothing can be played."""
    return [
        ProgrammeError("'day' is missing", ("happenings", index))
        for index, row in enumerate(rows)
        if "day" not in row
    ]


def place_in_form(error: ProgrammeError) -> str:
    """The control that shows what is wrong."""
    missing = _MISSING.match(error.message)
    place = (*error.place, *(missing.groups() if missing else ()))
    return ".".join("day" if part == "at" else str(part) for part in place)


def _written(name: str, value: Any, within: str = "") -> Any:
    """What was typed as files write it: people and vouchers by their names, and none as null."""
    if isinstance(value, Mapping):
        return {key: _written(key, one, name) for key, one in value.items()}
    if isinstance(value, list):
        return [_written(name, one, within) for one in value]
    if name in ("voucher", "vouchers", "claim") and str(value).isdigit():
        return int(value)
    if value and ((name,) in _PEOPLE or (within, name) in _PEOPLE):
        return _key(value)
    return None if value == NONE else value


def _shown(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _shown(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_shown(one) for one in value]
    return NONE if value is None else value


def _key(name: str) -> str:
    return name if _KEY.fullmatch(name) else key_of(name)
