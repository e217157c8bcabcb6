"""One object of a draft on the desk: from what is stored or posted to controls, a sentence and a fragment."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.http import QueryDict

from loyalty.engine.files import shape_errors
from loyalty.engine.references import Finding
from loyalty.forms.controls import Control, Drawing
from loyalty.forms.layout import laid_out
from loyalty.forms.mistakes import in_words
from loyalty.forms.offers import Offers
from loyalty.forms.parts import Part, top
from loyalty.forms.posted import Posted, tidy
from loyalty.models import ProgrammeObject, ProgrammeVersion
from loyalty.queries.documents import document_of, free_key, groups, told
from loyalty.queries.findings import findings_at, findings_of
from loyalty.queries.sentences import sentences_by_object

# What a new object of the kind is nearly always about.
_NAMED = {
    "earning_rules": ("meter",),
    "conversions": ("meter", "reward"),
    "menus": ("meter",),
    "tier_ladders": ("meter",),
}


@dataclass
class Desk:
    """``row`` is None for a new object, and for a single group such as returns."""

    version: ProgrammeVersion
    kind: str
    row: ProgrammeObject | None = None
    written: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.written = dict(self._stored())

    def _stored(self) -> Mapping[str, Any]:
        if self.is_group:
            return dict(self.document.get(self.kind, {}))
        return told(self.row) if self.row is not None else self._only_choices()

    def _only_choices(self) -> dict[str, Any]:
        """What a new object can only name one of: the meter, where there is but one."""
        kinds = {"meter": "meters", "reward": "rewards"}
        return {
            field: rows[0]["key"]
            for field, kind in kinds.items()
            if field in _NAMED.get(self.kind, ()) and len(rows := self.document.get(kind, ())) == 1
        }

    @cached_property
    def document(self) -> dict[str, Any]:
        return document_of(self.version)

    @property
    def is_group(self) -> bool:
        return self.kind in groups()

    @property
    def part(self) -> Part:
        return top(self.kind)

    def take(self, data: QueryDict) -> None:
        """What was typed becomes what is written."""
        typed = Posted.of(data).read(self.part)
        written = tidy(self.part, typed, self.version.language) or {}
        if self.row is not None:
            written["key"] = self.row.key
        elif "key" in written:
            written["key"] = free_key(written["key"], {one["key"] for one in self._others})
        self.written = written

    def take_as_typed(self, data: QueryDict) -> None:
        """While a row is added or taken away, what is not filled in yet must stay."""
        self.written = Posted.of(data).read(self.part)

    @property
    def _others(self) -> Sequence[Mapping[str, Any]]:
        rows: Sequence[Mapping[str, Any]] = self.document.get(self.kind, ())
        return rows

    @property
    def _index(self) -> int:
        keys = [one["key"] for one in self._others]
        return keys.index(self.row.key) if self.row is not None else len(keys)

    @property
    def tried(self) -> dict[str, Any]:
        """The document as it would be."""
        if self.is_group:
            return self.document | {self.kind: self.written}
        rows = list(self._others)
        rows[self._index : self._index + 1] = [self.written]
        return self.document | {self.kind: rows}

    @property
    def findings(self) -> list[Finding]:
        """What is wrong with this object in the document as it would be."""
        place = (self.kind,) if self.is_group else (self.kind, self._index)
        found = findings_at(findings_of(self.tried), place)
        nameless = not self.is_group and "name" not in self.written
        return [one for one in found if not (nameless and one.place == ("key",))]

    @property
    def is_misshapen(self) -> bool:
        """Whether it is not even of the form of a programme document, so that it cannot be kept."""
        place = (self.kind,) if self.is_group else (self.kind, self._index)
        mistakes = shape_errors(self.tried, "programme")
        return any(one.place[: len(place)] == place for one in mistakes)

    @property
    def sentence(self) -> str:
        """What it says, once it is written well enough to say something."""
        if not self.written or any(one.is_error for one in self.findings):
            return ""
        key = "" if self.is_group else self.written["key"]
        return sentences_by_object(self.tried).get((self.kind, key), "")

    def drawn(self, findings: Sequence[Finding]) -> dict[str, Any]:
        """The controls with ``findings`` at the fields that they are about, as templates want them."""
        controls = self._controls({})
        names = {one.name for control in controls for one in control.all()}
        errors: dict[str, list[str]] = {}
        for one in findings:
            errors.setdefault(_nearest(one, names), []).append(in_words(one.message))
        first, more = laid_out(self.kind, self._controls(errors))
        return {
            "controls": first,
            "more": more,
            "more_is_open": any(one.has_errors for one in more),
            "errors": errors.get("", []),
        }

    def _controls(self, errors: Mapping[str, list[str]]) -> list[Control]:
        offers = Offers(self.tried, self.version.language)
        return Drawing(offers, errors, self.version.currency).fields(self.part, self.written, "")


def _nearest(finding: Finding, names: set[str]) -> str:
    """The control that shows a finding: that of its place, or of the nearest group around it."""
    place = [str(part) for part in finding.place]
    tries = (".".join(place[:length]) for length in range(len(place), 0, -1))
    return next((name for name in tries if name in names), "")
