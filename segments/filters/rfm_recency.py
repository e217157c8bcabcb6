from typing import ClassVar

from django.db.models import Max
from django.db.models.expressions import Combinable
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from segments.filters import fields
from segments.filters.quintiles import QuintileField


@fields.register("rfm_recency")
class Recency(QuintileField):
    """The fifth by the last purchase."""

    key: ClassVar[str] = "rfm_recency"
    label: Promise | str = _("how recently bought, in fifths")
    by: ClassVar[Combinable] = Max("placed_at")
