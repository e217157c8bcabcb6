"""Which programmes aim a rule or a reward at a segment."""

from collections.abc import Iterable
from typing import Any

from loyalty.models import ProgrammeVersion
from segments.queries import Dependant, dependants

GROUPS = ("audience", "life", "returns")


@dependants.register("programmes")
def programmes_that_name_segments() -> Iterable[Dependant]:
    versions = ProgrammeVersion.objects.exclude(state=ProgrammeVersion.State.RETIRED)
    for version in versions.prefetch_related("programme_objects").order_by("name"):
        for key in sorted(named_in(_parts(version))):
            yield Dependant(key, version.name, version, is_live=version.document is not None)


def _parts(version: ProgrammeVersion) -> Any:
    if version.document is not None:
        return version.document
    rows = [row.settings for row in version.programme_objects.all()]
    return [*rows, *(getattr(version, name) for name in GROUPS)]


def named_in(part: Any) -> set[str]:
    """The segments that a part of a programme document names, at any depth."""
    if isinstance(part, list):
        return {key for one in part for key in named_in(one)}
    if not isinstance(part, dict):
        return set()
    found = {key for one in part.values() for key in named_in(one)}
    if isinstance(part.get("segment"), str):
        found.add(part["segment"])
    if isinstance(part.get("segments"), list):
        found.update(key for key in part["segments"] if isinstance(key, str))
    return found
