"""Every scenario comes to what it expects, in memory and on the database, by the same reading of the same file."""

from pathlib import Path

import pytest

from loyalty import actions
from loyalty.engine import files, scenario
from loyalty.engine.memory import MemoryClub
from loyalty.engine.programme import Programme, Timetable, parse
from loyalty.engine.rehearsal import rehearse
from loyalty.engine.scenario import Scenario
from loyalty.models import LedgerCheck
from loyalty.queries.presets import PRESETS
from tests.loyalty.database_club import DatabaseClub

OWN = Path(__file__).parent / "scenarios"
FOLDERS = sorted(path.parent for root in (PRESETS, OWN) for path in root.glob("*/scenario.yaml"))
by_folder = pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)


def reading(folder: Path) -> tuple[dict[str, object], Programme, Scenario]:
    document = files.read_programme((folder / "programme.yaml").read_bytes())
    programme = parse(document)
    played = scenario.read(files.read_scenario((folder / "scenario.yaml").read_bytes()), programme)
    assert [str(error) for error in scenario.errors_of(played, programme)] == []
    return document, programme, played


@by_folder
def test_a_scenario_comes_true_in_memory(folder: Path) -> None:
    _document, programme, played = reading(folder)
    club = MemoryClub(Timetable(((played.starts_at, None, programme),)))
    assert rehearse(played, programme, club) == []


@pytest.mark.django_db
@by_folder
def test_a_scenario_comes_true_on_the_database(folder: Path) -> None:
    document, programme, played = reading(folder)
    club = DatabaseClub.of(document, played.starts_at)
    assert rehearse(played, programme, club) == []
    end = max(happening.at for happening in played.happenings)
    actions.check_ledger(now=end)
    assert LedgerCheck.objects.latest("pk").breaks == []
