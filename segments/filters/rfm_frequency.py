from typing import ClassVar

from django.db.models import Count
from django.db.models.expressions import Combinable
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from segments.filters import fields
from segments.filters.quintiles import QuintileField


@fields.register("rfm_frequency")
class Frequency(QuintileField):
    """The fifth by the number of purchases."""

    key: ClassVar[str] = "rfm_frequency"
    label: Promise | str = _("how often bought, in fifths")
    by: ClassVar[Combinable] = Count("*")
