"""A draft tried on the shop's own orders: the figures, the ledger left alone, killed workers, cancelling."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext

from loyalty import actions
from loyalty.actions.trials import LEASE
from loyalty.models import ProgrammeVersion, TrialPart, TrialRun
from loyalty.queries.trial_reports import report_of
from loyalty.queries.trials import from_json, next_chunk, terms_of, usual_used_percent
from members.actions import (
    NewLine,
    NewOrder,
    NewReturn,
    NewReturnLine,
    NewUse,
    deliver_activities,
    join_member,
)
from members.models import Member
from tests.loyalty.engine.test_trial import doubled, duvan
from tests.make import make_member

pytestmark = pytest.mark.django_db
ZONE = ZoneInfo("Europe/Stockholm")


def on(month: int, day: int) -> datetime:
    return datetime(2025, month, day, 12, tzinfo=ZONE)


NOW = on(12, 10)


def buy(member: Member, number: str, at: datetime, *kronor: int, **facts: Any) -> None:
    flags = facts.pop("flags", ())
    lines = tuple(
        NewLine(ref=str(ref), quantity=Decimal(1), gross_ore=amount * 100, flags=flags)
        for ref, amount in enumerate(kronor, 1)
    )
    order = NewOrder(source="web", number=number, placed_at=at, lines=lines, member=member, **facts)
    actions.record_order(order=order, now=at, actor="shop")


@pytest.fixture
def draft(alice: Member, bob: Member, carol: Member) -> ProgrammeVersion:
    """A draft beside Duvan's rules, in a club whose Alice and Bob have bought and whose Carol has not.

    Alice did what the engine's own test works out by hand, and really used the check that she got.
    """
    Member.objects.update(joined_at=on(1, 1))
    for member in (alice, bob, carol):
        type(member.account).objects.filter(pk=member.account_id).update(opened_at=on(1, 1))
    since = on(1, 1)
    today = actions.import_programme(document=duvan(), name="Dagens", now=since)
    actions.publish_version(version=today, valid_from=since, now=since, actor="vera")
    buy(bob, "0", on(6, 12), 5000)
    buy(alice, "1", on(7, 10), 1500)
    buy(bob, "4", on(7, 12), 300, flags=("reduced",))
    buy(alice, "2", on(8, 20), 1000)
    actions.run_due(at=on(10, 1), now=on(10, 1))
    buy(alice, "3", on(10, 15), 400, 400, vouchers=(alice.account.vouchers.get().code,))
    back = NewReturn(
        source="web",
        number="R1",
        order_number="3",
        returned_at=on(11, 1),
        lines=(NewReturnLine(ref="1", quantity=Decimal(1), order_line_ref="2"),),
    )
    actions.record_return(new_return=back, now=on(11, 1), actor="shop")
    return actions.import_programme(document=doubled(), name="Dubbelt", now=NOW)


def asked(draft: ProgrammeVersion, **facts: Any) -> TrialRun:
    wanted = {"months": 6, "used_percent": 100, "actor": "vera", "now": NOW, **facts}
    return actions.start_trial(version=draft, **wanted)


def carried_out(run: TrialRun, size: int = 500) -> TrialRun:
    while actions.run_trials(now=NOW, size=size):
        pass
    run.refresh_from_db()
    return run


def test_a_trial_comes_to_what_is_worked_out_by_hand(draft: ProgrammeVersion) -> None:
    run = carried_out(asked(draft))
    assert (run.state, run.done_accounts, run.total_accounts, run.percent) == ("finished", 3, 3, 100)
    report = report_of(run)
    assert report.months == ["2025-07", "2025-08", "2025-09", "2025-10", "2025-11", "2025-12"]
    assert report.accounts == 2
    assert [report.orders(month) for month in report.months] == [2, 1, 0, 1, 0, 0]
    assert report.sold() == 320_000
    new, old = report.sides
    assert (old.name, old.points("points", "earn"), old.points("points", "reverse")) == ("Dagens", 3500, -350)
    assert (old.checks("issued"), old.checks("redeemed")) == ((1, 10_000), (1, 10_000))
    assert (old.outstanding("points"), old.worth("points"), old.liability_ore) == (1150, 5_750, 5_750)
    assert (new.name, new.points("points", "earn"), new.points("points", "reverse")) == (
        "Dubbelt",
        6100,
        -550,
    )
    assert new.checks("issued", month="2025-09") == (1, 25_000)
    assert new.checks("redeemed", month="2025-10") == (1, 25_000)
    assert (new.outstanding("points"), new.liability_ore) == (550, 2_750)
    assert dict(report.change) == {("gain",): 1, ("gain_ore",): 13_500, ("lose",): 1, ("lose_ore",): -1_500}
    assert old.benefits() == [0, 1, 0, 1, 0, 0, 0, 0]
    assert new.benefits() == [1, 0, 0, 0, 1, 0, 0, 0]


def test_a_trial_writes_nothing_but_itself(draft: ProgrammeVersion) -> None:
    def rows() -> dict[str, tuple[int, Any]]:
        """How many rows each table has, and the highest number given."""
        return {
            model._meta.label: (
                model._default_manager.count(),
                model._default_manager.order_by("-pk").values_list("pk", flat=True).first(),
            )
            for model in apps.get_models()
            if model not in (TrialRun, TrialPart)
        }

    before = rows()
    assert before["loyalty.Entry"][0] > 0
    cancelled = asked(draft, parts=1)
    actions.run_trials(now=NOW, size=1, chunks=1)
    actions.cancel_trial(run=cancelled, now=NOW)
    carried_out(asked(draft))
    assert rows() == before


def rich(joining: int) -> dict[str, Any]:
    """Duvan's rules, and points for joining, reviews, birthdays and friends; coffee for 100 points."""

    def rule(event: str, points: int) -> dict[str, Any]:
        given = {"base": {"amount": "one"}, "rate": {"kind": "fixed", "value": points}}
        return {"key": event, "name": event, "event": event, "meter": "points", **given}

    document = duvan()
    events = {"join": joining, "review": 20, "birthday": 30, "referral_joined": 40}
    document["earning_rules"] += [rule(event, points) for event, points in events.items()]
    document["rewards"].append({"key": "coffee", "name": "kaffe", "kind": "product", "value": 25})
    option = {"key": "cup", "name": "en kopp", "points": 100, "reward": "coffee"}
    document["menus"] = [{"key": "shelf", "name": "hyllan", "meter": "points", "options": [option]}]
    return document


