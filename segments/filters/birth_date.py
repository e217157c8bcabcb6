from collections.abc import Mapping
from typing import Any, ClassVar

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from segments.engine.tree import Test
from segments.filters import FieldFilter, Moment, fields
from segments.filters.comparing import day_test


@fields.register("birth_date")
class BirthDate(FieldFilter):
    key: ClassVar[str] = "birth_date"
    label: Promise | str = _("birth date")
    kind = "day"

    def condition(self, test: Test, told: Mapping[str, Any], moment: Moment) -> Q:
        return day_test("birth_date", test, moment)
