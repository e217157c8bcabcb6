"""Running segments by hand: all of them with their progress and a stop, and one; and what waits for a person."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from segments import tasks
from segments.models import FullRun, Segment
from tests.console.test_segment_pages import saved
from tests.console.test_segments import address, save, staff_who_may
from tests.make import make_member, make_order_row
from tests.segments.make import BOUGHT
from tests.segments.test_holding import aim_a_rule, bought_by_more, people

pytestmark = pytest.mark.django_db


def words(client: Client) -> str:
    return " ".join(client.get(address("full_runs")).content.decode().split())


def test_a_run_that_goes_on_tells_its_progress_looks_again_and_can_be_stopped(owner: Client) -> None:
    run = FullRun.objects.create(started_at=timezone.now(), total=40, done=7)
    page = words(owner)
    assert '<progress max="40" value="7" aria-label="7 of 40 segments">' in page
    assert "data-going" in page
    assert "is running" in page
    assert owner.post(address("stop", run.pk))["Location"] == address("full_runs")
    run.refresh_from_db()
    assert run.stop_asked_by == "owner@shop.example"
    assert "stopped by owner@shop.example" in words(owner)
    assert address("stop", run.pk) not in words(owner)


def test_a_run_that_is_over_or_lost_its_worker_is_told_as_such(owner: Client) -> None:
    now = timezone.now()
    FullRun.objects.create(started_at=now - timedelta(hours=2), total=3, done=1)
    assert "was broken off" in words(owner)
    assert "data-going" not in words(owner)
    save(owner, BOUGHT)
    assert owner.post(address("run_all"))["Location"] == address("full_runs")
    tasks.recompute_segments()
    assert "1 of 1 segments" in words(owner)
    assert "finished" in words(owner)


def test_one_segment_is_run_at_once(owner: Client) -> None:
    segment = saved(owner)
    make_order_row(make_member("Anna"))
    assert owner.post(address("run", segment.pk))["Location"] == address("change", segment.pk)
    assert Segment.objects.get().size == 1
    assert "Run now" in owner.get(address("change", segment.pk)).content.decode()


def test_who_may_only_look_sees_the_runs_and_starts_and_stops_none(owner: Client) -> None:
    segment = saved(owner)
    run = FullRun.objects.create(started_at=timezone.now(), total=2)
    clerk = staff_who_may("view_segment")
    assert "0 of 2 segments" in words(clerk)
    assert address("run_all") not in words(clerk)
    for name, args in (("run_all", ()), ("stop", (run.pk,)), ("run", (segment.pk,))):
        assert clerk.post(address(name, *args)).status_code == 403
        assert owner.get(address(name, *args)).status_code == 405
    assert FullRun.objects.get(pk=run.pk).stop_asked_by == ""


def test_the_home_names_every_segment_that_waits_for_a_person(owner: Client) -> None:
    people(60, buying=20)
    aim_a_rule()
    segment = saved(owner, key="buyers")
    bought_by_more(30)
    assert owner.post(address("run", segment.pk)).status_code == 302
    attention = owner.get(reverse("admin:index")).context["attention"]
    told = [(one.text, one.link) for one in attention if "waits for you" in one.text]
    assert told == [("A large change of the segment “Buyers” waits for you.", address("change", segment.pk))]