def test_what_members_did_besides_buying_happens_again(alice: Member) -> None:
    """Alice is born on 5 August. She invites Dora, writes two reviews of which one is taken down, and has a coffee.

    In July 150 points for her order, 40 each for her and Dora, twice 20, and 1 for joining; in August 30.
    """
    Member.objects.filter(pk=alice.pk).update(joined_at=on(1, 1), birth_date=date(1990, 8, 5))
    type(alice.account).objects.filter(pk=alice.account_id).update(opened_at=on(1, 1))
    today = actions.import_programme(document=rich(joining=1), name="Dagens", now=on(1, 1))
    actions.publish_version(version=today, valid_from=on(1, 1), now=on(1, 1), actor="vera")
    buy(alice, "1", on(7, 10), 150)
    join_member(email="dora@post.example", referrer=alice, actor="web", now=on(7, 20))
    deliver_activities(now=on(7, 20))
    for number in ("a", "b"):
        review = actions.NewAct(
            source="web", number=number, kind="review", member=alice, occurred_at=on(7, 30)
        )
        kept = actions.record_act(act=review, now=on(7, 30), actor="shop").act
    actions.undo_act(act=kept, undone_at=on(8, 1), now=on(8, 1), actor="shop")
    actions.run_due(at=on(9, 1), now=on(9, 1))
    use = NewUse(menu="shelf", option="cup")
    actions.use_points(member=alice, use=use, now=on(9, 2), actor="shop")
    draft = actions.import_programme(document=rich(joining=500), name="Rikt", now=NOW)
    new, old = report_of(carried_out(asked(draft))).sides
    assert [old.points("points", "earn", month=f"2025-{month:02}") for month in (7, 8)] == [
        271,
        30,
    ]
    assert [new.points("points", "earn", month=f"2025-{month:02}") for month in (7, 8)] == [
        770,
        30,
    ]
    for side in (new, old):
        assert side.points("points", "reverse") == -20
        assert side.points("points", "redeem") == -100
        assert side.checks("issued", month="2025-09") == (1, 25_00)


