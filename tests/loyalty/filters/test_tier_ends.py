from datetime import datetime, timedelta

import pytest

from loyalty.models import TierChange
from tests.make import NOON, make_member
from tests.segments.make import meant

pytestmark = pytest.mark.django_db


def test_whose_tier_lapses_within_a_month_by_what_holds_last() -> None:
    soon, late = NOON + timedelta(days=30), NOON + timedelta(days=31)
    told: dict[str, list[tuple[str, datetime | None]]] = {
        "A": [("gold", soon)],
        "B": [("gold", soon), ("gold", late)],
        "C": [("gold", None)],
        "D": [("gold", soon), ("", None)],
        "E": [],
    }
    for name, moves in told.items():
        account = make_member(name).account
        for tier, valid_to in moves:
            TierChange.objects.create(
                account=account, ladder="level", tier=tier, valid_to=valid_to, effective_at=NOON, recorded_at=NOON
            )  # fmt: skip
    asked = {"field": "tier_ends", "with": {"ladder": "level"}}
    assert meant({**asked, "op": "in_next", "value": [30, "day"]}) == ["A"]
    assert meant({**asked, "op": "in_next", "value": [31, "day"]}) == ["A", "B"]
    assert meant({**asked, "op": "more_than_ahead", "value": [30, "day"]}) == ["B"]
    assert meant({**asked, "op": "not_set"}) == ["C", "D", "E"]
    assert meant({"not": {**asked, "op": "in_next", "value": [30, "day"]}}) == ["B", "C", "D", "E"]
