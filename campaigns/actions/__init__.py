"""Every write of this floor."""

from campaigns.actions.campaigns import (
    activate_campaign,
    create_campaign,
    edit_campaign,
    pause_campaign,
    send_test,
)
from campaigns.actions.defaults import ensure_default_campaigns
from campaigns.actions.enrolling import EnrolmentRun, run_enrolments, start_enrolments
from campaigns.actions.errors import (
    UnableToLiftSuppression,
    UnableToResend,
    UnableToSaveCampaign,
    UnableToSendTest,
    UnableToSuppress,
    UnableToUnsubscribe,
)
from campaigns.actions.merging import hand_over_messages
from campaigns.actions.messages import forget_member, record_bounce, resend_message
from campaigns.actions.permission import lift_suppression, suppress_address, unsubscribe
from campaigns.actions.responses import record_machine, record_response
from campaigns.actions.sending import Sent, send_messages

__all__ = [
    "EnrolmentRun",
    "Sent",
    "UnableToLiftSuppression",
    "UnableToResend",
    "UnableToSaveCampaign",
    "UnableToSendTest",
    "UnableToSuppress",
    "UnableToUnsubscribe",
    "activate_campaign",
    "create_campaign",
    "edit_campaign",
    "ensure_default_campaigns",
    "forget_member",
    "hand_over_messages",
    "lift_suppression",
    "pause_campaign",
    "record_bounce",
    "record_machine",
    "record_response",
    "resend_message",
    "run_enrolments",
    "send_messages",
    "send_test",
    "start_enrolments",
    "suppress_address",
    "unsubscribe",
]
