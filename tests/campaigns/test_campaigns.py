from dataclasses import replace

import pytest
from pytest_django import Settings

from campaigns import actions
from campaigns.actions.campaigns import refuse_mistakes
from campaigns.engine.text import Mistake, Wording
from campaigns.models import Campaign, CampaignVersion
from campaigns.queries import Plan, current_version, plan_of
from tests.campaigns.make import NOW
from tests.campaigns.sink import Sink, free_port

pytestmark = pytest.mark.django_db

HELLO = Wording("Hej {{first_name}}", "Hej på dig")


def new_campaign(**texts: Wording) -> Campaign:
    return actions.create_campaign(
        key="hej", name="Hej", trigger="member.joined", plan=Plan(texts=texts), actor="anna", now=NOW
    )


def numbers(campaign: Campaign) -> list[tuple[int, bool]]:
    rows = campaign.versions.order_by("number").values_list("number", "activated_at")
    return [(number, activated_at is not None) for number, activated_at in rows]


def test_the_default_campaigns_are_made_once_and_run() -> None:
    assert [row.key for row in actions.ensure_default_campaigns(now=NOW)] == ["welcome", "bonus-check"]
    assert actions.ensure_default_campaigns(now=NOW) == []
    states = Campaign.objects.order_by("key").values_list("key", "trigger", "state")
    assert list(states) == [
        ("bonus-check", "voucher.issued", "active"),
        ("welcome", "member.joined", "active"),
    ]


def test_the_default_texts_speak_three_languages() -> None:
    for campaign in actions.ensure_default_campaigns(now=NOW):
        assert set(plan_of(current_version(campaign)).texts) == {"sv", "en", "nb"}


def test_a_new_campaign_is_a_draft() -> None:
    campaign = new_campaign(sv=HELLO)
    assert (campaign.state, numbers(campaign)) == (Campaign.State.DRAFT, [(1, False)])


def test_a_draft_is_changed_in_place_and_an_active_version_never() -> None:
    campaign = new_campaign(sv=HELLO)
    changed = Plan(texts={"sv": replace(HELLO, subject="Nytt")})
    edit(campaign, changed)
    assert numbers(campaign) == [(1, False)]
    actions.activate_campaign(campaign=campaign, now=NOW)
    edit(campaign, replace(changed, purpose="marketing"))
    assert numbers(campaign) == [(1, True), (2, True)]
    assert [plan_of(row).purpose for row in campaign.versions.order_by("number")] == ["service", "marketing"]


def edit(campaign: Campaign, plan: Plan) -> CampaignVersion:
    return actions.edit_campaign(campaign=campaign, name="Hej", plan=plan, actor="anna", now=NOW)


def test_saving_without_a_change_makes_no_version() -> None:
    campaign = new_campaign(sv=HELLO)
    actions.activate_campaign(campaign=campaign, now=NOW)
    actions.edit_campaign(
        campaign=campaign, name="Annat namn", plan=Plan(texts={"sv": HELLO}), actor="anna", now=NOW
    )
    campaign.refresh_from_db()
    assert (campaign.name, numbers(campaign)) == ("Annat namn", [(1, True)])


def test_a_text_with_a_mistake_is_refused_and_changes_nothing() -> None:
    with pytest.raises(actions.UnableToSaveCampaign, match="text_has_mistakes") as refused:
        new_campaign(sv=HELLO, en=Wording("Hi", "Your check {{voucher_value}}"))
    assert refused.value.facts["mistakes"] == {
        "en": {"text": [Mistake("unknown_variable", 1, 12, "voucher_value")]}
    }
    assert not Campaign.objects.exists()


def test_a_campaign_needs_a_text_a_known_trigger_and_a_key_of_its_own() -> None:
    with pytest.raises(actions.UnableToSaveCampaign, match="text_is_missing"):
        new_campaign()
    with pytest.raises(actions.UnableToSaveCampaign, match="trigger_is_not_known"):
        refuse_mistakes(Plan(texts={"sv": HELLO}), "order.recorded")
    new_campaign(sv=HELLO)
    with pytest.raises(actions.UnableToSaveCampaign, match="key_is_taken"):
        new_campaign(sv=HELLO)


def test_a_test_letter_goes_to_the_asker_and_leaves_no_trace_in_the_ledger(sink: Sink) -> None:
    version = current_version(new_campaign(sv=HELLO))
    actions.send_test(version=version, language="sv", to="anna@butiken.example", now=NOW)
    assert sink.mail_to("anna@butiken.example")["Subject"] == "[Prov] Hej Kim"
    assert not version.steps.filter(messages__isnull=False).exists()


def test_a_test_letter_that_cannot_be_sent_says_why(sink: Sink, settings: Settings) -> None:
    version = current_version(new_campaign(sv=HELLO))
    with pytest.raises(actions.UnableToSendTest, match="text_is_missing"):
        actions.send_test(version=version, language="nb", to="anna@butiken.example", now=NOW)
    with pytest.raises(actions.UnableToSendTest, match="address_is_missing"):
        actions.send_test(version=version, language="sv", to="", now=NOW)
    settings.EMAIL_PORT = free_port()
    with pytest.raises(actions.UnableToSendTest, match="ConnectionRefusedError"):
        actions.send_test(version=version, language="sv", to="anna@butiken.example", now=NOW)
