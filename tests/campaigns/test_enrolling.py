from dataclasses import replace
from datetime import timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from campaigns import actions
from campaigns.models import Campaign, Enrolment, Message, Step
from campaigns.queries import current_version, plan_of
from campaigns.reactions import start_campaigns
from members.models import Account, Member
from members.registry import reactions_to
from tests.campaigns import make
from tests.campaigns.make import NOW
from tests.campaigns.sink import Sink

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_defaults")]


def test_every_trigger_has_its_reaction() -> None:
    assert start_campaigns in reactions_to("member.joined")
    assert start_campaigns in reactions_to("voucher.issued")
    assert start_campaigns not in reactions_to("order.recorded")


def test_an_activity_starts_its_campaign_once_however_often_it_is_delivered() -> None:
    activity = make.joined(make.member("anna"))
    for _ in range(3):
        start_campaigns(activity, NOW)
        actions.run_enrolments(now=NOW)
    assert [(row.campaign.key, row.entry_no, row.finished_at) for row in Enrolment.objects.all()] == [
        ("welcome", 1, NOW)
    ]
    assert Message.objects.count() == 1


def test_an_activity_delivered_again_after_an_edit_brings_no_second_mail() -> None:
    activity = make.joined(make.member("anna"))
    start_campaigns(activity, NOW)
    edit_welcome(wait_hours=1)
    start_campaigns(activity, NOW)
    actions.run_enrolments(now=NOW)
    assert Message.objects.count() == 1


def edit_welcome(*, wait_hours: int) -> Campaign:
    campaign = Campaign.objects.get(key="welcome")
    plan = replace(plan_of(current_version(campaign)), wait_hours=wait_hours)
    actions.edit_campaign(campaign=campaign, name="Välkommen", plan=plan, actor="test", now=NOW)
    return campaign


def test_every_check_brings_a_mail_of_its_own(sink: Sink) -> None:
    member = make.member("anna", language="sv")
    for value_ore in (15000, 1250050):
        start_campaigns(make.check_issued(member, value_ore=value_ore), NOW)
    actions.run_enrolments(now=NOW)
    actions.send_messages(now=NOW)
    assert list(Enrolment.objects.order_by("id").values_list("entry_no", flat=True)) == [1, 2]
    assert sorted(mail["Subject"].strip().replace("\xa0", " ") for mail in sink.mails) == [
        "Du har fått en bonuscheck på 12 500,50 kr",
        "Du har fått en bonuscheck på 150 kr",
    ]


def test_a_check_mail_tells_value_code_and_last_day(sink: Sink) -> None:
    start_campaigns(make.check_issued(make.member("anna", language="nb")), NOW)
    actions.run_enrolments(now=NOW)
    actions.send_messages(now=NOW)
    text = next(sink.mail_to("anna@post.example").iter_parts()).get_content()
    assert "Kode: BC000000\r\nSiste dag: 31. oktober 2025\r\n" in text
    assert "bonussjekk på 150 kr" in text


@pytest.mark.parametrize("state", ["redeemed", "expired", "cancelled"])
def test_a_check_that_is_over_before_its_mail_is_not_told_of(sink: Sink, state: str) -> None:
    start_campaigns(make.check_issued(make.member("anna")), NOW)
    actions.run_enrolments(now=NOW)
    make.end_vouchers(state)
    actions.send_messages(now=NOW)
    message = Message.objects.get()
    assert (message.state, message.reason, sink.mails) == ("skipped", "voucher_is_over", [])


def test_a_check_of_a_shared_account_is_told_to_who_joined_first(sink: Sink) -> None:
    anna, bo = make.member("anna"), make.member("bo")
    Member.objects.filter(pk=bo.pk).update(account=anna.account, joined_at=NOW - timedelta(days=1))
    activity = make.check_issued(anna)
    activity.member = None
    start_campaigns(activity, NOW)
    assert Enrolment.objects.get().member == bo


def test_an_account_without_active_members_starts_nothing() -> None:
    activity = make.check_issued(make.member("anna"))
    activity.member, activity.account = None, Account.objects.create(opened_at=NOW)
    start_campaigns(activity, NOW)
    assert not Enrolment.objects.exists()


@pytest.mark.parametrize("state", [Campaign.State.DRAFT, Campaign.State.PAUSED])
def test_a_campaign_that_does_not_run_lets_nobody_in(state: str) -> None:
    Campaign.objects.update(state=state)
    start_campaigns(make.joined(make.member("anna")), NOW)
    assert not Enrolment.objects.exists()


def test_a_wait_lets_its_hours_pass_before_the_mail_is_planned() -> None:
    edit_welcome(wait_hours=2)
    start_campaigns(make.joined(make.member("anna")), NOW)
    for minutes, messages in ((0, 0), (119, 0), (120, 1), (240, 1)):
        actions.run_enrolments(now=NOW + timedelta(minutes=minutes))
        assert Message.objects.count() == messages


def test_those_inside_stay_on_their_version_and_newcomers_get_the_new_one() -> None:
    start_campaigns(make.joined(make.member("anna")), NOW)
    campaign = edit_welcome(wait_hours=2)
    start_campaigns(make.joined(make.member("bo")), NOW)
    numbers = Enrolment.objects.order_by("id").values_list("version__number", flat=True)
    assert list(numbers) == [1, 2]
    assert current_version(campaign).number == 2


def test_a_run_takes_no_more_than_its_limit_and_says_that_there_is_more() -> None:
    for number in range(3):
        start_campaigns(make.joined(make.member(f"m{number}")), NOW)
    run = actions.run_enrolments(now=NOW, limit=2)
    assert (run.taken, run.planned, run.is_full) == (2, 2, True)
    run = actions.run_enrolments(now=NOW, limit=2)
    assert (run.taken, run.planned, run.is_full) == (1, 1, False)


def test_a_run_costs_the_same_number_of_queries_for_one_as_for_many(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(20):
        start_campaigns(make.joined(make.member(f"m{number}")), NOW)
    with django_assert_num_queries(6):
        actions.run_enrolments(now=NOW)


def test_a_broken_run_moves_nobody() -> None:
    start_campaigns(make.joined(make.member("anna")), NOW)
    Step.objects.filter(kind="send_message").update(kind="wait", settings={})
    with pytest.raises(KeyError):
        actions.run_enrolments(now=NOW)
    assert Enrolment.objects.get().finished_at is None
