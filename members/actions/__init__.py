"""Every write of this floor; callers say ``from members import actions``."""

from members.actions.activities import new_activity
from members.actions.errors import (
    UnableTo,
    UnableToAdjust,
    UnableToCancelOrder,
    UnableToClaimOrder,
    UnableToCloseMember,
    UnableToCreateApiKey,
    UnableToFind,
    UnableToJoin,
    UnableToPublish,
    UnableToRecordConsent,
    UnableToRecordOrder,
    UnableToRecordReturn,
    UnableToRedeem,
    UnableToReserve,
    UnableToUpdateMember,
)

__all__ = [
    "UnableTo",
    "UnableToAdjust",
    "UnableToCancelOrder",
    "UnableToClaimOrder",
    "UnableToCloseMember",
    "UnableToCreateApiKey",
    "UnableToFind",
    "UnableToJoin",
    "UnableToPublish",
    "UnableToRecordConsent",
    "UnableToRecordOrder",
    "UnableToRecordReturn",
    "UnableToRedeem",
    "UnableToReserve",
    "UnableToUpdateMember",
    "new_activity",
]
