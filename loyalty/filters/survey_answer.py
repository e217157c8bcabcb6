from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from loyalty.filters import ActFacts
from segments.filters import facts


@facts.register("survey_answer")
class SurveyAnswers(ActFacts):
    """Surveys that members answered."""

    key: ClassVar[str] = "survey_answer"
    label: ClassVar[Promise] = _("answered surveys")
