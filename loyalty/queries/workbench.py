"""A version as its workbench shows it: every object with its sentence and what is wrong with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_noop as later

from loyalty.engine.references import Finding
from loyalty.models import ProgrammeVersion
from loyalty.queries.documents import document_of, groups, kinds
from loyalty.queries.findings import findings_at, findings_of
from loyalty.queries.sentences import sentences_by_object

# In the order in which a person thinks.
_ORDER = (
    (later("What is counted"), ("meters", "calendars")),
    (later("What gives points"), ("earning_rules",)),
    (later("What points become"), ("conversions", "rewards", "menus")),
    (later("Tiers"), ("tier_ladders",)),
    (later("Extras"), ("challenges", "draws", "perks", "price_rules", "funds", "fees")),
    (later("Who it is for, how it ends, and what comes back"), ("audience", "life", "returns")),
)


@dataclass(frozen=True, slots=True)
class Card:
    """An object, or a single group whose ``key`` is empty. ``pk`` is that of a draft's row."""

    kind: str
    key: str
    name: str
    sentence: str
    findings: Sequence[Finding]
    pk: int | None = None


@dataclass(frozen=True, slots=True)
class Shelf:
    """The cards of one kind; a single group has one."""

    kind: str
    cards: Sequence[Card]
    is_group: bool = False


@dataclass(frozen=True, slots=True)
class Workbench:
    sections: Sequence[tuple[str, Sequence[Shelf]]]
    findings: Sequence[Finding] = field(default=())

    @property
    def errors(self) -> list[Finding]:
        return [one for one in self.findings if one.is_error]

    @property
    def warnings(self) -> list[Finding]:
        return [one for one in self.findings if not one.is_error]


def workbench_of(version: ProgrammeVersion) -> Workbench:
    """Everything of ``version``, in a number of queries that does not grow with it."""
    document = document_of(version)
    findings, sentences = findings_of(document), sentences_by_object(document)
    rows = {(row.kind, row.key): row.pk for row in version.programme_objects.all()}
    shelves = {kind: Shelf(kind, _cards(document, kind, findings, sentences, rows)) for kind in kinds()}
    for name in groups():
        card = Card(name, "", "", sentences.get((name, ""), ""), findings_at(findings, (name,)))
        shelves[name] = Shelf(name, [card], is_group=True)
    return Workbench(_sections(shelves), findings)


def _cards(
    document: Mapping[str, Any],
    kind: str,
    findings: Sequence[Finding],
    sentences: Mapping[tuple[str, str], str],
    rows: Mapping[tuple[str, str], int],
) -> list[Card]:
    return [
        Card(
            kind,
            row["key"],
            name_in(row, document.get("language", "sv")),
            sentences[kind, row["key"]],
            findings_at(findings, (kind, index)),
            rows.get((kind, row["key"])),
        )
        for index, row in enumerate(document.get(kind, ()))
    ]


def name_in(row: Mapping[str, Any], language: str) -> str:
    """What an object of a document is called in the document's language."""
    name = row["name"]
    return str(name.get(language, row["key"]) if isinstance(name, Mapping) else name)


def _sections(shelves: Mapping[str, Shelf]) -> list[tuple[str, Sequence[Shelf]]]:
    known = [kind for _title, several in _ORDER for kind in several]
    new = [shelf for kind, shelf in shelves.items() if kind not in known]
    found = [(title, [shelves[kind] for kind in several if kind in shelves]) for title, several in _ORDER]
    return [(title, [*there, *new] if title == "Extras" else there) for title, there in found]


@dataclass(frozen=True, slots=True)
class Difference:
    """An object or a group that two documents write differently; a side that has it not says nothing."""

    kind: str
    before: str
    after: str


def compared(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """What differs between two documents, in sentences and in the order of the workbench."""
    old, new = _by_key(before), _by_key(after)
    old_said, new_said = sentences_by_object(before), sentences_by_object(after)
    order = [kind for _title, several in _ORDER for kind in several]
    places = sorted(
        (place for place in dict.fromkeys([*old, *new]) if old.get(place) != new.get(place)),
        key=lambda place: order.index(place[0]) if place[0] in order else len(order),
    )
    return [
        Difference(
            place[0],
            old_said.get(place, "") if place in old else "",
            new_said.get(place, "") if place in new else "",
        )
        for place in places
    ]


def _by_key(document: Mapping[str, Any]) -> dict[tuple[str, str], Any]:
    objects = {(kind, row["key"]): row for kind in kinds() for row in document.get(kind, ())}
    return objects | {(name, ""): document[name] for name in groups() if document.get(name)}
