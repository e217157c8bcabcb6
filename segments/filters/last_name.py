from collections.abc import Mapping
from typing import Any, ClassVar

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from segments.engine.tree import Test
from segments.filters import FieldFilter, Moment, fields
from segments.filters.comparing import folded_test


@fields.register("last_name")
class LastName(FieldFilter):
    key: ClassVar[str] = "last_name"
    label: Promise | str = _("last name")
    kind = "text"

    def condition(self, test: Test, told: Mapping[str, Any], moment: Moment) -> Q:
        return folded_test("last_name", test)
