"""A full run tells how far it has come, and can be stopped."""

from collections.abc import Iterable

import pytest

from segments import actions
from segments.models import FullRun
from segments.queries import Dependant, dependants
from tests.make import NOON, make_member, make_order_row
from tests.segments.make import BOUGHT, make_segment

pytestmark = pytest.mark.django_db


def test_a_full_run_tells_how_far_it_has_come() -> None:
    make_segment()
    make_segment("others", {"not": BOUGHT})
    actions.recompute_segments(now=NOON)
    run = FullRun.objects.get()
    assert (run.total, run.done, run.stop_asked_by) == (2, 2, "")
    assert run.finished_at is not None
    assert actions.stop_full_run(run=run, actor="Eva").stop_asked_by == ""


def test_a_full_run_that_is_stopped_runs_no_further_segment() -> None:
    for number in range(10):
        make_order_row(make_member(f"M{number}"))
    for key in "abc":
        make_segment(key)

    def stop() -> Iterable[Dependant]:
        """Asked while the first is being run, as everybody is in it."""
        actions.stop_full_run(run=FullRun.objects.get(), actor="Eva")
        return ()

    dependants.register("test")(stop)
    try:
        assert len(actions.recompute_segments(now=NOON)) == 1
    finally:
        del dependants._known["test"]
    run = FullRun.objects.get()
    assert (run.total, run.done, run.stop_asked_by) == (3, 1, "Eva")
    assert len(actions.recompute_segments(now=NOON, only_new=True)) == 2
