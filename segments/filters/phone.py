from collections.abc import Mapping
from typing import Any, ClassVar

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from segments.engine.tree import Test
from segments.filters import FieldFilter, Moment, fields
from segments.filters.comparing import folded_test, spaced


@fields.register("phone")
class Phone(FieldFilter):
    key: ClassVar[str] = "phone"
    label: Promise | str = _("phone")
    kind = "text"

    def condition(self, test: Test, told: Mapping[str, Any], moment: Moment) -> Q:
        return folded_test("phone", test, spaced)
