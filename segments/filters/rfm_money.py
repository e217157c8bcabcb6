from typing import ClassVar

from django.db.models import Sum
from django.db.models.expressions import Combinable
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from segments.filters import fields
from segments.filters.quintiles import QuintileField


@fields.register("rfm_money")
class Money(QuintileField):
    """The fifth by what was paid in all."""

    key: ClassVar[str] = "rfm_money"
    label: Promise | str = _("how much bought, in fifths")
    by: ClassVar[Combinable] = Sum("paid_ore")
