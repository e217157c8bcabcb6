from collections.abc import Mapping
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from loyalty.models import Voucher
from segments.filters import Detail, FactFilter, Moment, facts


@facts.register("voucher_use")
class VoucherUses(FactFilter):
    """Checks that were used, on the day they were."""

    key: ClassVar[str] = "voucher_use"
    label: ClassVar[Promise] = _("used checks")
    owner: ClassVar[str] = "account_id"
    is_of_account: ClassVar[bool] = True
    at: ClassVar[str] = "redeemed_at"

    def rows(self, moment: Moment) -> QuerySet[Any]:
        return Voucher.objects.filter(state=Voucher.State.REDEEMED)

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
