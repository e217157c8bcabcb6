from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from loyalty.filters import VoucherFacts
from loyalty.models import Voucher
from segments.filters import Moment, facts


@facts.register("voucher_use")
class VoucherUses(VoucherFacts):
    """Checks that were used, on the day they were."""

    key: ClassVar[str] = "voucher_use"
    label: ClassVar[Promise] = _("used checks")
    at: ClassVar[str] = "redeemed_at"

    def rows(self, moment: Moment) -> QuerySet[Any]:
        return Voucher.objects.filter(state=Voucher.State.REDEEMED)
