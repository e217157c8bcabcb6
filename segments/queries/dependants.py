"""What depends on a segment: other segments, and whatever the floors above register."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Model

from members.registry import Registry
from segments.models import Segment

EVERY_SEGMENT = "*"


@dataclass(frozen=True, slots=True)
class Dependant:
    """``name`` is what people call it; ``row`` is where it is set up. ``is_live`` where it acts on members now.

    One of ``EVERY_SEGMENT`` listens to them all and names none.
    """

    segment: str
    name: str
    row: Model
    is_live: bool

    @property
    def is_named(self) -> bool:
        return self.segment != EVERY_SEGMENT


dependants: Registry[Callable[[], Iterable[Dependant]]] = Registry("kind of dependant of segments")


def dependants_of_segments() -> Mapping[str, Sequence[Dependant]]:
    """Of every segment by its key, in a number of queries that does not grow."""
    found: dict[str, list[Dependant]] = defaultdict(list)
    general: list[Dependant] = []
    for tell in dependants.values():
        for one in tell():
            (general if one.segment == EVERY_SEGMENT else found[one.segment]).append(one)
    keys = Segment.objects.values_list("key", flat=True)
    return {key: [*found.get(key, ()), *general] for key in keys}


@dependants.register("segments")
def segments_in_segments() -> Iterable[Dependant]:
    for segment in Segment.objects.order_by("name"):
        for key in sorted(named_in(segment.definition)):
            yield Dependant(key, segment.name, segment, is_live=False)


def named_in(definition: Any) -> set[str]:
    """The keys of the segments that a stored definition refers to."""
    if isinstance(definition, list):
        return {key for part in definition for key in named_in(part)}
    if not isinstance(definition, dict):
        return set()
    if set(definition) == {"segment"}:
        return {str(definition["segment"])}
    return {key for name in ("all", "any", "not") for key in named_in(definition.get(name))}
