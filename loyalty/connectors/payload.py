"""Reading parsed JSON that somebody else wrote: every complaint names the field."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation

from loyalty.connectors.errors import UnableToReadOrder

_ZERO = Decimal(0)
_FAR_TOO_MUCH = Decimal(10) ** 12


class Payload:
    """One JSON object. Missing and ``null`` are the same; without a default both are refused."""

    def __init__(self, document: object, place: str = "") -> None:
        if not isinstance(document, Mapping):
            raise UnableToReadOrder("field_is_not_an_object", field=place or "(body)")
        self._document = document
        self.place = place

    @property
    def document(self) -> Mapping[str, object]:
        """The object itself."""
        return self._document

    def __contains__(self, name: str) -> bool:
        return self._document.get(name) is not None

    def field(self, name: str) -> str:
        """The path of a field in the payload, such as ``line_items[0].total``."""
        return f"{self.place}.{name}" if self.place else name

    def refuse(self, name: str, key: str, **facts: object) -> UnableToReadOrder:
        return UnableToReadOrder(key, field=self.field(name), **facts)

    def text(self, name: str, default: str | None = None, *, longest: int = 200) -> str:
        """A string; numbers are written out, since shops send ids as either."""
        value = self._value(name, default)
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise self.refuse(name, "field_is_not_text")
        text = str(value).strip()
        if len(text) > longest or not _can_be_stored(text):
            raise self.refuse(name, "field_is_too_long_or_not_text", longest=longest)
        return text

    def key(self, name: str, *, longest: int = 64) -> str:
        """A string that names something, so it is not empty."""
        text = self.text(name, longest=longest)
        if not text:
            raise self.refuse(name, "field_is_missing")
        return text

    def label(self, name: str, *, longest: int = 200) -> str:
        """A string for people, empty when missing, cut when longer than there is room for."""
        return self.text(name, "", longest=10_000)[:longest]

    def decimal(self, name: str, default: Decimal | None = None) -> Decimal:
        """An exact number, sent as a string or as a JSON number."""
        value = self._value(name, default)
        if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
            raise self.refuse(name, "field_is_not_a_number")
        if value == "":
            return _ZERO
        try:
            number = Decimal(str(value))
        except InvalidOperation as error:
            raise self.refuse(name, "field_is_not_a_number") from error
        if not number.is_finite() or abs(number) >= _FAR_TOO_MUCH:
            raise self.refuse(name, "field_is_not_a_number")
        return number

    def moment(self, name: str) -> datetime:
        """An aware time. One without a zone is UTC, as in WooCommerce's ``_gmt`` fields."""
        try:
            moment = datetime.fromisoformat(self.text(name))
            return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
        except (ValueError, OverflowError) as error:
            raise self.refuse(name, "field_is_not_a_time") from error

    def flag(self, name: str) -> bool:
        """Whether a field is true; missing is not."""
        value = self._document.get(name)
        if value is not None and not isinstance(value, bool):
            raise self.refuse(name, "field_is_not_true_or_false")
        return bool(value)

    def one(self, name: str) -> "Payload":
        """An object; a missing one is empty."""
        return Payload(self._value(name, {}), self.field(name))

    def many(self, name: str) -> Iterator["Payload"]:
        """The objects of a list; a missing list is empty."""
        values = self._value(name, [])
        if not isinstance(values, list):
            raise self.refuse(name, "field_is_not_a_list")
        for index, value in enumerate(values):
            yield Payload(value, f"{self.field(name)}[{index}]")

    def _value(self, name: str, default: object) -> object:
        value = self._document.get(name)
        value = default if value is None else value
        if value is None:
            raise self.refuse(name, "field_is_missing")
        return value


def _can_be_stored(text: str) -> bool:
    """JSON can escape half a character, and a NUL; no database takes either."""
    try:
        return b"\0" not in text.encode()
    except UnicodeEncodeError:
        return False
