from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from loyalty.filters import ActFacts
from segments.filters import facts


@facts.register("survey_invite")
class SurveyInvites(ActFacts):
    """Surveys that members were asked to answer."""

    key: ClassVar[str] = "survey_invite"
    label: ClassVar[Promise] = _("invitations to surveys")
