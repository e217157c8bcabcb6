from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from loyalty.filters import ActFacts
from segments.filters import facts


@facts.register("visit")
class Visits(ActFacts):
    """Members who came by."""

    key: ClassVar[str] = "visit"
    label: ClassVar[Promise] = pgettext_lazy("what members do", "visits")
