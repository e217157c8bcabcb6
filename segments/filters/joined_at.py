from collections.abc import Mapping
from typing import Any, ClassVar

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop as later

from segments.engine.tree import Test
from segments.filters import FieldFilter, Moment, fields
from segments.filters.comparing import moment_test


@fields.register("joined_at")
class JoinedAt(FieldFilter):
    key: ClassVar[str] = "joined_at"
    clause: ClassVar[str] = later("who joined %(value)s")
    label: Promise | str = _("joined")
    kind = "moment"

    def condition(self, test: Test, told: Mapping[str, Any], moment: Moment) -> Q:
        return moment_test("joined_at", test, moment)