def test_points_are_not_used_again_where_the_programme_has_no_such_menu(alice: Member) -> None:
    Member.objects.filter(pk=alice.pk).update(joined_at=on(1, 1))
    today = actions.import_programme(document=rich(joining=1), name="Dagens", now=on(1, 1))
    actions.publish_version(version=today, valid_from=on(1, 1), now=on(1, 1), actor="vera")
    buy(alice, "1", on(7, 10), 150)
    actions.use_points(member=alice, use=NewUse(menu="shelf", option="cup"), now=on(9, 2), actor="shop")
    draft = actions.import_programme(document=duvan(), name="Fattigt", now=NOW)
    new, old = report_of(carried_out(asked(draft))).sides
    assert (new.outstanding("points"), old.outstanding("points")) == (150, 50)


class Killed(BaseException):
    """What a worker that is killed leaves behind is what a transaction broken off leaves behind."""


@contextmanager
def killed_at_update(number: int) -> Iterator[None]:
    seen = 0

    def wrapper(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        nonlocal seen
        result = execute(sql, *rest)
        if sql.startswith('UPDATE "loyalty_trialpart"') and '"figures"' in sql:
            seen += 1
            if seen == number:
                raise Killed
        return result

    with connection.execute_wrapper(wrapper):
        yield


def test_a_run_killed_in_the_middle_goes_on_where_it_stopped_and_ends_the_same(
    draft: ProgrammeVersion,
) -> None:
    unbroken = carried_out(asked(draft))
    run = asked(draft, parts=1)
    with pytest.raises(Killed), killed_at_update(2):
        actions.run_trials(now=NOW, size=1)
    run.refresh_from_db()
    assert (run.state, run.done_accounts) == ("running", 1)
    assert not actions.run_trials(now=NOW + LEASE - timedelta(seconds=1), size=1)
    while actions.run_trials(now=NOW + LEASE, size=1):
        pass
    run.refresh_from_db()
    assert (run.state, run.done_accounts) == ("finished", 3)
    assert from_json(run.figures) == from_json(unbroken.figures)
    assert not TrialPart.objects.exists()


def test_workers_share_a_run_in_parts_that_leave_no_account_out(draft: ProgrammeVersion) -> None:
    run = asked(draft, parts=2)
    first, second = run.parts.order_by("pk")
    accounts = sorted(Member.objects.values_list("account_id", flat=True))
    assert (first.first_account, first.last_account + 1) == (accounts[0], second.first_account)
    assert first.last_account < accounts[-1] <= second.last_account
    assert actions.run_trials(now=NOW, size=1, chunks=1)
    assert actions.run_trials(now=NOW, size=1, chunks=1)
    assert report_of(carried_out(run)).accounts == 2


@pytest.mark.parametrize(("stock", "given"), [(2, 2), (1, 1)])
@pytest.mark.parametrize("size", [1, 500])
def test_all_who_are_tried_take_from_one_stock(
    draft: ProgrammeVersion, bob: Member, size: int, stock: int, given: int
) -> None:
    buy(bob, "5", on(7, 13), 2500)
    document = duvan()
    document["rewards"][0]["stock"] = {"count": stock}
    limited = actions.import_programme(document=document, name="Så många", now=NOW)
    run = asked(limited)
    assert run.parts.count() == 1
    new, old = report_of(carried_out(run, size)).sides
    assert (new.checks("issued"), old.checks("issued")) == ((given, given * 10_000), (2, 20_000))


def test_what_two_workers_did_at_once_counts_once(draft: ProgrammeVersion) -> None:
    run, others = asked(draft, parts=1), iter([NOW + LEASE])

    def another_worker(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        if '"members_orderline"' in sql and (later := next(others, None)):
            actions.run_trials(now=later, size=1, chunks=1)
        return execute(sql, *rest)

    with connection.execute_wrapper(another_worker):
        assert actions.run_trials(now=NOW, size=1)
    run.refresh_from_db()
    assert run.done_accounts == 1
    while actions.run_trials(now=NOW + LEASE, size=1):
        pass
    assert report_of(TrialRun.objects.get(pk=run.pk)).accounts == 2


def test_a_cancelled_run_stops_and_another_can_start(draft: ProgrammeVersion) -> None:
    run = asked(draft, parts=1)
    actions.run_trials(now=NOW, size=1, chunks=1)
    actions.cancel_trial(run=run, now=NOW)
    assert not actions.run_trials(now=NOW)
    run.refresh_from_db()
    assert (run.state, run.done_accounts, run.finished_at) == ("cancelled", 1, NOW)
    assert carried_out(asked(draft)).state == "finished"
    actions.cancel_trial(run=run, now=NOW + LEASE)
    run.refresh_from_db()
    assert run.finished_at == NOW


def test_a_run_that_breaks_says_so_and_lets_the_next_begin(draft: ProgrammeVersion) -> None:
    broken = asked(draft)
    TrialRun.objects.filter(pk=broken.pk).update(document={"programme": "club"})
    assert carried_out(broken).state == "failed"
    assert broken.error == "KeyError: 'meters'"
    assert carried_out(asked(draft)).state == "finished"


def test_a_draft_changed_meanwhile_is_tried_as_it_was(draft: ProgrammeVersion) -> None:
    run = asked(draft)
    draft.programme_objects.filter(kind="earning_rules").delete()
    assert report_of(carried_out(run)).draft.points("points", "earn") == 6100


@pytest.mark.parametrize(
    ("key", "facts"),
    [
        ("months_are_not_possible", {"months": 0}),
        ("months_are_not_possible", {"months": 61}),
        ("share_is_not_possible", {"used_percent": 101}),
        ("no_orders_to_try_on", {"months": 1}),
    ],
)
def test_what_cannot_be_tried_is_refused(draft: ProgrammeVersion, key: str, facts: dict[str, int]) -> None:
    with pytest.raises(actions.UnableToTry) as refused:
        asked(draft, **facts)
    assert refused.value.key == key
    assert not TrialRun.objects.exists()


def test_a_draft_that_does_not_fit_together_is_not_tried(draft: ProgrammeVersion) -> None:
    draft.programme_objects.filter(kind="meters").delete()
    with pytest.raises(actions.UnableToTry) as refused:
        asked(draft)
    assert refused.value.key == "programme_is_not_valid"


def test_a_draft_is_tried_once_at_a_time(draft: ProgrammeVersion) -> None:
    asked(draft)
    with pytest.raises(actions.UnableToTry) as refused:
        asked(draft)
    assert refused.value.key == "trial_is_running"
    assert TrialRun.objects.count() == 1


def test_without_a_programme_in_force_there_is_nothing_to_compare_with(draft: ProgrammeVersion) -> None:
    ProgrammeVersion.objects.filter(name="Dagens").update(valid_to=on(2, 1))
    report = report_of(carried_out(asked(draft)))
    assert (report.today, dict(report.change), report.draft.points("points", "earn")) == (None, {}, 6100)


def test_a_chunk_takes_the_same_number_of_queries_however_many_accounts_it_has(
    draft: ProgrammeVersion,
) -> None:
    run = asked(draft, parts=1)
    part, terms = run.parts.get(), terms_of(run)

    def questions() -> int:
        with CaptureQueriesContext(connection) as asked_for:
            assert next_chunk(terms, part, 500)
        return len(asked_for)

    before = questions()
    part.last_account = 2**62
    for number in range(5):
        member = make_member(f"Eva{number}", joined_at=on(1, 1))
        buy(member, f"more-{number}", on(9, 1), 100, 200)
    assert questions() == before == 10


def test_an_order_paid_with_a_check_counts_at_its_price(draft: ProgrammeVersion) -> None:
    run = asked(draft, parts=1)
    chunk = next_chunk(terms_of(run), run.parts.get(), 500)
    assert chunk is not None
    alice = chunk.histories[0]
    last = alice.orders[-1]
    assert [line.paid for line in last.order.lines] == [40_000, 40_000]
    # 350 kr were paid back for the second line: all that it had cost beside the check.
    assert [back.lines for back in last.backs] == [{"2": (1000, 40_000)}]


def test_as_many_checks_are_used_as_the_shop_s_history_shows(draft: ProgrammeVersion) -> None:
    assert usual_used_percent() == 100
    actions.run_due(at=on(12, 31) + timedelta(days=400), now=on(12, 31) + timedelta(days=400))
    assert usual_used_percent() == 50
