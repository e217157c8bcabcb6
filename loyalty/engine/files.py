"""Programme files and scenario files: read, checked against their schema, every error with its line."""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import date, time
from decimal import Decimal
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.validators import extend

from loyalty.engine import plain_yaml
from loyalty.engine.checks import check
from loyalty.engine.errors import FileRefused, Place, ProgrammeError
from loyalty.engine.plain_yaml import Source

Document = dict[str, Any]
# A ``ValidationError``; the types of jsonschema call each of its facts possibly unset.
Problem = Any
_FORMATS = FormatChecker(formats=())


@_FORMATS.checks("date", raises=ValueError)
def _is_date(value: object) -> bool:
    return not isinstance(value, str) or date.fromisoformat(value).isoformat() == value


@_FORMATS.checks("moment", raises=ValueError)
def _is_moment(value: object) -> bool:
    if not isinstance(value, str):
        return True
    day, _, clock = value.partition(" ")
    return _is_date(day) and (not clock or time.fromisoformat(clock).tzinfo is None)


_Exact = extend(  # type: ignore[no-untyped-call]
    Draft202012Validator,
    type_checker=Draft202012Validator.TYPE_CHECKER.redefine(
        "number",
        lambda _checker, value: isinstance(value, int | Decimal) and not isinstance(value, bool),
    ),
)


@lru_cache(maxsize=2)
def schema(kind: str) -> Mapping[str, Any]:
    """The JSON Schema of a ``programme`` or ``scenario`` document."""
    text = Path(__file__).with_name(f"{kind}.schema.json").read_text(encoding="utf-8")
    found: Mapping[str, Any] = json.loads(text, parse_float=Decimal)
    return found


def read_programme(content: str | bytes) -> Document:
    """The programme document in ``content``, plain JSON. Raises ``FileRefused``."""
    document: Document = read_programme_source(content).value
    return document


def read_programme_source(content: str | bytes) -> Source:
    """The programme document in ``content`` with its lines. Raises ``FileRefused``."""
    source = _read(content, "programme")
    refuse_errors(errors_of(source.value), source)
    return source


def warnings_of(source: Source) -> list[ProgrammeError]:
    """What in a programme document would work, and is hardly meant; with lines."""
    return [
        ProgrammeError(finding.message, finding.place, source.line(finding.place))
        for finding in check(source.value)
        if not finding.is_error
    ]


def errors_of(document: Document) -> list[ProgrammeError]:
    """Everything that keeps a programme document from working; first its form, then its meaning."""
    return shape_errors(document, "programme") or [
        ProgrammeError(finding.message, finding.place) for finding in check(document) if finding.is_error
    ]


def read_scenario(content: str | bytes) -> Source:
    """The scenario document in ``content`` with its lines. Raises ``FileRefused``."""
    return _read(content, "scenario")


def _read(content: str | bytes, kind: str) -> Source:
    try:
        source = plain_yaml.read(content)
    except ProgrammeError as error:
        raise FileRefused([error]) from error
    refuse_errors(shape_errors(source.value, kind), source)
    source.value = plain(source.value)
    return source


def refuse_errors(errors: list[ProgrammeError], source: Source) -> None:
    """Raise ``FileRefused`` with the lines of ``errors``, when there are any."""
    if errors:
        raise FileRefused(
            ProgrammeError(error.message, error.place, source.line(error.place)) for error in errors
        )


def write(document: Document) -> str:
    """``document`` as the text of a file, its fields in the order of the schema."""
    return yaml.safe_dump(in_order(document), sort_keys=False, allow_unicode=True, width=110)


def in_order(value: Any) -> Any:
    """``value`` with the fields of every group as the programme schema orders them."""
    if isinstance(value, Mapping):
        known = _ranks()
        keys = sorted(value, key=lambda key: (known.get(key, len(known)), key))
        return {key: in_order(value[key]) for key in keys}
    if isinstance(value, list):
        return [in_order(one) for one in value]
    return value


