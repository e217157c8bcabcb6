"""Every non-trivial read of this floor."""

from campaigns.queries.campaigns import Plan, current_version, plan_of
from campaigns.queries.content import Trigger, Variable, contents_of, example_values, triggers
from campaigns.queries.letters import Letter, LetterForm, examine, example_letter
from campaigns.queries.permission import address_digests, may_send, reason_against

__all__ = [
    "Letter",
    "LetterForm",
    "Plan",
    "Trigger",
    "Variable",
    "address_digests",
    "contents_of",
    "current_version",
    "examine",
    "example_letter",
    "example_values",
    "may_send",
    "plan_of",
    "reason_against",
    "triggers",
]
