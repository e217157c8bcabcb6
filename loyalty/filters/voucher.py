from collections.abc import Mapping
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from loyalty.models import Voucher
from segments.filters import Detail, FactFilter, Moment, facts


@facts.register("voucher")
class Vouchers(FactFilter):
    """Checks that were issued, whatever became of them."""

    key: ClassVar[str] = "voucher"
    label: ClassVar[Promise] = _("checks")
    owner: ClassVar[str] = "account_id"
    is_of_account: ClassVar[bool] = True
    at: ClassVar[str] = "issued_at"

    def rows(self, moment: Moment) -> QuerySet[Any]:
        return Voucher.objects.exclude(state=Voucher.State.SCHEDULED)

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
