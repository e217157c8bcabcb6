from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from loyalty.filters import VoucherFacts
from loyalty.models import Voucher
from segments.filters import Moment, facts


@facts.register("voucher")
class Vouchers(VoucherFacts):
    """Checks that were issued, whatever became of them."""

    key: ClassVar[str] = "voucher"
    label: ClassVar[Promise] = _("checks")
    at: ClassVar[str] = "issued_at"

    def rows(self, moment: Moment) -> QuerySet[Any]:
        return Voucher.objects.exclude(state=Voucher.State.SCHEDULED)
