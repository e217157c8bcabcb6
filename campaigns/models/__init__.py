from campaigns.models.campaign import Campaign, CampaignText, CampaignVersion, Enrolment, Step
from campaigns.models.message import ChannelState, Message
from campaigns.models.permission import Suppression, UnsubscribeLink
from campaigns.models.response import Response

__all__ = [
    "Campaign",
    "CampaignText",
    "CampaignVersion",
    "ChannelState",
    "Enrolment",
    "Message",
    "Response",
    "Step",
    "Suppression",
    "UnsubscribeLink",
]
