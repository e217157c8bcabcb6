from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from loyalty.filters import VoucherFacts
from loyalty.models import Voucher
from segments.filters import Moment, facts


@facts.register("voucher_expiry")
class VoucherExpiries(VoucherFacts):
    """Checks that can be used now, on the day they lapse: look ahead for what is about to."""

    key: ClassVar[str] = "voucher_expiry"
    label: ClassVar[Promise] = _("checks that lapse")
    is_ahead: ClassVar[bool] = True
    at: ClassVar[str] = "expires_at"

    def rows(self, moment: Moment) -> QuerySet[Any]:
        return Voucher.objects.usable(moment.now)
