from datetime import datetime, timedelta
from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from campaigns.models import Enrolment, Step
from campaigns.steps import Outcome, steps


@steps.register("wait")
class Wait:
    """Lets `hours` of the step's settings pass before the next step."""

    key: ClassVar[str] = "wait"
    label: ClassVar[Promise] = _("wait")

    def take(self, step: Step, enrolment: Enrolment, now: datetime) -> Outcome:
        return Outcome(resume_at=now + timedelta(hours=step.settings["hours"]))
