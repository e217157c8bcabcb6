from collections.abc import Mapping
from typing import Any, ClassVar

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop as later

from segments.engine.tree import Test
from segments.filters import FieldFilter, Moment, fields


@fields.register("was_invited")
class WasInvited(FieldFilter):
    key: ClassVar[str] = "was_invited"
    clause: ClassVar[str] = later("who were invited by a member")
    denied: ClassVar[str] = later("who were not invited by a member")
    label: Promise | str = _("was invited by a member")
    kind = "yes_no"
    can_be_missing = False

    def condition(self, test: Test, told: Mapping[str, Any], moment: Moment) -> Q:
        return Q(referrer__isnull=not test.value)
