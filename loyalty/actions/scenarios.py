"""Keeping a rehearsal as a scenario, and giving it up."""

from datetime import datetime

from django.db import transaction

from loyalty.models import ProgrammeVersion, SavedScenario
from members.actions import UnableTo


class UnableToSave(UnableTo):
    """``title_is_missing``."""


@transaction.atomic
def save_scenario(
    *, version: ProgrammeVersion, title: str, text: str, actor: str, now: datetime
) -> SavedScenario:
    """Keep ``text`` for the programme of ``version``, in the place of one with the same title.

    Raises ``UnableToSave``.
    """
    if not title.strip():
        raise UnableToSave("title_is_missing")
    scenario, _made = SavedScenario.objects.update_or_create(
        programme=version.programme,
        title=title.strip()[:120],
        defaults={"text": text, "saved_by": actor, "saved_at": now},
    )
    return scenario


@transaction.atomic
def remove_scenario(*, scenario: SavedScenario) -> None:
    scenario.delete()
