"""Drafts that are published at the same moment never overlap. A twin without the lock shows that the race is real."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.db.models import QuerySet

from loyalty import actions
from loyalty.actions import programmes
from loyalty.models import ProgrammeVersion
from tests.loyalty.at_once import MANY, at_once
from tests.loyalty.programme_documents import document
from tests.loyalty.test_races import all_have_looked, refused_or, unlocked

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]
START = datetime(2025, 1, 1, tzinfo=UTC)


def publishing() -> Callable[[int], str]:
    """Each publishes a draft of its own, all from the same day."""
    drafts = [
        actions.import_programme(document=document(), name=f"draft {index}", now=START)
        for index in range(MANY)
    ]
    return lambda index: refused_or(
        lambda: actions.publish_version(version=drafts[index], valid_from=START, now=START, actor="vera")
    )


def in_force() -> int:
    later = START + timedelta(days=1)
    rows = ProgrammeVersion.objects.filter(state="published", valid_from__lte=START)
    return rows.exclude(valid_to__lt=later).count()


def test_of_versions_published_at_once_one_is_in_force() -> None:
    answers = at_once(publishing())
    assert sorted(answers) == [*["another_version_starts_later"] * (MANY - 1), "done"]
    assert in_force() == 1


def test_without_the_lock_several_would_be_in_force(monkeypatch: pytest.MonkeyPatch) -> None:
    publish = publishing()
    monkeypatch.setattr(QuerySet, "select_for_update", unlocked)
    with all_have_looked(monkeypatch, programmes, "_refuse_overlap"):
        answers = at_once(publish)
    assert answers == ["done"] * MANY
    assert in_force() > 1
