"""Whatever the programme and whatever happens: the laws hold on the tables, which come to what the engine comes to."""

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import transaction
from django.test import override_settings
from hypothesis import HealthCheck, Phase, given, settings

from loyalty.engine.errors import Refused
from loyalty.engine.memory import MemoryClub
from loyalty.engine.parsing import parse
from loyalty.engine.plain_yaml import Source
from loyalty.engine.programme import Timetable
from loyalty.engine.rehearsal import Club, play
from loyalty.engine.scenario import Scenario, read
from loyalty.queries import forget_programmes
from loyalty.queries.rehearsals import timetable_of
from tests.loyalty.engine.document_parts import EVENTS
from tests.loyalty.engine.documents import Document, documents
from tests.loyalty.laws_on_tables import LawfulClub, check_ledger, left_of_orders_given_back
from tests.loyalty.stories import Story, stories

pytestmark = pytest.mark.django_db
some = settings(
    max_examples=12,
    # No shrinking: each story takes a second, and a test of many minutes is ended as one that hangs.
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    deadline=None,
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.filter_too_much,
        HealthCheck.function_scoped_fixture,
    ],
)
Outcomes = list[dict[str, Any]]


@dataclass(frozen=True)
class Told:
    """A story under a programme, which another may follow."""

    document: Document
    later: Document
    story: Story

    @property
    def scenario(self) -> Scenario:
        return read(Source(self.story), parse(self.document))

    @property
    def timetable(self) -> Timetable:
        return timetable_of(self.scenario, self.document, lambda _name: self.later)

    def __str__(self) -> str:
        return "\n".join(json.dumps(one) for one in (self.document, self.later, self.story))

    def outcomes(self, club: Club) -> Outcomes:
        return [
            {"at": str(one.happening.at), "verb": one.happening.verb, **one.outcome}
            for one in play(self.scenario, self.timetable, club)
        ]

    @contextmanager
    def on_tables(self) -> Iterator[LawfulClub]:
        """An empty club on the tables, of which nothing is left afterwards."""
        with override_settings(ACTIVITY_KINDS=EVENTS), transaction.atomic():
            forget_programmes()
            yield LawfulClub.of(
                self.document, self.scenario, lambda _name: self.later, timetable=self.timetable
            )
            transaction.set_rollback(True)
        forget_programmes()


def differences(found: dict[str, Any], expected: dict[str, Any]) -> dict[str, Any]:
    """Where several things stand in the way of a happening, either may be given as the reason."""
    different = {name: (expected[name], found[name]) for name in found if found[name] != expected[name]}
    if all(different.get("refused", ())):
        different.pop("refused", None)
    return different


@some
@given(document=documents(), later=documents(), story=stories())
def test_the_tables_come_to_what_the_engine_comes_to_in_memory(
    document: Document, later: Document, story: Story
) -> None:
    told = Told(document, later, story)
    expected = told.outcomes(MemoryClub(told.timetable))
    with told.on_tables() as club:
        found = told.outcomes(club)
        for number, (one, other) in enumerate(zip(found, expected, strict=True)):
            assert differences(one, other) == {}, f"{number} {other['verb']}\n{told}"
        check_ledger(max(one.at for one in told.scenario.happenings))
        give_everything_back(told, club)
        check_ledger(max(one.at for one in told.scenario.happenings))


def give_everything_back(told: Told, club: LawfulClub) -> None:
    """Whatever still can be: then nothing is left of what it gave, where points go back with the goods."""
    end = max(one.at for one in told.scenario.happenings)
    for one in reversed([one for one in told.scenario.happenings if one.verb == "order"]):
        with suppress(Refused):
            club.take_back(one.number, [], end)
    if all(version.returns.takes_points for *_dates, version in told.timetable.versions):
        assert left_of_orders_given_back() == {}


@settings(some, max_examples=4)
@given(document=documents(), later=documents(), story=stories(most=5))
def test_told_again_to_another_club_it_comes_to_the_same(
    document: Document, later: Document, story: Story
) -> None:
    told = Told(document, later, story)
    with told.on_tables() as club:
        first = told.outcomes(club)
    with told.on_tables() as club:
        assert told.outcomes(club) == first, str(told)
