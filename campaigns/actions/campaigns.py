"""What the merchant decides: what a campaign says, on what ground, and when it runs."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from campaigns.actions.errors import UnableToSaveCampaign, UnableToSendTest
from campaigns.channels import HandOverError, channels
from campaigns.models import Campaign, CampaignText, CampaignVersion, Step
from campaigns.queries import current_version, examine, example_letter, plan_of, triggers
from campaigns.queries.campaigns import Plan
from campaigns.queries.letters import as_test


@transaction.atomic
def create_campaign(*, key: str, name: str, trigger: str, plan: Plan, actor: str, now: datetime) -> Campaign:
    """Make a campaign as a draft. Raise UnableToSaveCampaign where it could not be sent."""
    if Campaign.objects.filter(key=key).exists():
        raise UnableToSaveCampaign("key_is_taken", taken=key)
    refuse_mistakes(plan, trigger)
    campaign = Campaign.objects.create(key=key, name=name, trigger=trigger)
    write_version(campaign, number=1, plan=plan, actor=actor, now=now)
    return campaign


@transaction.atomic
def edit_campaign(*, campaign: Campaign, name: str, plan: Plan, actor: str, now: datetime) -> CampaignVersion:
    """Change what a campaign says and return the version that newcomers get.

    A version that has been active stays as it was, for those who are inside it: the change is a new one.
    """
    refuse_mistakes(plan, campaign.trigger)
    campaign = Campaign.objects.select_for_update().get(pk=campaign.pk)
    Campaign.objects.filter(pk=campaign.pk).update(name=name)
    version = current_version(campaign)
    if plan == plan_of(version):
        return version
    if version.activated_at is None:
        version.delete()
        return write_version(campaign, number=version.number, plan=plan, actor=actor, now=now)
    newer = write_version(campaign, number=version.number + 1, plan=plan, actor=actor, now=now)
    if campaign.state == Campaign.State.ACTIVE:
        CampaignVersion.objects.filter(pk=newer.pk).update(activated_at=now)
    return newer


def refuse_mistakes(plan: Plan, trigger: str) -> None:
    if trigger not in triggers:
        raise UnableToSaveCampaign("trigger_is_not_known", trigger=trigger)
    if not plan.texts:
        raise UnableToSaveCampaign("text_is_missing")
    mistakes = {
        language: found
        for language, wording in plan.texts.items()
        if (found := examine(wording, triggers[trigger]))
    }
    if mistakes:
        raise UnableToSaveCampaign("text_has_mistakes", mistakes=mistakes)


def write_version(
    campaign: Campaign, *, number: int, plan: Plan, actor: str, now: datetime
) -> CampaignVersion:
    version = CampaignVersion.objects.create(
        campaign=campaign, number=number, purpose=plan.purpose, created_at=now, actor=actor
    )
    if plan.wait_hours:
        Step.objects.create(version=version, position=0, kind="wait", settings={"hours": plan.wait_hours})
    sending = Step.objects.create(version=version, position=1, kind="send_message")
    CampaignText.objects.bulk_create(
        CampaignText(step=sending, language=language, subject=said.subject, text=said.text, html=said.html)
        for language, said in plan.texts.items()
    )
    return version


@transaction.atomic
def activate_campaign(*, campaign: Campaign, now: datetime) -> None:
    """Let the campaign start for what happens from now on, and let those inside go on."""
    Campaign.objects.filter(pk=campaign.pk).update(state=Campaign.State.ACTIVE)
    version = current_version(campaign)
    CampaignVersion.objects.filter(pk=version.pk, activated_at__isnull=True).update(activated_at=now)


@transaction.atomic
def pause_campaign(*, campaign: Campaign) -> None:
    """Let nobody in and nothing out; those inside keep their places."""
    Campaign.objects.filter(pk=campaign.pk, state=Campaign.State.ACTIVE).update(state=Campaign.State.PAUSED)


def send_test(*, version: CampaignVersion, language: str, to: str, now: datetime) -> None:
    """Send one letter with an invented member's values, outside the ledger. Raise UnableToSendTest."""
    wording = plan_of(version).texts.get(language)
    if wording is None:
        raise UnableToSendTest("text_is_missing", language=language)
    if not to:
        raise UnableToSendTest("address_is_missing")
    letter = example_letter(version=version, wording=wording, language=language, to=to, now=now)
    with override(language):
        prefix = _("[Test]")
    try:
        with channels[version.campaign.channel]().open() as session:
            session.hand_over(as_test(letter, prefix))
    except HandOverError as error:
        raise UnableToSendTest("channel_refused", answer=str(error)) from error
