"""Whatever the programme and whatever happens: the tables come to what the engine comes to in memory."""

import json
from typing import Any

import pytest
from django.db import transaction
from django.test import override_settings
from hypothesis import HealthCheck, Phase, given, settings

from loyalty import actions
from loyalty.engine.memory import MemoryClub
from loyalty.engine.parsing import parse
from loyalty.engine.plain_yaml import Source
from loyalty.engine.programme import Timetable
from loyalty.engine.rehearsal import Club, play
from loyalty.engine.scenario import Scenario, read
from loyalty.models import LedgerCheck
from loyalty.queries import forget_programmes
from tests.loyalty.database_club import DatabaseClub
from tests.loyalty.engine.document_parts import EVENTS
from tests.loyalty.engine.documents import Document, documents
from tests.loyalty.stories import Story, stories

pytestmark = pytest.mark.django_db
some = settings(
    max_examples=18,
    # No shrinking: each story takes a second, and a test of many minutes is ended as one that hangs.
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    deadline=None,
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.filter_too_much,
        HealthCheck.function_scoped_fixture,
    ],
)


def outcomes(played: Scenario, timetable: Timetable, club: Club) -> list[dict[str, Any]]:
    return [
        {"at": str(one.happening.at), "verb": one.happening.verb, **one.outcome}
        for one in play(played, timetable, club)
    ]


def differences(found: dict[str, Any], expected: dict[str, Any]) -> dict[str, Any]:
    """Where several things stand in the way of a happening, either may be given as the reason."""
    different = {name: (expected[name], found[name]) for name in found if found[name] != expected[name]}
    if all(different.get("refused", ())):
        different.pop("refused", None)
    return different


@some
@given(document=documents(), story=stories())
def test_the_tables_come_to_what_the_engine_comes_to_in_memory(document: Document, story: Story) -> None:
    programme = parse(document)
    played = read(Source(story), programme)
    timetable = Timetable(((played.starts_at, None, programme),))
    expected = outcomes(played, timetable, MemoryClub(timetable))
    with override_settings(ACTIVITY_KINDS=EVENTS), transaction.atomic():
        forget_programmes()
        found = outcomes(played, timetable, DatabaseClub.of(document, played))
        actions.check_ledger(now=max(one.at for one in played.happenings))
        breaks = LedgerCheck.objects.latest("pk").breaks
        transaction.set_rollback(True)
    told = f"\n{json.dumps(document)}\n{json.dumps(story)}"
    for number, (one, other) in enumerate(zip(found, expected, strict=True)):
        assert differences(one, other) == {}, f"{number} {other['verb']}{told}"
    assert breaks == [], told
