from collections.abc import Mapping
from typing import Any, ClassVar

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from members.models import Member, Store
from segments.engine.tree import Test
from segments.filters import Choices, FieldFilter, Moment, fields
from segments.filters.comparing import exact_test


@fields.register("home_store")
class HomeStore(FieldFilter):
    key: ClassVar[str] = "home_store"
    label: Promise | str = _("home store")
    kind = "choice"
    is_plain: ClassVar[bool] = False

    def choices(self) -> Choices:
        return tuple(Store.objects.order_by("code").values_list("code", "name"))

    def condition(self, test: Test, told: Mapping[str, Any], moment: Moment) -> Q:
        return exact_test("home_store__code", test)

    def value(self, member: Member, told: Mapping[str, Any], moment: Moment) -> str | None:
        return member.home_store.code if member.home_store else None
