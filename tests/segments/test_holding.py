"""A run that would move too many is held where somebody depends on it, until a person lets it through."""

from datetime import timedelta
from typing import Any

import pytest

from loyalty.models import ProgrammeVersion
from members.models import Activity, Member
from segments import actions, queries
from segments.actions import holding
from segments.models import Segment
from segments.queries import dependants_of_segments
from tests.make import NOON, make_member, make_order_row
from tests.segments.make import BOUGHT, make_segment, names

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(days=1)
RULE: dict[str, Any] = {
    "key": "bonus",
    "meter": "points",
    "rate": {"kind": "per_unit", "value": 1},
    "condition": {"segment": "buyers"},
}
PROGRAMME: dict[str, Any] = {"programme": "club", "meters": [{"key": "points"}]}


def aim_a_rule(rules: Any = (RULE,), state: str = "published") -> ProgrammeVersion:
    told = {"valid_from": NOON, "published_at": NOON, "document": {**PROGRAMME, "earning_rules": list(rules)}}
    return ProgrammeVersion.objects.create(name=f"Club {state}", state=state, **told)


def people(count: int, *, buying: int) -> list[Member]:
    found = [make_member(f"M{number}") for number in range(count)]
    for one in found[:buying]:
        make_order_row(one)
    return found


def bought_by_more(count: int) -> None:
    for one in Member.objects.filter(orders=None).order_by("pk")[:count]:
        make_order_row(one, placed_at=NOON)


def test_a_change_of_more_than_half_waits_for_a_person_where_a_rule_depends_on_it() -> None:
    people(60, buying=20)
    aim_a_rule()
    segment = make_segment()
    assert actions.recompute_segment(segment=segment, now=NOON).size == 20
    bought_by_more(11)
    run = actions.recompute_segment(segment=segment, now=LATER)
    segment.refresh_from_db()
    assert (run.is_held, run.size, run.entered, run.left) == (True, 31, 11, 0)
    assert (segment.held_at, segment.size, segment.computed_at) == (LATER, 20, NOON)
    assert len(names(segment)) == 20
    assert not Activity.objects.filter(kind="segment.entered").exists()
    confirmed = actions.recompute_segment(segment=segment, now=LATER, is_confirmed=True)
    segment.refresh_from_db()
    assert (confirmed.is_held, segment.held_at, segment.size) == (False, None, 31)
    assert Activity.objects.filter(kind="segment.entered").count() == 11


def test_half_is_not_more_than_half_and_nothing_is_held_that_nobody_depends_on() -> None:
    people(60, buying=20)
    aim_a_rule()
    buyers, others = make_segment(), make_segment("others", {**BOUGHT, "op": "lt"})
    for one in (buyers, others):
        actions.recompute_segment(segment=one, now=NOON)
    bought_by_more(10)
    assert not actions.recompute_segment(segment=buyers, now=LATER).is_held
    bought_by_more(25)
    assert not actions.recompute_segment(segment=others, now=LATER).is_held
    assert actions.recompute_segment(segment=buyers, now=LATER).is_held


def test_everybody_is_held_and_a_handful_is_not() -> None:
    people(holding.SMALLEST_CHANGE, buying=holding.SMALLEST_CHANGE)
    aim_a_rule()
    segment = make_segment()
    assert actions.recompute_segment(segment=segment, now=NOON).is_held
    Member.objects.order_by("pk").filter(pk__in=Member.objects.values("pk")[:1]).update(
        state="closed", closed_at=NOON
    )
    assert not actions.recompute_segment(segment=segment, now=NOON).is_held


def test_what_is_held_is_neither_run_again_by_itself_nor_moved_bit_by_bit() -> None:
    people(20, buying=20)
    aim_a_rule()
    segment = make_segment()
    assert [run.is_held for run in actions.recompute_segments(now=NOON, only_new=True)] == [True]
    assert actions.recompute_segments(now=LATER, only_new=True) == []
    changed = make_segment(definition={**BOUGHT, "value": 2}, now=LATER)
    assert (changed.pk, changed.held_at) == (segment.pk, None)


def test_a_draft_names_a_segment_without_acting_on_members() -> None:
    make_segment()
    draft = ProgrammeVersion.objects.create(name="Next year", life={"spared": {"segment": "buyers"}})
    draft.programme_objects.create(kind="earning_rules", key="a", name="a", settings={"segments": ["buyers"]})
    aim_a_rule(())
    [one] = dependants_of_segments()["buyers"]
    assert (one.name, one.row, one.is_live, one.is_named) == ("Next year", draft, False, True)
    with pytest.raises(actions.UnableToDeleteSegment):
        actions.delete_segment(segment=Segment.objects.get())


def test_an_export_is_kept_though_its_segment_goes() -> None:
    segment = make_segment()
    kept = actions.record_export(segment=segment, members=3, actor="vera", now=NOON)
    actions.delete_segment(segment=segment)
    kept.refresh_from_db()
    assert (kept.segment, kept.name, kept.members, kept.actor, kept.version) == (None, "Buyers", 3, "vera", 1)


def test_a_key_is_made_of_a_name_in_every_language() -> None:
    make_segment("kjopere")
    found = [queries.free_key(name) for name in ("Kjøpere", "Ærlige ÅÄÖ!", "", "preview", "你好", "x" * 99)]
    assert found == ["kjopere-2", "aerlige-aao", "segment-2", "preview-2", "segment-2", "x" * 36]
