"""Every scenario comes to what it expects, in memory and on the database, by the same reading of the same file."""

from pathlib import Path

import pytest
import time_machine

from loyalty import actions
from loyalty.engine import files
from loyalty.engine.checks_scenario import read_checked
from loyalty.engine.memory import MemoryClub
from loyalty.engine.rehearsal import rehearse
from loyalty.engine.scenario import Scenario
from loyalty.models import LedgerCheck
from loyalty.queries.presets import PRESETS
from loyalty.queries.rehearsals import timetable_of
from tests.loyalty.api_club import ApiClub
from tests.loyalty.database_club import DatabaseClub

OWN = Path(__file__).parent / "scenarios"
FOLDERS = sorted(path.parent for root in (PRESETS, OWN) for path in root.glob("*/scenario.yaml"))
PRESET_FOLDERS = [folder for folder in FOLDERS if folder.parent == PRESETS]
by_folder = pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)


def document_in(folder: Path, name: str) -> files.Document:
    return files.read_programme((folder / name).read_bytes())


def reading(folder: Path) -> tuple[files.Document, Scenario]:
    document = document_in(folder, "programme.yaml")
    source = files.read_scenario((folder / "scenario.yaml").read_bytes())
    return document, read_checked(source, document, lambda name: document_in(folder, name))


@by_folder
def test_a_scenario_comes_true_in_memory(folder: Path) -> None:
    document, played = reading(folder)
    timetable = timetable_of(played, document, lambda name: document_in(folder, name))
    assert rehearse(played, timetable, MemoryClub(timetable)) == []


@pytest.mark.django_db
@by_folder
def test_a_scenario_comes_true_on_the_database(folder: Path) -> None:
    document, played = reading(folder)
    timetable = timetable_of(played, document, lambda name: document_in(folder, name))
    club = DatabaseClub.of(document, played, lambda name: document_in(folder, name))
    assert rehearse(played, timetable, club) == []
    end = max(happening.at for happening in played.happenings)
    actions.check_ledger(now=end)
    assert LedgerCheck.objects.latest("pk").breaks == []


@pytest.mark.django_db
@pytest.mark.parametrize("folder", PRESET_FOLDERS, ids=lambda folder: folder.name)
def test_a_preset_comes_true_through_the_api_on_its_real_days(folder: Path) -> None:
    document, played = reading(folder)
    timetable = timetable_of(played, document, lambda name: document_in(folder, name))
    with time_machine.travel(played.starts_at, tick=True) as clock:
        club = ApiClub.of(document, played, lambda name: document_in(folder, name), clock=clock)
        assert rehearse(played, timetable, club) == []
    assert club.told >= sum(one.verb in ("order", "return", "act", "redeem") for one in played.happenings)
