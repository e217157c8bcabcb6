"""Saved scenarios, and what they come to under a document."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml
from django.db.models import QuerySet

from loyalty.engine.errors import FileRefused
from loyalty.models import ProgrammeVersion, SavedScenario
from loyalty.queries.rehearsals import rehearsal_of


@dataclass(frozen=True, slots=True)
class Replay:
    """A saved scenario that was played again; ``differences`` is empty when all came out as expected."""

    scenario: SavedScenario
    differences: tuple[str, ...]


def scenarios_of(version: ProgrammeVersion) -> QuerySet[SavedScenario]:
    """The scenarios that belong to the programme of ``version``."""
    return SavedScenario.objects.filter(programme=version.programme).order_by("title")


def replays_of(version: ProgrammeVersion, document: Mapping[str, Any]) -> list[Replay]:
    """Every scenario of the programme played under a document in which nothing is wrong."""
    return [Replay(scenario, _differences(document, scenario.text)) for scenario in scenarios_of(version)]


def _differences(document: Mapping[str, Any], text: str) -> tuple[str, ...]:
    try:
        rehearsal = rehearsal_of(document, text)
    except FileRefused as refused:
        return tuple(error.message for error in refused.errors)
    return tuple(f"{one.what}: {one.expected} ≠ {one.got}" for one in rehearsal.differences)


def scenario_text(scenario: Mapping[str, Any]) -> str:
    """A scenario as the text of a file."""
    text: str = yaml.safe_dump(scenario, sort_keys=False, allow_unicode=True)
    return text
