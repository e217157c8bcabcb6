from campaigns.models.campaign import Campaign, CampaignText, CampaignVersion, Enrolment, Step
from campaigns.models.message import ChannelState, Message
from campaigns.models.permission import Suppression, UnsubscribeLink

__all__ = [
    "Campaign",
    "CampaignText",
    "CampaignVersion",
    "ChannelState",
    "Enrolment",
    "Message",
    "Step",
    "Suppression",
    "UnsubscribeLink",
]
