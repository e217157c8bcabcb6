"""What a campaign can do with a member: one class, one file each, which registers itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Protocol

from django.utils.functional import Promise

from campaigns.models import Enrolment, Message, Step
from members.registry import Registry


@dataclass(frozen=True)
class Outcome:
    """What a step wants written: messages to plan, and when the next step is due (now where None)."""

    messages: Sequence[Message] = ()
    resume_at: datetime | None = None


class StepKind(Protocol):
    key: ClassVar[str]
    label: ClassVar[Promise]

    def take(self, step: Step, enrolment: Enrolment, now: datetime) -> Outcome:
        """Return what follows for one enrolment. Writes nothing; may be asked again after a crash."""
        ...


steps: Registry[type[StepKind]] = Registry("step")
