from collections.abc import Mapping
from typing import Any, ClassVar

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop as later

from segments.engine.tree import Test
from segments.filters import FieldFilter, Moment, fields


@fields.register("works_here")
class WorksHere(FieldFilter):
    key: ClassVar[str] = "works_here"
    clause: ClassVar[str] = later("who work here")
    denied: ClassVar[str] = later("who do not work here")
    label: Promise | str = _("works here")
    kind = "yes_no"
    can_be_missing = False

    def condition(self, test: Test, told: Mapping[str, Any], moment: Moment) -> Q:
        return Q(is_staff_member=test.value)
