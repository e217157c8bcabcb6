"""The wake-ups of segments, and the command that does the same by hand."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from members.models import Member
from segments import actions, tasks
from segments.models import ChangedMember, Segment
from tests.make import NOON, make_order_row, make_store
from tests.segments.make import BOUGHT, make_segment, names

pytestmark = pytest.mark.django_db


def test_a_wake_up_runs_what_is_new_and_looks_at_who_changed(alice: Member, bob: Member) -> None:
    make_order_row(alice)
    segment = make_segment()
    tasks.refresh_segments()
    assert names(segment) == ["Alice"]
    make_order_row(bob)
    ChangedMember.objects.create(member=bob, noted_at=NOON)
    tasks.refresh_segments()
    assert names(segment) == ["Alice", "Bob"]
    assert not ChangedMember.objects.exists()


def test_a_segment_that_can_no_longer_be_read_holds_up_no_other(alice: Member) -> None:
    make_store("sthlm")
    store = make_store("gbg")
    make_segment("a", {"field": "home_store", "op": "not_in", "value": ["gbg"]})
    store.delete()
    make_order_row(alice)
    buyers = make_segment("b")
    tasks.recompute_segments()
    assert names(buyers) == ["Alice"]
    assert Segment.objects.get(key="a").computed_at is None
    ChangedMember.objects.create(member=alice, noted_at=NOON)
    assert actions.refresh_changed(now=NOON).members == 1


def said(*words: str) -> str:
    out = io.StringIO()
    call_command("segment", *words, stdout=out)
    return out.getvalue()


def written(folder: Path, definition: Any) -> str:
    file = folder / "definition.json"
    file.write_text(json.dumps(definition), "utf-8")
    return str(file)


def test_the_command_tries_saves_computes_and_lists(alice: Member, tmp_path: Path) -> None:
    make_order_row(alice)
    file = written(tmp_path, BOUGHT)
    assert said("try", file) == "1\n"
    assert not Segment.objects.exists()
    assert said("save", "buyers", "Buyers", file) == "buyers version 1\n"
    assert said("list") == "buyers  Buyers  not computed\n"
    assert said("compute", "buyers") == "buyers: 1 members, 1 entered, 0 left\n"
    assert said("list") == "buyers  Buyers  1\n"


def test_the_command_says_what_is_wrong_and_where(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"^all: "):
        said("try", written(tmp_path, {"all": []}))
    with pytest.raises(CommandError, match="no segment called nothing"):
        said("compute", "nothing")
    with pytest.raises(CommandError, match=r"missing\.json"):
        said("try", str(tmp_path / "missing.json"))
