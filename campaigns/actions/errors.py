"""Why an action of this floor said no."""

from members.actions import UnableTo


class UnableToSaveCampaign(UnableTo):
    """`key_is_taken`, `trigger_is_not_known`, `text_is_missing`, `text_has_mistakes` (fact: mistakes by language)."""


class UnableToResend(UnableTo):
    """`reason_is_missing`, `message_has_not_failed`."""


class UnableToSendTest(UnableTo):
    """`text_is_missing`, `address_is_missing`, `channel_refused` (fact: answer)."""


class UnableToSuppress(UnableTo):
    """`address_is_missing`."""


class UnableToLiftSuppression(UnableTo):
    """`complaint_is_for_good`."""


class UnableToUnsubscribe(UnableTo):
    """`link_is_not_known`."""

    status = 404
