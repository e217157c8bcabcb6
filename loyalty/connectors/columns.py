"""Which column of a table means what. The format is told in README.md; ``maps/`` holds ours."""

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Self
from zoneinfo import ZoneInfo

from loyalty.connectors.errors import UnableToReadFile
from loyalty.engine import plain_yaml
from loyalty.engine.errors import ProgrammeError

MAPS = Path(__file__).with_name("maps")
MEANINGS = (
    "number",
    "placed_at",
    "quantity",
    "unit_price",
    "amount",
    "discount",
    "member",
    "order_number",
    "store",
    "sku",
    "name",
    "category_path",
    "brand",
)
NEEDED = ("number", "placed_at", "quantity")


@dataclass(frozen=True, kw_only=True, slots=True)
class ColumnMap:
    """``columns`` gives for each meaning the columns that hold it; only a number may have several.

    ``header`` names the columns of a file whose first line does not; ``delimiter`` "blanks" is any
    number of spaces. ``time_zone`` is that of times that name none, ``vat_rate`` in per cent.
    """

    source: str
    columns: Mapping[str, tuple[str, ...]]
    header: tuple[str, ...] = ()
    delimiter: str = ","
    encoding: str = "utf-8-sig"
    decimal: str = "."
    currency: str = "SEK"
    channel: str = "shop"
    time_zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Europe/Stockholm"))
    time_format: str = ""
    return_prefix: str = ""
    vat_rate: Decimal = Decimal(25)

    @classmethod
    def named(cls, name: str) -> Self:
        """One of our maps by its name, or anybody's by the path of its YAML or JSON file.

        Raises ``UnableToReadFile``.
        """
        path = MAPS / f"{name}.yaml"
        if name not in known_maps():
            path = Path(name)
        try:
            document = plain_yaml.read(path.read_bytes()).value
        except OSError as error:
            raise UnableToReadFile("map_not_found", map=name, known=", ".join(known_maps())) from error
        except ProgrammeError as error:
            raise UnableToReadFile("map_is_not_yaml", map=name, problem=str(error)) from error
        return cls.parse(document)

    @classmethod
    def parse(cls, document: object) -> Self:
        """A map from its parsed file. Raises ``UnableToReadFile`` that names the setting."""
        if not isinstance(document, Mapping):
            raise UnableToReadFile("map_is_no_object")
        known = {one.name: one for one in fields(cls)}
        for name in document:
            if name not in known:
                raise UnableToReadFile("setting_is_not_known", setting=str(name))
        for name, one in known.items():
            if name not in document and one.default is MISSING and one.default_factory is MISSING:
                raise UnableToReadFile("setting_is_missing", setting=name)
        return cls(**{name: _READERS[name](name, value) for name, value in document.items()})


def known_maps() -> list[str]:
    """The names of the maps that come with the program."""
    return sorted(path.stem for path in MAPS.glob("*.yaml"))


def _text(name: str, value: object, longest: int = 40) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= longest:
        raise UnableToReadFile("setting_is_not_valid", setting=name, value=str(value))
    return value


def _short(name: str, value: object) -> str:
    return _text(name, value, longest=12 if name == "channel" else 3)


def _letter(name: str, value: object) -> str:
    return "blanks" if value == "blanks" and name == "delimiter" else _text(name, value, longest=1)


def _encoding(name: str, value: object) -> str:
    text = _text(name, value)
    try:
        "å".encode(text)
    except (LookupError, UnicodeEncodeError) as error:
        raise UnableToReadFile("setting_is_not_valid", setting=name, value=text) from error
    return text


def _zone(name: str, value: object) -> ZoneInfo:
    try:
        return ZoneInfo(_text(name, value))
    except (KeyError, OSError, ValueError) as error:  # a zone that is not known is a KeyError
        raise UnableToReadFile("setting_is_not_valid", setting=name, value=str(value)) from error


def _rate(name: str, value: object) -> Decimal:
    try:
        rate = Decimal(str(value))
    except InvalidOperation:
        rate = Decimal(-1)
    if not 0 <= rate < 1000:
        raise UnableToReadFile("setting_is_not_valid", setting=name, value=str(value))
    return rate


def _names(name: str, value: object) -> tuple[str, ...]:
    listed = value if isinstance(value, list) else [value]
    return tuple(_text(name, one, longest=200) for one in listed)


def _columns(name: str, value: object) -> dict[str, tuple[str, ...]]:
    if not isinstance(value, Mapping):
        raise UnableToReadFile("setting_is_not_valid", setting=name, value=str(value))
    columns = {str(meaning): _names(f"{name}.{meaning}", of) for meaning, of in value.items()}
    for meaning, of in columns.items():
        if meaning not in MEANINGS:
            raise UnableToReadFile("setting_is_not_known", setting=f"{name}.{meaning}")
        if len(of) > 1 and meaning != "number":
            raise UnableToReadFile("setting_is_not_valid", setting=f"{name}.{meaning}", value=str(of))
    for meaning in NEEDED:
        if meaning not in columns:
            raise UnableToReadFile("setting_is_missing", setting=f"{name}.{meaning}")
    if ("unit_price" in columns) == ("amount" in columns):
        raise UnableToReadFile("setting_is_missing", setting=f"{name}.unit_price")
    return columns


_READERS: dict[str, Any] = {
    "source": _text,
    "columns": _columns,
    "header": _names,
    "delimiter": _letter,
    "encoding": _encoding,
    "decimal": _letter,
    "currency": _short,
    "channel": _short,
    "time_zone": _zone,
    "time_format": _text,
    "return_prefix": _text,
    "vat_rate": _rate,
}
