"""Saving a segment: versions, and segments in segments that never go round."""

from datetime import timedelta
from typing import Any

import pytest

from members.models import Member
from segments import actions, queries
from segments.engine.errors import Malformed
from segments.models import Segment
from segments.queries.mistakes import SENTENCES
from tests.make import NOON, make_order_row
from tests.segments.make import BOUGHT, make_segment

pytestmark = pytest.mark.django_db


def test_a_saved_definition_is_canonical_and_only_a_change_is_a_new_version() -> None:
    first = make_segment(definition={**BOUGHT, "window": "all"})
    assert (first.definition, first.version, first.computed_at) == (BOUGHT, 1, None)
    actions.recompute_segment(segment=first, now=NOON)
    again = make_segment(now=NOON + timedelta(days=1))
    assert (again.version, again.saved_at, again.computed_at) == (1, NOON, NOON)
    changed = make_segment(definition={**BOUGHT, "value": 2}, now=NOON + timedelta(days=1))
    assert (changed.pk, changed.version, changed.computed_at) == (first.pk, 2, None)
    assert (changed.saved_at, changed.saved_by) == (NOON + timedelta(days=1), "test")


@pytest.mark.parametrize(
    ("told", "key"),
    [
        ({"key": "Köpare"}, "key_is_not_valid"),
        ({"key": ""}, "key_is_not_valid"),
        ({"key": "preview"}, "key_is_not_valid"),
        ({"name": " "}, "segment_name_is_missing"),
    ],
)
def test_a_key_and_a_name_are_needed(told: dict[str, str], key: str) -> None:
    whole: dict[str, Any] = {
        "key": "buyers",
        "name": "Buyers",
        "definition": BOUGHT,
        "actor": "test",
        "now": NOON,
        **told,
    }
    with pytest.raises(actions.UnableToSaveSegment) as caught:
        actions.save_segment(**whole)
    assert caught.value.key == key
    assert not Segment.objects.exists()


def test_a_segment_is_meant_within_another_by_its_definition_of_that_moment(
    alice: Member, bob: Member
) -> None:
    make_order_row(alice)
    make_segment()
    others = make_segment("others", {"not": {"segment": "buyers"}})
    node = queries.read_definition(others.definition)
    assert list(queries.members_of(node, now=NOON)) == [bob]
    make_segment(definition={**BOUGHT, "value": 2})
    node = queries.read_definition(others.definition)
    assert sorted(one.pk for one in queries.members_of(node, now=NOON)) == [alice.pk, bob.pk]


def test_a_segment_that_would_lead_back_to_itself_is_refused() -> None:
    make_segment("a")
    make_segment("b", {"segment": "a"})
    make_segment("c", {"any": [{"segment": "b"}, BOUGHT]})
    with pytest.raises(Malformed) as caught:
        make_segment("a", {"all": [BOUGHT, {"not": {"segment": "c"}}]})
    assert (caught.value.key, caught.value.pointer) == ("segments_go_round", "all/1/not/segment")
    assert queries.sentence_of(caught.value).endswith("a → c → b → a.")
    with pytest.raises(Malformed, match="segments_go_round"):
        make_segment("d", {"segment": "d"})


def test_a_segment_that_is_not_there_is_refused() -> None:
    with pytest.raises(Malformed) as caught:
        make_segment("a", {"segment": "b"})
    assert (caught.value.key, caught.value.pointer) == ("segment_is_not_known", "segment")


def test_conditions_are_counted_with_those_of_the_segments_in_it() -> None:
    make_segment("many", {"any": [{**BOUGHT, "value": value} for value in range(1, 102)]})
    with pytest.raises(Malformed, match="too_many_conditions"):
        make_segment("more", {"any": [{"segment": "many"}, {"segment": "many"}]})


def test_every_mistake_has_a_sentence_with_its_numbers() -> None:
    for key, sentence in SENTENCES.items():
        names = {
            "known": "x",
            "least": 1,
            "most": 1,
            "decimals": 4,
            "name": "x",
            "op": "x",
            "value": "x",
            "segment": "x",
            "segments": "x",
        }
        assert sentence % names, key
