from typing import ClassVar

from django.db.models import Case, DateTimeField, F, OuterRef, Subquery, Value, When
from django.db.models.expressions import Combinable
from django.utils.translation import gettext as _

from loyalty.filters import ladders
from loyalty.models import TierChange
from segments.filters import Choices, Moment, Start, starts


@starts.register("tier")
class SinceTier(Start):
    """Since the tier held was reached; a period more in the same tier is no new start."""

    key: ClassVar[str] = "tier"
    is_of_account: ClassVar[bool] = True

    def known(self) -> Choices:
        return [
            (f"{self.key}.{ladder}", _("they came into their tier (%(ladder)s)") % {"ladder": label})
            for ladder, label in ladders()
        ]

    def of(self, owner: str, name: str, moment: Moment) -> Combinable:
        moves = TierChange.objects.filter(
            account=OuterRef(owner), ladder=name.partition(".")[2], effective_at__lte=moment.now
        )
        began = Case(When(tier="", then=Value(None)), default=F("effective_at"), output_field=DateTimeField())
        return Subquery(
            moves.exclude(tier=F("previous")).order_by("-effective_at", "-id").values(at=began)[:1]
        )
