from collections.abc import Mapping
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from loyalty.models import Voucher
from segments.filters import Detail, FactFilter, Moment, facts


@facts.register("voucher_expiry")
class VoucherExpiries(FactFilter):
    """Checks that can be used now, on the day they lapse: look ahead for what is about to."""

    key: ClassVar[str] = "voucher_expiry"
    label: ClassVar[Promise] = _("checks that lapse")
    owner: ClassVar[str] = "account_id"
    is_of_account: ClassVar[bool] = True
    is_ahead: ClassVar[bool] = True
    at: ClassVar[str] = "expires_at"

    def rows(self, moment: Moment) -> QuerySet[Any]:
        return Voucher.objects.usable(moment.now)

    def measures(self) -> Mapping[str, Detail]:
        return {
            "value": Detail("money", _("value"), "value_ore"),
            "used": Detail("money", _("used"), "used_ore"),
        }

    def where(self) -> Mapping[str, Detail]:
        return {
            "state": Detail("choice", _("state"), "state", known=Voucher.State.choices),
            "reward": Detail("choice", _("reward"), "reward"),
        }
