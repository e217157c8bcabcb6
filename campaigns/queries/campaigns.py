"""What a campaign says now."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from campaigns.engine.text import Wording
from campaigns.models import Campaign, CampaignText, CampaignVersion, Step


@dataclass(frozen=True)
class Plan:
    """What the merchant decides about a version: on what ground it is sent, after how long, and what it says."""

    purpose: str = CampaignVersion.Purpose.SERVICE
    wait_hours: int = 0
    texts: Mapping[str, Wording] = field(default_factory=dict)


def current_version(campaign: Campaign) -> CampaignVersion:
    """Return the version that newcomers get: the one with the highest number."""
    return campaign.versions.order_by("-number")[:1].get()


def plan_of(version: CampaignVersion) -> Plan:
    wait = Step.objects.filter(version=version, kind="wait").first()
    texts = CampaignText.objects.filter(step__version=version)
    return Plan(
        purpose=version.purpose,
        wait_hours=wait.settings["hours"] if wait else 0,
        texts={text.language: Wording(text.subject, text.text, text.html) for text in texts},
    )
