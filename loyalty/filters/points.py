from collections.abc import Mapping
from typing import Any, ClassVar

from django.db.models import Exists, OuterRef, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from loyalty.filters import of_meter
from loyalty.models import Balance
from members.models import Member
from segments.engine.tree import Test
from segments.filters import FieldFilter, Moment, Value, fields
from segments.filters.comparing import number_test


@fields.register("points")
class Points(FieldFilter):
    """The balance in smallest parts; who never had any has none, which is zero."""

    key: ClassVar[str] = "points"
    label: Promise | str = _("balance")
    kind = "number"
    is_positive = False
    can_be_missing = False
    is_plain: ClassVar[bool] = False

    def needs(self) -> Mapping[str, Value]:
        return {"meter": of_meter()}

    def condition(self, test: Test, told: Mapping[str, Any], moment: Moment) -> Q:
        balances = Balance.objects.filter(meter=told["meter"])
        if not test.compares(0):
            return Q(account_id__in=balances.filter(number_test("amount", test)).values("account_id"))
        failing = balances.filter(number_test("amount", test.opposite), account_id=OuterRef("account_id"))
        return Q(~Exists(failing))

    def value(self, member: Member, told: Mapping[str, Any], moment: Moment) -> int:
        balances = Balance.objects.filter(account_id=member.account_id, meter=told["meter"])
        return balances.values_list("amount", flat=True).first() or 0
