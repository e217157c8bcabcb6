"""What a browser sent, first as it was typed, then as a fragment of the programme document."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.http import QueryDict
from django.utils.text import slugify

from loyalty.engine.files import plain
from loyalty.forms.needed import asked, is_needed, questions, told_of
from loyalty.forms.parts import Part

LANGUAGES = ("sv", "nb", "en")
# Beside a control that browsers do not send when it is empty.
IS_GIVEN = "is_given"
_FIGURES = re.compile(r"-?\d{1,12}(\.\d{1,9})?")


@dataclass(frozen=True)
class Posted:
    """``add`` is a list that wants a row more, ``remove`` the row that is to go: their names."""

    data: QueryDict
    add: str = ""
    remove: str = ""

    @classmethod
    def of(cls, data: QueryDict) -> "Posted":
        return cls(data, data.get("add", ""), data.get("remove", ""))

    def read(self, part: Part, name: str = "") -> Any:
        """What stands in the form for ``part``, as it was typed."""
        reader = getattr(self, f"_{part.control}", self._text)
        return reader(part, name)

    def _group(self, part: Part, name: str) -> dict[str, Any]:
        return {one.field: self.read(one, within(name, one.field)) for one in part.fields()}

    def _condition(self, part: Part, name: str) -> dict[str, Any]:
        what = self._text(part, within(name, "asks"))
        found = {one.field: self.read(one, within(name, one.field)) for one in questions(part, what)}
        return {"asks": what, **found}

    def _rows(self, part: Part, name: str) -> list[Any]:
        rows = [self.read(part.row(), row) for row in self._rows_of(name) if row != self.remove]
        wanted, _bar, asks = self.add.partition("|")
        return [*rows, {"asks": asks} if asks else {}] if wanted == name else rows

    def _rows_of(self, name: str) -> list[str]:
        numbers = {one for one in self._below(name) if one.isdigit()}
        return [within(name, number) for number in sorted(numbers, key=int)]

    def _happening(self, part: Part, name: str) -> dict[str, Any]:
        what = self._text(part, within(name, "what"))
        return {one.field: self.read(one, within(name, one.field)) for one in told_of(part, what)}

    def _given(self, part: Part, name: str) -> dict[str, Any]:
        below = self._below(name)
        return {
            one.field: self.read(one, within(name, one.field)) for one in part.fields() if one.field in below
        }

    def _by_key(self, part: Part, name: str) -> dict[str, Any]:
        return {key: self.read(part.of_key(), within(name, key)) for key in self._below(name)}

    def _below(self, name: str) -> list[str]:
        start = f"{name}."
        below = (key[len(start) :].partition(".")[0] for key in self.data if key.startswith(start))
        return [name for name in dict.fromkeys(below) if name != IS_GIVEN]

    def _several(self, part: Part, name: str) -> list[str]:
        typed = self.data.get(within(name, "more"), "").replace("\n", ",").split(",")
        found = [*self.data.getlist(name), *(word.strip() for word in typed)]
        return [word for word in dict.fromkeys(found) if word]

    def _words(self, part: Part, name: str) -> dict[str, str]:
        return {language: self._text(part, within(name, language)) for language in LANGUAGES}

    def _yes_no(self, part: Part, name: str) -> bool:
        return name in self.data

    def _text(self, part: Part, name: str) -> str:
        own = self.data.get(within(name, "own"), "").strip()
        return own or self.data.get(name, "").strip()


def within(name: str, field: object) -> str:
    return f"{name}.{field}" if name else str(field)


def tidy(part: Part, typed: Any, language: str) -> Any:
    """``typed`` as the programme document writes it; None where it says nothing."""
    writer = _WRITERS.get(part.control)
    return writer(part, typed, language) if writer else (typed or None)


def _group(part: Part, typed: Any, language: str) -> dict[str, Any] | None:
    fields, given = {one.field: one for one in part.fields()}, typed or {}
    said = {
        name: tidy(one, given[name], language)
        for name, one in fields.items()
        if name in given and is_needed(one, given, fields)
    }
    kept = {
        name: value
        for name, value in said.items()
        if value is not None and (fields[name].is_required or value != fields[name].default)
    }
    return with_key(kept, fields, language) or None


def with_key(kept: dict[str, Any], fields: Mapping[str, Part], language: str) -> dict[str, Any]:
    """``kept`` with a key made of its name, where it needs one and has none."""
    if "key" in fields and "key" not in kept and "name" in kept:
        name = kept["name"]
        words = name.get(language) or next(iter(name.values())) if isinstance(name, Mapping) else name
        return {"key": key_of(words), **kept}
    return kept


def key_of(words: str) -> str:
    """The word by which files call what people call ``words``."""
    slug = slugify(words.lower().replace("ø", "o").replace("æ", "ae"))
    letters = slug.replace("-", "_").strip("_")
    return (letters if letters[:1].isalpha() else f"x{letters}")[:40].rstrip("_")


def _condition(part: Part, typed: Any, language: str) -> dict[str, Any] | None:
    what = asked(typed)
    said = {
        one.field: (tidy(one, typed.get(one.field), language), one.default) for one in questions(part, what)
    }
    return {
        name: value for name, (value, default) in said.items() if value is not None and value != default
    } or None


def _rows(part: Part, typed: Any, language: str) -> list[Any] | None:
    rows = [tidy(part.row(), row, language) for row in typed or ()]
    return [row for row in rows if row is not None] or None


def _happening(part: Part, typed: Any, language: str) -> dict[str, Any] | None:
    given = typed or {}
    parts = told_of(part, given.get("what", ""))
    said = {one.field: tidy(one, given.get(one.field), language) for one in parts}
    return {name: value for name, value in said.items() if value is not None} or None


def _given(part: Part, typed: Any, language: str) -> dict[str, Any] | None:
    """An empty list says that there must be none."""
    given = typed or {}
    said = {
        one.field: [] if given[one.field] == [] else tidy(one, given[one.field], language)
        for one in part.fields()
        if one.field in given
    }
    return {name: value for name, value in said.items() if value is not None} or None


def _by_key(part: Part, typed: Any, language: str) -> dict[str, Any] | None:
    said = {key: tidy(part.of_key(), value, language) for key, value in (typed or {}).items()}
    return {key: value for key, value in said.items() if value is not None} or None


def _several(part: Part, typed: Any, language: str) -> list[Any] | None:
    row = part.row()
    return [tidy(row, one, language) for one in typed or ()] or None


def _words(part: Part, typed: Any, language: str) -> Any:
    if isinstance(typed, str):
        return typed or None
    said = {name: words for name, words in (typed or {}).items() if words}
    return said[language] if set(said) == {language} else said or None


def _number(part: Part, typed: Any, language: str) -> Any:
    if not isinstance(typed, str):
        return typed
    figures = "".join(typed.split()).replace(",", ".").replace("−", "-")
    if not figures:
        return None
    return plain(Decimal(figures)) if _FIGURES.fullmatch(figures) else typed


def _yes_no(part: Part, typed: Any, language: str) -> bool | None:
    return None if typed is None else bool(typed)


_WRITERS = {
    "group": _group,
    "condition": _condition,
    "rows": _rows,
    "happening": _happening,
    "given": _given,
    "by_key": _by_key,
    "several": _several,
    "words": _words,
    "number": _number,
    "yes_no": _yes_no,
}
