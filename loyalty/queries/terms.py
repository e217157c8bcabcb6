"""What a member agrees to: the terms that follow from the rules of a version, and what the next one changes."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as later

from loyalty.models import ProgrammeVersion
from loyalty.queries.documents import document_of
from loyalty.queries.programmes import published_versions
from loyalty.queries.sentences import sentences_by_place
from loyalty.queries.workbench import Difference, compared

# In the order in which a member asks.
_TOPICS = (
    (later("Who can join"), ("audience", "fees")),
    (later("How you earn"), ("earning_rules",)),
    (later("What is counted, and how long it lasts"), ("meters", "calendars")),
    (later("What it becomes"), ("conversions", "rewards", "menus")),
    (later("Tiers"), ("tier_ladders",)),
    (later("Prices, perks and games"), ("price_rules", "perks", "challenges", "draws", "funds")),
    (later("When you return something"), ("returns",)),
    (later("When the membership ends"), ("life",)),
)


@dataclass(frozen=True, slots=True)
class Topic:
    title: str
    sentences: Sequence[str]


@dataclass(frozen=True, slots=True)
class Notice:
    """What a coming version changes; ``changes`` have the sentence before and after, either may be empty."""

    version: ProgrammeVersion
    changes: Sequence[Difference]


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of ``version``, which hold from ``version.valid_from`` on; ``notices`` in order of time."""

    version: ProgrammeVersion
    topics: Sequence[Topic]
    notices: Sequence[Notice] = ()
    others: Sequence[ProgrammeVersion] = ()


def terms_at(now: datetime) -> Terms | None:
    """The terms in force, with what is decided to change; ``None`` when no version is in force."""
    versions = list(published_versions().order_by("valid_from"))
    current = next((one for one in reversed(versions) if _holds(one, now)), None)
    return None if current is None else terms_of(current, versions)


def _holds(version: ProgrammeVersion, now: datetime) -> bool:
    starts, ends = version.valid_from, version.valid_to
    return starts is not None and starts <= now and (ends is None or now < ends)


def terms_of(version: ProgrammeVersion, versions: Sequence[ProgrammeVersion]) -> Terms:
    """The terms of ``version``, one of the published ``versions`` in order of time."""
    place = next(index for index, one in enumerate(versions) if one.pk == version.pk)
    coming = [
        Notice(after, _seen(before, after))
        for before, after in zip(versions[place:], versions[place + 1 :], strict=False)
    ]
    others = [one for one in versions if one.pk != version.pk]
    return Terms(version, topics_of(document_of(version)), [one for one in coming if one.changes], others)


def _seen(before: ProgrammeVersion, after: ProgrammeVersion) -> list[Difference]:
    """What differs for members: without what they are not shown."""
    return compared(shown(document_of(before)), shown(document_of(after)))


def topics_of(document: Mapping[str, Any]) -> list[Topic]:
    """The rules of ``document`` in sentences by topic, without what members are not shown."""
    said = sentences_by_place(shown(document))
    found = [
        Topic(
            gettext(title), [one for place, several in said.items() if place[0] in kinds for one in several]
        )
        for title, kinds in _TOPICS
    ]
    return [topic for topic in found if topic.sentences]


def shown(document: Mapping[str, Any]) -> dict[str, Any]:
    """``document`` without the meters that members do not see, and without what only feeds or turns those."""
    hidden = {row["key"] for row in document.get("meters", ()) if not row.get("shown", True)}
    found = dict(document)
    for kind in ("meters", "earning_rules", "conversions"):
        found[kind] = [row for row in document.get(kind, ()) if not set(_fed(kind, row)) & hidden]
    found["funds"] = [row for row in document.get("funds", ()) if row.get("public", True)]
    return found


def _fed(kind: str, row: Mapping[str, Any]) -> Iterator[str]:
    if kind == "meters":
        yield row["key"]
    elif target := row.get("to_meter") or ("" if kind == "conversions" else row.get("meter")):
        yield target