@lru_cache(maxsize=1)
def _ranks() -> dict[str, int]:
    return {key: rank for rank, key in enumerate(dict.fromkeys(_fields(schema("programme"))))}


def _fields(part: object) -> Iterator[str]:
    if isinstance(part, Mapping):
        for key, one in part.items():
            if key == "properties":
                yield from one
            yield from _fields(one)
    elif isinstance(part, list):
        for one in part:
            yield from _fields(one)


def plain(value: Any) -> Any:
    """``value`` as plain JSON: a decimal becomes a whole number, or a text that keeps it exact."""
    if isinstance(value, Mapping):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [plain(one) for one in value]
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else format(value.normalize(), "f")
    return value


def shape_errors(document: object, kind: str) -> list[ProgrammeError]:
    """Where ``document`` is not of the form that its schema describes, all at once."""
    validator = _Exact(schema(kind), format_checker=_FORMATS)
    return [one for error in validator.iter_errors(document) for one in _told(error)]


def _told(error: Problem) -> Iterator[ProgrammeError]:
    place: Place = tuple(error.absolute_path)
    tell = _TOLD.get(str(error.validator))
    if error.validator == "additionalProperties":
        yield from _unknown(error, place)
    else:
        yield ProgrammeError(tell(error) if tell else error.message, place)


def _unknown(error: Problem, place: Place) -> Iterator[ProgrammeError]:
    known = list(error.schema.get("properties", ()))
    for key in error.instance:
        if key not in known:
            hint = _close(key, known) or f"known here are {', '.join(known)}"
            yield ProgrammeError(f"'{key}' is not known; {hint}", (*place, key))


def _close(word: object, known: list[Any]) -> str:
    found = get_close_matches(str(word), [str(one) for one in known], n=1)
    return f"did you mean '{found[0]}'?" if found else ""


def _missing(error: Problem) -> str:
    missing = [key for key in error.validator_value if key not in error.instance]
    known = error.message.split("'")[1]
    return f"'{known if known in missing else missing[0]}' is missing"


def _not_one_of(error: Problem) -> str:
    choices = ", ".join(str(one) for one in error.validator_value)
    hint = _close(error.instance, error.validator_value)
    return f"must be one of {choices}" + (f"; {hint}" if hint else "")


def _titled(error: Problem) -> str:
    title = error.schema.get("title")
    return f"must be {title}" if title else error.message


def _wrong_type(error: Problem) -> str:
    if "title" in error.schema and error.validator_value != "object":
        return _titled(error)
    kinds = {
        "object": "a group of fields",
        "array": "a list",
        "string": "a text (put numbers in quotes)",
        "integer": "a whole number",
        "number": "a number",
        "boolean": "true or false",
    }
    return f"must be {kinds.get(error.validator_value, error.validator_value)}"


def _dependent(error: Problem) -> str:
    for key, needed in error.validator_value.items():
        for one in needed:
            if key in error.instance and one not in error.instance:
                return f"'{key}' needs '{one}' beside it"
    return str(error.message)


def _choices(error: Problem) -> Iterator[str]:
    return (choice["required"][0] for choice in error.validator_value)


_TOLD: dict[str, Callable[[Problem], str]] = {
    "required": _missing,
    "dependentRequired": _dependent,
    "enum": _not_one_of,
    "const": lambda error: f"must be {json.dumps(error.validator_value)}",
    "oneOf": lambda error: f"needs one of {' and '.join(_choices(error))}, not both",
    "type": _wrong_type,
    "anyOf": _titled,
    "pattern": _titled,
    "format": _titled,
    "minimum": lambda error: f"must be at least {error.validator_value}",
    "maximum": lambda error: f"must be at most {error.validator_value}",
    "minLength": lambda error: "must not be empty",
    "maxLength": lambda error: f"must be at most {error.validator_value} characters",
    "minItems": lambda error: f"must have at least {error.validator_value}",
    "maxItems": lambda error: f"must have at most {error.validator_value}",
    "minProperties": lambda error: "must not be empty",
    "uniqueItems": lambda error: "must not name anything twice",
}
